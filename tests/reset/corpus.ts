/** Modules of real programs, without their work: each is taken at the moment when it would be instantiated. */

import { readdir, readFile } from "node:fs/promises";
import { build, type Language } from "@skerry/languages";
import type { RealProgram } from "../real_modules/real_program.ts";

/** Ends a program's run as soon as its module is known. */
class Taken extends Error {
  readonly bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super("the module is known");
    this.bytes = bytes;
  }
}

/** The first module that a program instantiates. */
export async function moduleOf(program: RealProgram): Promise<Uint8Array<ArrayBuffer>> {
  let taken: Uint8Array<ArrayBuffer> | undefined;
  const first = new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    program.run((bytes) => {
      taken ??= bytes.slice();
      resolve(taken);
      return Promise.reject(new Taken(bytes));
    }).then(() => reject(new Error("nothing was instantiated")), reject);
  });
  return await first;
}

/** The examples that take no second to build, by language. */
export const examples: readonly (readonly [name: string, language: Language, folder: string])[] = [
  ["hello-wat", "wat", ""],
  ["markdown-c", "c", "src/"],
  ["misbehaving-c", "c", ""],
  ["ab-router-assemblyscript", "assemblyscript", ""],
  ["json-api-javascript", "javascript", "src/"],
];

/** Builds an example from its sources. */
export async function exampleModule(
  [name, language, folder]: typeof examples[number],
): Promise<Uint8Array<ArrayBuffer>> {
  const root = new URL(`../../examples/${name}/${folder}`, import.meta.url);
  const files = (await readdir(root)).filter((file) => /\.(?!md|toml)\w+$/.test(file));
  const sources = await Promise.all(
    files.map(async (file) =>
      [folder + file, new Uint8Array(await readFile(new URL(file, root)))] as const
    ),
  );
  const entry = `${folder}${files.find((file) => file.startsWith("main."))}`;
  const built = await build(language, new Map(sources), { entry, flags: [] });
  if (!built.ok) throw new Error(`${name}: ${built.error.raw}`);
  return built.value.wasm;
}
