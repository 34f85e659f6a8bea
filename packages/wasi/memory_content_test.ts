import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesEqual, ErrnoError } from "@skerry/base";
import type { FrozenBytes } from "./file_system.ts";
import { FrozenSlice } from "./frozen_pages.ts";
import { MemoryBudget } from "./memory_budget.ts";
import { MemoryContent } from "./memory_content.ts";

const page = 4096;

Deno.test("a hole costs nothing, and reads as zeros", () => {
  const budget = new MemoryBudget(2 * page, 1);
  const content = new MemoryContent(budget);
  content.setSize(2 ** 39);
  assert.equal(budget.bytesLeft, 2 * page);
  content.write(new Uint8Array([1]), 2 ** 38);
  assert.equal(budget.bytesLeft, page);
  const read = new Uint8Array(3).fill(9);
  assert.equal(content.read(read, 2 ** 38 - 1), 3);
  assert.deepEqual([...read], [0, 1, 0]);
  content.setSize(0);
  assert.equal(budget.bytesLeft, 2 * page);
});

Deno.test("a write stops where space ends, and is told so only when nothing fits", () => {
  const budget = new MemoryBudget(page, 1);
  const content = new MemoryContent(budget);
  assert.equal(content.write(new Uint8Array(10_000), 100), page - 100);
  assert.equal(content.size, page);
  assert.throws(() => content.write(new Uint8Array(1), page), hasErrno("ENOSPC"));
  assert.equal(content.write(new Uint8Array(5), 0), 5);
});

Deno.test("space is reserved whole or not at all", () => {
  const budget = new MemoryBudget(3 * page, 1);
  const content = new MemoryContent(budget);
  content.write(new Uint8Array(1), page);
  assert.throws(() => content.allocate(0, 4 * page), hasErrno("ENOSPC"));
  assert.throws(() => content.allocate(0, 2 ** 39), hasErrno("ENOSPC"));
  assert.equal(content.size, page + 1);
  assert.equal(budget.bytesLeft, 2 * page);
  content.allocate(0, 3 * page);
  assert.equal(content.size, 3 * page);
  assert.equal(budget.bytesLeft, 0);
});

Deno.test("contents behave as one plain array does, what was frozen stays as it was, and all is given back", () => {
  // Around pages, and around the blocks that contents from the front stand in.
  const offset = fc.oneof(
    fc.integer({ min: 0, max: 5 * page }),
    fc.integer({ min: 15 * page, max: 18 * page }),
    fc.constantFrom(0, page, 16 * page, 32 * page),
  );
  const bytes = fc.integer({ min: 0, max: 40 * page }).map((length) =>
    new Uint8Array(length).map((_, at) => at % 251 + length)
  );
  const command = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("write" as const), at: offset, bytes }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("size" as const), at: offset }) },
    fc.record({ do: fc.constant("allocate" as const), at: offset, length: offset }),
    fc.record({ do: fc.constant("freeze" as const) }),
  );
  const below = fc.option(bytes, { nil: undefined });
  fc.assert(
    fc.property(below, fc.array(command, { maxLength: 20 }), (before, commands) => {
      const budget = new MemoryBudget(1000 * page, 1);
      const slice = before === undefined ? undefined : new FrozenSlice(before.slice());
      const content = new MemoryContent(budget, slice);
      const frozen: { readonly now: FrozenBytes; readonly expected: Uint8Array }[] = [];
      let model = before?.slice() ?? new Uint8Array(0);
      const resize = (size: number) => {
        const next = new Uint8Array(size);
        next.set(model.subarray(0, size));
        model = next;
      };
      for (const one of commands) {
        if (one.do === "size") {
          content.setSize(one.at);
          resize(one.at);
        } else if (one.do === "allocate") {
          content.allocate(one.at, one.length);
          resize(Math.max(model.length, one.at + one.length));
        } else if (one.do === "freeze") {
          frozen.push({ now: content.freeze(), expected: model.slice() });
        } else if (one.bytes.length > 0) {
          assert.equal(content.write(one.bytes, one.at), one.bytes.length);
          resize(Math.max(model.length, one.at + one.bytes.length));
          model.set(one.bytes, one.at);
        }
        assert.equal(content.size, model.length);
      }
      checkHolds((target, offset) => content.read(target, offset), model);
      for (const { now, expected } of frozen) {
        assert.equal(now.bytes, expected.length);
        checkHolds((target, offset) => now.read(target, offset), expected);
      }
      content.free();
      assert.equal(budget.bytesLeft, 1000 * page);
    }),
    { numRuns: 300 },
  );
});

Deno.test("what is taken ahead is little beside what is left, and the last page can be had", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 3 * page }),
      (pages, piece) => {
        const budget = new MemoryBudget(pages * page, 1);
        const content = new MemoryContent(budget);
        const bytes = new Uint8Array(piece).fill(1);
        let written = 0;
        while (written < pages * page) {
          const count = content.write(bytes, written);
          assert.ok(count > 0);
          written += count;
        }
        assert.equal(written, pages * page);
        assert.equal(budget.bytesLeft, 0);
        assert.throws(() => content.write(bytes, written), hasErrno("ENOSPC"));
        assert.equal(content.write(bytes, 0), piece > written ? written : piece);
      },
    ),
    { numRuns: 100 },
  );
});

/** Reads all of it at once and in odd pieces. */
function checkHolds(
  read: (target: Uint8Array, offset: number) => number,
  expected: Uint8Array,
): void {
  const all = new Uint8Array(expected.length + 10);
  assert.equal(read(all, 0), expected.length);
  assert.ok(bytesEqual(all.subarray(0, expected.length), expected));
  const piece = new Uint8Array(5000);
  for (let offset = 1; offset < expected.length; offset += 4999) {
    const count = read(piece.fill(9), offset);
    assert.ok(bytesEqual(piece.subarray(0, count), expected.subarray(offset, offset + 5000)));
  }
  assert.equal(read(piece, expected.length + 1), 0);
}

function hasErrno(errno: string) {
  return (error: unknown) => error instanceof ErrnoError && error.errno === errno;
}
