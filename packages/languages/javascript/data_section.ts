/** A memory's content as the data section of a module. */

import { concatBytes } from "@skerry/base";

/** Zeros that a segment may hold before it is cheaper to begin a new one (its header is up to 9 bytes). */
const gapBytesMax = 16;

/**
 * Appends a data section that fills memory 0. The module must have none yet; a custom section may stand
 * before it (WebAssembly core specification, section 5.5.2).
 */
export function appendData(module: Uint8Array, memory: Uint8Array): Uint8Array<ArrayBuffer> {
  const segments = runsOf(memory).map(([start, end]) =>
    // An active segment: flag 0, offset expression `i32.const start; end`, bytes.
    concatBytes([
      Uint8Array.of(0, 0x41, ...signed(start), 0x0b, ...unsigned(end - start)),
      memory.subarray(start, end),
    ])
  );
  const body = concatBytes([Uint8Array.from(unsigned(segments.length)), ...segments]);
  return concatBytes([module, Uint8Array.of(11, ...unsigned(body.length)), body]);
}

/** The stretches of a memory that are not zero, as [start, end). */
function runsOf(memory: Uint8Array): [start: number, end: number][] {
  const runs: [number, number][] = [];
  let start = 0;
  let end = 0;
  for (const [index, byte] of memory.entries()) {
    if (byte === 0) continue;
    if (index - end > gapBytesMax && end > 0) runs.push([start, end]);
    if (index - end > gapBytesMax || end === 0) start = index;
    end = index + 1;
  }
  return end === 0 ? runs : [...runs, [start, end]];
}

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value;; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** Signed LEB128 of a value that is not negative. */
function signed(value: number): number[] {
  const bytes = unsigned(value);
  const last = bytes.pop() ?? 0;
  return last < 0x40 ? [...bytes, last] : [...bytes, last | 0x80, 0];
}
