import assert from "node:assert/strict";
import { array, assert as assertProperty, asyncProperty, nat, string } from "fast-check";
import { linesOf } from "./json_lines.ts";

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

Deno.test("lines are whole however the stream is cut, and long ones are left out", async () => {
  const line = string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replace("\n", ""));
  await assertProperty(asyncProperty(array(line), nat(20), async (lines, size) => {
    const found = await Array.fromAsync(
      linesOf(cut(lines.map((l) => `${l}\n`).join(""), size + 1), 10),
    );
    assert.deepEqual(found, lines.filter((line) => line.length > 0 && line.length <= 10));
  }));
});

Deno.test("what has no end is no line", async () => {
  assert.deepEqual(await Array.fromAsync(linesOf(cut("one\n\ntw", 2))), ["one"]);
});
