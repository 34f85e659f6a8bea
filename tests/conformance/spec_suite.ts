/**
 * Runs the modules of one script through the decoder and the encoder, and counts what became of them.
 *
 * What the script's assertions say is asked of the decoder where that is its matter: a module that the
 * script calls malformed must be refused, every other one must be decoded, and must come out of the encoder
 * byte for byte as it went in, or, where its numbers were longer than needed, meaning the same.
 */

import { bytesEqual } from "@skerry/base";
import { decodeModule, encodeModule } from "@skerry/wasm";
import { assembleModule } from "./assemble.ts";
import { modulesOf } from "./wast_script.ts";

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
    const assembled = await assembleModule(module.source);
    // The assembler writes no number longer than needed; who wrote a script's binary may have.
    const spelling = module.source.kind === "binary" ? "any" : "shortest";
    if (assembled.kind === "assembled") checkRoundTrip(place, assembled.bytes, spelling, tally);
    else tally.unassembled.push(`${place}: ${assembled.reason}`);
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

function checkRoundTrip(
  place: string,
  bytes: Uint8Array,
  spelling: "shortest" | "any",
  tally: Tally,
): void {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) {
    const [first] = decoded.error;
    tally.failures.push(`${place}: not decoded: ${first?.message} ${JSON.stringify(first?.at)}`);
    return;
  }
  const encoded = encodeModule(decoded.value);
  if (bytesEqual(encoded, bytes)) tally.identical += 1;
  else if (spelling === "shortest") tally.failures.push(`${place}: assembled bytes have changed`);
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
