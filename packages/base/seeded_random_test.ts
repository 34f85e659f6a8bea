import assert from "node:assert/strict";
import { chachaBlock, seededRandom } from "./seeded_random.ts";

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));

function bytesOf(seed: bigint, ...lengths: number[]): string {
  const random = seededRandom(seed);
  return lengths.map((length) => {
    const bytes = new Uint8Array(length);
    random.fill(bytes);
    return hex(bytes).join("");
  }).join("");
}

Deno.test("the block function is that of RFC 8439 §2.3.2", () => {
  const words = (text: string) => (text.match(/\w\w/g) ?? []).map((byte) => parseInt(byte, 16));
  const bytes = new Uint8Array(64);
  bytes.set(new TextEncoder().encode("expand 32-byte k"));
  bytes.set(Array.from({ length: 32 }, (_, index) => index), 16);
  bytes.set(words("01 00 00 00 00 00 00 09 00 00 00 4a 00 00 00 00"), 48);
  assert.deepEqual(
    hex(chachaBlock(new Uint32Array(bytes.buffer))).join(" "),
    "10 f1 e7 e4 d1 3b 59 15 50 0f dd 1f a3 20 71 c4 c7 d1 f4 c7 33 c0 68 03 04 22 aa 9a c3 d4 6c 4e " +
      "d2 82 64 46 07 9f aa 09 14 c2 d7 05 d9 8b 02 a2 b5 12 9c d1 de 16 4e b9 cb d0 83 e8 a2 50 3c 4e",
  );
});

Deno.test("the seed 0 gives the key stream of RFC 8439's test vectors A.1 #1 and #2", () => {
  assert.equal(
    bytesOf(0n, 128),
    "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7" +
      "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586" +
      "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed" +
      "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
  );
});

Deno.test("the bytes are the same however they are asked for, and others for each seed", () => {
  const whole = bytesOf(42n, 300);
  assert.equal(bytesOf(42n, 1, 0, 63, 64, 65, 107), whole);
  const seeds = [0n, 1n, 43n, 1n << 32n, 42n << 32n, (1n << 64n) - 1n];
  assert.equal(new Set([whole, ...seeds.map((seed) => bytesOf(seed, 300))]).size, 7);
});
