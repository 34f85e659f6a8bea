/** Random bytes from the operating system. */

import type { RandomSource } from "@skerry/base";

/** The largest piece that `getRandomValues` gives at once (Web Cryptography API §10.1.1). */
const pieceBytes = 65_536;

/** The platform's cryptographic generator. */
export const systemRandom: RandomSource = {
  fill(bytes) {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      crypto.getRandomValues(bytes.subarray(at, at + pieceBytes) as Uint8Array<ArrayBuffer>);
    }
  },
};
