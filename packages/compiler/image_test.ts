import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter, type DataSegment, rangeOf } from "@skerry/wasm";
import { layImages } from "./image.ts";

const memoryBytes = 2n ** 20n;

/** An active segment of a memory, with `i32.const` as its place. */
function segment(start: number, content: readonly number[], index = 0): DataSegment {
  const place = new ByteWriter().u8(0x41).s33(start | 0).u8(0x0b).toBytes();
  return {
    mode: { kind: "active", index, explicit: index !== 0, offset: rangeOf(place) },
    content: rangeOf(Uint8Array.from(content)),
  };
}

/** What instantiation makes of the segments (4.7.2): one after the other. */
function written(segments: readonly (readonly [start: number, content: readonly number[]])[]) {
  const memory = new Uint8Array(Number(memoryBytes));
  for (const [start, content] of segments) memory.set(content, start);
  return memory;
}

const placed = fc.tuple(
  fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 20_000 }), fc.nat({ max: 1_000_000 })),
  fc.array(fc.nat({ max: 255 }), { maxLength: 60 }),
);

Deno.test("images are what active segments would have written", () => {
  fc.assert(fc.property(fc.array(placed, { maxLength: 200 }), (segments) => {
    const images = layImages(segments.map((each) => segment(...each)), 0, memoryBytes);
    assert.ok(typeof images !== "string");
    const memory = new Uint8Array(Number(memoryBytes));
    for (const { start, content } of images) memory.set(content, Number(start));
    assert.deepEqual(memory, written(segments));
  }));
});

Deno.test("images are few, ascending and apart", () => {
  fc.assert(fc.property(fc.array(placed, { maxLength: 200 }), (segments) => {
    const images = layImages(segments.map((each) => segment(...each)), 0, memoryBytes);
    assert.ok(typeof images !== "string");
    assert.ok(images.length <= 64, `${images.length} images`);
    let reached = -1n;
    for (const { start, content } of images) {
      assert.ok(start > reached);
      reached = start + BigInt(content.length);
    }
  }));
});

Deno.test("segments of other memories and passive ones are no matter", () => {
  const passive: DataSegment = { mode: { kind: "passive" }, content: rangeOf(Uint8Array.of(1)) };
  assert.deepEqual(layImages([segment(8, [1], 1), passive], 0, memoryBytes), []);
});

Deno.test("a segment at the very end of a memory fits, and one byte further it does not", () => {
  const last = Number(memoryBytes) - 1;
  assert.equal(layImages([segment(last, [7])], 0, memoryBytes).length, 1);
  const outside = "a data segment lies outside of its memory";
  assert.equal(layImages([segment(last, [7, 8])], 0, memoryBytes), outside);
  assert.equal(layImages([segment(-1, [7])], 0, memoryBytes), outside);
});

Deno.test("a segment without bytes beyond the end is outside too, as it is for the engine", () => {
  const beyond = segment(Number(memoryBytes) + 1, []);
  assert.equal(layImages([beyond], 0, memoryBytes), "a data segment lies outside of its memory");
  assert.deepEqual(layImages([segment(Number(memoryBytes), [])], 0, memoryBytes), []);
});

Deno.test("a place that depends on an import is not known", () => {
  const place = rangeOf(Uint8Array.of(0x23, 0, 0x0b));
  const imported: DataSegment = {
    mode: { kind: "active", index: 0, explicit: false, offset: place },
    content: rangeOf(Uint8Array.of(1)),
  };
  assert.equal(
    layImages([imported], 0, memoryBytes),
    "where a data segment goes depends on an import",
  );
});
