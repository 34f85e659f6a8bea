/**
 * Runs the modules of one script through the decoder and the encoder, and counts what became of them.
 *
 * What the script's assertions say is asked of the decoder where that is its matter: a module that the
 * script calls malformed must be refused, every other one must be decoded, and must come out of the encoder
 * byte for byte as it went in, or, where its numbers were longer than needed, meaning the same.
 */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { bytesEqual, encodeUtf8 } from "@skerry/base";
import { decodeModule, encodeModule } from "@skerry/wasm";
import { modulesOf, type ScriptModule } from "./wast_script.ts";

/** What became of the modules of one or more scripts. */
export interface Tally {
  /** Decoded and encoded to the same bytes. */
  identical: number;
  /** Decoded and encoded to shorter bytes that mean the same. */
  shortened: number;
  /** Binaries that the script calls malformed, and that were refused. */
  refused: number;
  /** Quoted text that the script calls malformed: the text parser's matter, not ours. */
  notApplicable: number;
  /** Text that the assembler cannot read: `file:line: its reason`. */
  readonly unassembled: string[];
  /** What should not be: `file:line: what`. */
  readonly failures: string[];
}

/** Nothing counted yet. */
export function emptyTally(): Tally {
  return {
    identical: 0,
    shortened: 0,
    refused: 0,
    notApplicable: 0,
    unassembled: [],
    failures: [],
  };
}

/** Adds the modules of one script to the tally. */
export async function runScript(file: string, text: string, tally: Tally): Promise<void> {
  for (const module of modulesOf(text)) {
    const place = `${file}:${module.line}`;
    if (module.command === "assert_malformed") {
      if (module.source.kind !== "binary") tally.notApplicable += 1;
      else checkRefused(place, module.source.bytes, tally);
      continue;
    }
    const assembled = await assemble(place, module, tally);
    if (assembled !== undefined) checkRoundTrip(place, assembled, tally);
  }
}

/** A module's bytes, and whether they are sure to have no number that is longer than needed. */
interface Assembled {
  readonly bytes: Uint8Array;
  readonly canonical: boolean;
}

async function assemble(
  place: string,
  { command, source }: ScriptModule,
  tally: Tally,
): Promise<Assembled | undefined> {
  if (source.kind === "binary") return { bytes: source.bytes, canonical: false };
  try {
    return { bytes: await parse(escapeNonAscii(source.text)), canonical: true };
  } catch (error) {
    // Folded legacy `try` is Binaryen's alone; but it may abort on a module that is not valid.
    const bytes = command === "module" ? await assembleWithBinaryen(source.text) : undefined;
    if (bytes !== undefined) return { bytes, canonical: false };
    const reason = /kind: Custom\("(.*?)"\)/s.exec(String(error));
    tally.unassembled.push(`${place}: ${reason?.[1] ?? String(error)}`);
    return undefined;
  }
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

async function assembleWithBinaryen(text: string): Promise<Uint8Array | undefined> {
  const { default: binaryen } = await import("binaryen");
  try {
    const module = binaryen.parseText(text);
    module.setFeatures(binaryen.Features.All);
    const bytes = module.emitBinary();
    module.dispose();
    return bytes;
  } catch {
    return undefined;
  }
}

function checkRefused(place: string, bytes: Uint8Array, tally: Tally): void {
  const decoded = decodeModule(bytes);
  if (decoded.ok) {
    tally.failures.push(`${place}: malformed, but decoded`);
    return;
  }
  const outside = decoded.error.find(({ at }) => at?.kind !== "binary" || at.offset > bytes.length);
  if (decoded.error.length === 0 || outside !== undefined) {
    tally.failures.push(`${place}: refused without an offset in the file`);
  } else tally.refused += 1;
}

function checkRoundTrip(place: string, { bytes, canonical }: Assembled, tally: Tally): void {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) {
    const [first] = decoded.error;
    tally.failures.push(`${place}: not decoded: ${first?.message} ${JSON.stringify(first?.at)}`);
    return;
  }
  const encoded = encodeModule(decoded.value);
  if (bytesEqual(encoded, bytes)) tally.identical += 1;
  else if (canonical) tally.failures.push(`${place}: assembled bytes have changed`);
  else checkShortened(place, bytes, encoded, tally);
}

function checkShortened(
  place: string,
  bytes: Uint8Array,
  encoded: Uint8Array<ArrayBuffer>,
  tally: Tally,
): void {
  const again = decodeModule(encoded);
  const stable = again.ok && bytesEqual(encodeModule(again.value), encoded);
  const agreed = WebAssembly.validate(new Uint8Array(bytes)) === WebAssembly.validate(encoded);
  if (!stable) tally.failures.push(`${place}: a second round trip is not stable`);
  else if (!agreed) tally.failures.push(`${place}: V8 sees another module`);
  else if (encoded.length >= bytes.length) tally.failures.push(`${place}: changed, not shortened`);
  else tally.shortened += 1;
}
