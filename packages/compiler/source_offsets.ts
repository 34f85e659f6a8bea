/** From a place in an artifact to the place in the module that it was made of (docs/artifact.md). */

import { ByteReader, bytesOf, Malformed, type WasmModule } from "@skerry/wasm";
import { offsetsSection } from "./constants.ts";

/** The offset map of an artifact, read when it is first asked. */
export class SourceOffsets {
  readonly #artifact: WasmModule;
  /** Where the part of each guest body starts in the section, and where the body starts in the module. */
  #parts: { readonly at: Uint32Array; readonly starts: Float64Array } | undefined;
  readonly #section: Uint8Array;

  /** @param artifact one that the verifier has passed */
  constructor(artifact: WasmModule) {
    this.#artifact = artifact;
    const custom = artifact.customs.find(({ name }) => name === offsetsSection);
    this.#section = custom === undefined ? new Uint8Array(0) : bytesOf(custom.content);
  }

  /**
   * The offset in the module of an instruction in the artifact.
   *
   * @param body number of the body, imports not counted
   * @param offset in bytes from the artifact's start
   * @returns undefined where the body is one of ours; else the instruction's place, or that of the guest
   *   instruction before it where it is one of ours
   */
  sourceOf(body: number, offset: number): number | undefined {
    this.#parts ??= this.#readParts();
    const { at, starts } = this.#parts;
    if (body >= at.length) return undefined;
    const reader = new ByteReader(this.#section, at[body] ?? 0);
    const runs = reader.readU32();
    let artifact = this.#artifact.code.starts[body] ?? 0;
    let source = starts[body] ?? 0;
    let last = source;
    for (let run = 0; run < runs; run += 1) {
      artifact += reader.readU32();
      source += reader.readS33();
      const length = reader.readU32();
      if (offset < artifact) return last;
      if (offset < artifact + length) return source + offset - artifact;
      artifact += length;
      source += length;
      last = source - 1;
    }
    return last;
  }

  #readParts(): { at: Uint32Array; starts: Float64Array } {
    const at: number[] = [];
    const starts: number[] = [];
    const reader = new ByteReader(this.#section);
    let start = 0;
    try {
      while (reader.offset < reader.end) {
        start += reader.readS33();
        starts.push(start);
        at.push(reader.offset);
        const runs = reader.readU32();
        for (let run = 0; run < runs; run += 1) {
          reader.readU32();
          reader.readS33();
          reader.readU32();
        }
      }
    } catch (error) {
      // The verifier has read it before; a map that cannot be read is as good as none.
      if (!(error instanceof Malformed)) throw error;
    }
    return { at: Uint32Array.from(at), starts: Float64Array.from(starts) };
  }
}
