/** From a script's module to bytes, with wasm-tools, which does not validate. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { encodeUtf8 } from "@skerry/base";
import { hasFoldedTry, unfoldTry } from "./legacy_try.ts";
import type { ModuleSource } from "./wast_script.ts";

/** A module's bytes, or why its text cannot be assembled. */
export type Assembled =
  | { readonly kind: "assembled"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "unassembled"; readonly reason: string };

/** Assembles what a script gives; a binary is taken as it is. */
export async function assembleModule(source: ModuleSource): Promise<Assembled> {
  if (source.kind === "binary") return { kind: "assembled", bytes: new Uint8Array(source.bytes) };
  const { text } = source;
  try {
    const bytes = await assembleText(hasFoldedTry(text) ? unfoldTry(text) : text);
    return { kind: "assembled", bytes };
  } catch (error) {
    const reason = /kind: Custom\("(.*?)"\)/s.exec(String(error));
    return { kind: "unassembled", reason: reason?.[1] ?? String(error) };
  }
}

/** Assembles a text that has no folded `try`. */
export async function assembleText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await parse(escapeNonAscii(text)));
}

/** wasm-tools refuses characters that change the direction of text; their bytes it takes. */
function escapeNonAscii(text: string): string {
  return text.replaceAll(
    /[^\0-\x7f]+/g,
    (characters) =>
      Array.from(encodeUtf8(characters), (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join(
        "",
      ),
  );
}
