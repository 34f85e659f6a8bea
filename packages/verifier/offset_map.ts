/**
 * The section `skerry.offsets`: which bytes of the artifact are the guest's, and where they were.
 *
 * A run is read when the walk gets there; nothing is kept of it but where each function's runs start.
 */

import { type ByteRange, ByteReader } from "@skerry/wasm";

/** Where the runs of each guest function are described. */
export interface OffsetMap {
  readonly section: ByteRange;
  /** By body: where its number of runs stands in the section. */
  readonly starts: Uint32Array;
  /** By body: where it started in the module. */
  readonly inputStarts: Float64Array;
}

/**
 * Checks the section's grammar and finds each function in it.
 *
 * @throws Malformed
 */
export function readOffsetMap(section: ByteRange, bodies: number): OffsetMap {
  const reader = new ByteReader(section.bytes, section.start, section.end);
  const starts = new Uint32Array(bodies);
  const inputStarts = new Float64Array(bodies);
  let inputStart = 0;
  for (let body = 0; body < bodies; body += 1) {
    inputStart += reader.readS33();
    inputStarts[body] = inputStart;
    starts[body] = reader.offset;
    const runs = reader.readCount(Infinity, "runs");
    for (let run = 0; run < runs; run += 1) {
      reader.readU32();
      reader.readS33();
      if (reader.readU32() === 0) reader.fail("an empty run");
    }
  }
  if (reader.offset !== reader.end) reader.fail("bytes after the last function's runs");
  return { section, starts, inputStarts };
}

/** The runs of one function, one after the other. */
export class Runs {
  readonly #map: OffsetMap;
  readonly #reader: ByteReader;
  #left = 0;
  /** The current run: the first that does not end before the position asked for. */
  start = 0;
  end = 0;
  /** Where the run starts in the module. */
  inputStart = 0;

  constructor(map: OffsetMap) {
    this.#map = map;
    this.#reader = new ByteReader(map.section.bytes, 0, map.section.end);
  }

  /** Goes to the first run of a body that starts at `bodyStart` in the artifact. */
  enter(body: number, bodyStart: number): void {
    this.#reader.offset = this.#map.starts[body] ?? 0;
    this.#left = this.#reader.readU32();
    this.start = this.end = bodyStart;
    this.inputStart = this.#map.inputStarts[body] ?? 0;
  }

  /** Goes to the next run; where there is none, the run is empty and far away. */
  next(): boolean {
    if (this.#left === 0) {
      this.start = this.end = Infinity;
      return false;
    }
    this.#left -= 1;
    const length = this.end - this.start;
    this.start = this.end + this.#reader.readU32();
    this.inputStart += length + this.#reader.readS33();
    this.end = this.start + this.#reader.readU32();
    return true;
  }
}
