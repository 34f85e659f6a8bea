/** pages.c as a module, by the project's own C language. */

import { fileURLToPath } from "node:url";
import { encodeUtf8 } from "@skerry/base";
import { build } from "@skerry/languages";
import { cached } from "../instrument/cache.ts";

const folder = fileURLToPath(new URL("./", import.meta.url));
const toolchainFiles = ["node_modules/@yowasp/clang/package.json", "packages/languages/clang.ts"];

/** A stack as a program of this size needs, so that its memory has two pages of 64 KiB. */
const flags = ["-nostartfiles", "-Wl,--no-entry", "-Wl,-z,stack-size=16384"];

/** The module. */
export async function buildCProgram(): Promise<Uint8Array<ArrayBuffer>> {
  const source = Deno.readTextFileSync(`${folder}pages.c`);
  const toolchain = toolchainFiles.map((file) => Deno.readTextFileSync(`${folder}../../${file}`));
  const path = await cached("pages.wasm", [...toolchain, ...flags, source], async (draft) => {
    const built = await build("c", new Map([["pages.c", encodeUtf8(source)]]), { flags });
    if (!built.ok) throw new Error(`pages.c does not compile:\n${built.error.raw}`);
    Deno.writeFileSync(draft, built.value.wasm);
  });
  return Deno.readFileSync(path);
}
