import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { HeadBytes } from "./head_bytes.ts";

Deno.test("what is put together is what was added, in any pieces of any sizes, and nothing of what was there before", () => {
  const size = fc.oneof(fc.nat(40), fc.nat(9_000));
  const character = fc.nat(255).map((code) => String.fromCharCode(code));
  const text = fc.tuple(character, size).map(([each, count]) => each.repeat(count));
  const piece = fc.record({ text, isBytes: fc.boolean() });
  const whole = fc.record({ room: fc.nat(9_000), pieces: fc.array(piece, { maxLength: 6 }) });
  const bytesOf = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
  fc.assert(fc.property(fc.array(whole, { maxLength: 4 }), (wholes) => {
    const bytes = new HeadBytes();
    for (const { room, pieces } of wholes) {
      bytes.clear(room);
      for (const { text, isBytes } of pieces) {
        if (isBytes) bytes.add(bytesOf(text));
        else bytes.text(text);
      }
      const expected = bytesOf(pieces.map(({ text }) => text).join(""));
      assert.ok(Buffer.compare(bytes.all(), expected) === 0);
      assert.equal(bytes.length, expected.length);
    }
  }));
});
