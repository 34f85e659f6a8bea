/** Whole numbers from a seed, for tests that choose. */

import { seededRandom } from "@skerry/base";

/** Gives whole numbers from 0 to below a bound, which is 256 at most. */
export function numbersOf(seed: number): (bound: number) => number {
  const random = seededRandom(BigInt(seed));
  const bytes = new Uint8Array(1024);
  let at = bytes.length;
  return (bound) => {
    if (at >= bytes.length) {
      random.fill(bytes);
      at = 0;
    }
    return (bytes[at++] ?? 0) % Math.max(1, bound);
  };
}
