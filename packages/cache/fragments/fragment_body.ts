/** Bodies of fragments as those read them who found one: all there, or coming. */

import type { KeptBody } from "../body.ts";

/** A body that is read from any place on. */
export interface FragmentBody {
  /** Undefined while nobody knows. */
  readonly bytes: number | undefined;
  /**
   * Some of the bytes from `at` on, at most `bytesMax`, which nobody may write to; none at the end. A promise where they are
   * still to come, which rejects with {@link FragmentCutShort} where they never will.
   */
  read(at: number, bytesMax: number): Uint8Array | Promise<Uint8Array>;
}

/** The fragment's author has ended before its end. */
export class FragmentCutShort extends Error {
  override readonly name = "FragmentCutShort";

  constructor() {
    super("the fragment was cut short");
  }
}

/** A body that is all there. */
export function wholeFragmentBody(kept: KeptBody): FragmentBody {
  return { bytes: kept.bytes, read: (at, bytesMax) => firstSlice(kept, at, bytesMax) };
}

/** The first piece of what is there from `at` on. */
export function firstSlice(kept: KeptBody, at: number, bytesMax: number): Uint8Array {
  if (at >= kept.bytes) return nothing;
  for (const slice of kept.slices(at, Math.min(kept.bytes, at + bytesMax) - 1)) return slice;
  return nothing;
}

const nothing = new Uint8Array(0);
