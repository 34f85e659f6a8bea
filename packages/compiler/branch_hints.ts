/**
 * The section `metadata.code.branch_hint` (WebAssembly branch hinting proposal): the module's own hints where
 * their branches have gone, and ours, which say that the cold side of a check is cold.
 */

import { ByteReader, ByteWriter, Malformed, type WasmModule } from "@skerry/wasm";
import type { BodyOutput } from "./body_output.ts";

/** The section's name. */
export const branchHintSection = "metadata.code.branch_hint";

/** A section with more hints is as good as none. */
const hintsMax = 2 ** 20;

/** Hints of all functions, in the order in which the bodies are written. */
export class BranchHints {
  readonly #given: ReadonlyMap<number, ReadonlyMap<number, number>>;
  #own: ReadonlyMap<number, number> | undefined;
  #inputStart = 0;
  #body = 0;
  #at: number[] = [];
  #value: number[] = [];
  readonly #writer = new ByteWriter();
  /** Where the hints of each body start and end in the writer, and how many bodies have any. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  #count = 0;

  constructor(module: WasmModule) {
    this.#given = readHints(module);
    this.#starts = new Uint32Array(module.functions.length);
    this.#ends = new Uint32Array(module.functions.length);
  }

  /** Begins a body, which starts there in the module. */
  begin(body: number, inputStart: number): void {
    this.#body = body;
    this.#inputStart = inputStart;
    this.#own = this.#given.get(body);
    this.#at = [];
    this.#value = [];
  }

  /** A branch of ours, at an offset of the output, that is hardly ever taken. */
  cold(at: number): void {
    this.#at.push(at);
    this.#value.push(0);
  }

  /** The hint that the module has for the branch at hand, if any. */
  copy(start: number, output: BodyOutput): void {
    const value = this.#own?.get(start - this.#inputStart);
    if (value === undefined) return;
    output.copyUpTo(start);
    this.#at.push(output.position);
    this.#value.push(value);
  }

  /** Ends a body, which starts there in the output. */
  end(start: number): void {
    if (this.#at.length === 0) return;
    const writer = this.#writer;
    const from = writer.length;
    writer.u32(this.#at.length);
    this.#at.forEach((at, index) => writer.u32(at - start).u8(1).u8(this.#value[index] ?? 0));
    this.#starts[this.#body] = from;
    this.#ends[this.#body] = writer.length;
    this.#count += 1;
  }

  /** Writes the section's content; undefined where there is no hint. */
  content(importedFunctions: number): Uint8Array | undefined {
    if (this.#count === 0) return undefined;
    const written = this.#writer.toBytes();
    const writer = new ByteWriter(written.length + this.#count * 5 + 16);
    writer.u32(this.#count);
    for (let body = 0; body < this.#starts.length; body += 1) {
      const start = this.#starts[body] ?? 0;
      const end = this.#ends[body] ?? 0;
      if (end > start) writer.u32(importedFunctions + body).raw(written, start, end);
    }
    return writer.toBytes();
  }
}

/** By body, by offset in it. Hints are advice: a section that is malformed is as good as none. */
function readHints(module: WasmModule): Map<number, Map<number, number>> {
  const hints = new Map<number, Map<number, number>>();
  const section = module.customs.find(({ name }) => name === branchHintSection);
  if (section === undefined) return hints;
  const imported = module.imports.filter(({ type }) => type.kind === "function").length;
  const { bytes, start, end } = section.content;
  const reader = new ByteReader(bytes, start, end);
  let total = 0;
  try {
    const functions = reader.readCount(Infinity, "functions");
    for (let index = 0; index < functions; index += 1) {
      const body = reader.readU32() - imported;
      const own = new Map<number, number>();
      const count = reader.readCount(Infinity, "hints");
      total += count;
      if (total > hintsMax) reader.fail(`more than ${hintsMax} hints`);
      for (let hint = 0; hint < count; hint += 1) {
        const offset = reader.readU32();
        if (reader.readU32() !== 1) reader.fail("a hint is one byte");
        own.set(offset, reader.readU8());
      }
      hints.set(body, own);
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    hints.clear();
  }
  return hints;
}
