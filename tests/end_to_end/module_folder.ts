/** A module in a folder of its own, for the verbs that read and write files. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** Modules in text. */
export const moduleTexts = {
  /** A loop, stores, growth, a table that is written: something for each pass. */
  everyPass: `(module (memory (export "memory") 3) (table $t 2 funcref)
    (func $fill (export "fill") (param $at i32) (param $n i32)
      (loop $next
        (i32.store (local.get $at) (local.get $n))
        (i32.store offset=4 (local.get $at) (local.get $n))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "more") (result i32)
      (table.set $t (i32.const 0) (ref.func $fill))
      (memory.grow (i32.const 1))))`,
  /** What no reset can reach. */
  importedMemory: '(module (import "env" "memory" (memory 1)) (func (export "f")))',
} as const;

/** A module in binary form. */
export async function assembled(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await parse(text));
}

/** Makes a folder with the module `m.wasm` in it, and removes it afterwards. */
export async function withModule(
  text: string,
  use: (folder: string, module: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-module-" });
  try {
    await Deno.writeFile(`${folder}/m.wasm`, await assembled(text));
    await use(folder, `${folder}/m.wasm`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The names in a folder, sorted. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
