import assert from "node:assert/strict";
import fc from "fast-check";
import { ErrnoError } from "./errno.ts";
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

Deno.test("contents behave as one plain array does, and the budget as its pages", () => {
  const offset = fc.integer({ min: 0, max: 5 * page });
  const command = fc.oneof(
    fc.record({
      do: fc.constant("write" as const),
      at: offset,
      bytes: fc.uint8Array({ maxLength: 2 * page, size: "max" }),
    }),
    fc.record({ do: fc.constant("size" as const), at: offset }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
      const budget = new MemoryBudget(100 * page, 1);
      const content = new MemoryContent(budget);
      let model = new Uint8Array(0);
      const resize = (size: number) => {
        const next = new Uint8Array(size);
        next.set(model.subarray(0, size));
        model = next;
      };
      for (const one of commands) {
        if (one.do === "size") {
          content.setSize(one.at);
          resize(one.at);
        } else if (one.bytes.length > 0) {
          assert.equal(content.write(one.bytes, one.at), one.bytes.length);
          resize(Math.max(model.length, one.at + one.bytes.length));
          model.set(one.bytes, one.at);
        }
        assert.equal(content.size, model.length);
      }
      const read = new Uint8Array(model.length + 10);
      assert.equal(content.read(read, 0), model.length);
      assert.deepEqual(read.subarray(0, model.length), model);
      content.free();
      assert.equal(budget.bytesLeft, 100 * page);
    }),
    { numRuns: 60 },
  );
});

function hasErrno(errno: string) {
  return (error: unknown) => error instanceof ErrnoError && error.errno === errno;
}
