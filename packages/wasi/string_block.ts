/** Arguments or environment as a guest is given them: C strings one after the other, and where each begins. */

import { encodeUtf8 } from "@skerry/base";

/** Strings in UTF-8, each with the NUL after it. */
export interface StringBlock {
  readonly bytes: Uint8Array;
  /** Where each string begins in `bytes`. */
  readonly starts: readonly number[];
}

/** Lays strings out. None holds a NUL. */
export function stringBlock(strings: readonly string[]): StringBlock {
  const text = strings.length === 0 ? "" : `${strings.join("\0")}\0`;
  const bytes = encodeUtf8(text);
  const starts: number[] = [];
  // Where every character is one byte, as nearly always, their places need not be looked for.
  const isAscii = bytes.length === text.length;
  let at = 0;
  for (const { length } of strings) {
    starts.push(at);
    at = isAscii ? at + length + 1 : bytes.indexOf(0, at) + 1;
  }
  return { bytes, starts };
}
