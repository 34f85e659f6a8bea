import assert from "node:assert/strict";
import { systemRandom } from "./random.ts";

Deno.test("arrays of any length are filled to their end", () => {
  systemRandom.fill(new Uint8Array(0));
  for (const bytes of [1, 65_535, 65_536, 65_537, 200_001]) {
    const inside = new Uint8Array(bytes + 64);
    const filled = inside.subarray(32, 32 + bytes);
    // A byte that stays zero in 40 fills does so by chance once in 2^320.
    const seen = new Uint8Array(bytes);
    for (let fills = 0; fills < 40; fills++) {
      systemRandom.fill(filled);
      filled.forEach((byte, at) => seen[at] = (seen[at] ?? 0) | byte);
    }
    assert.ok(seen.every((byte) => byte !== 0), `${bytes} bytes`);
    // And nothing beside it is touched.
    assert.ok(
      [...inside.subarray(0, 32), ...inside.subarray(32 + bytes)].every((byte) => byte === 0),
    );
  }
});

Deno.test("pieces of one array, and two arrays, differ", () => {
  const [one, two] = [new Uint8Array(131_072), new Uint8Array(131_072)];
  systemRandom.fill(one);
  systemRandom.fill(two);
  assert.notDeepEqual(one, two);
  assert.notDeepEqual(one.subarray(0, 65_536), one.subarray(65_536));
});
