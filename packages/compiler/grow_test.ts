/** Growth: the host is asked, and what a reset takes back is handed out again. */

import assert from "node:assert/strict";
import { compiledText } from "./testing/compiled.ts";
import { instantiateArtifact } from "./testing/instance.ts";

const text = `(module
  (memory (export "memory") 1 20)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size)))`;

interface Guest {
  grow(pages: number): number;
  size(): number;
  reset(): number;
  /** Pages that the memory really has. */
  pages(): number;
}

async function guest(answer: () => number): Promise<Guest> {
  const { artifact } = await compiledText(text, { passes: { dirty: "always" } });
  const { exports, reset } = instantiateArtifact(new WebAssembly.Module(artifact), {}, {
    grow: answer,
  });
  assert.ok(reset !== undefined && exports["memory"] instanceof WebAssembly.Memory);
  const { memory } = exports;
  return {
    grow: exports["grow"] as (pages: number) => number,
    size: exports["size"] as () => number,
    reset,
    pages: () => memory.buffer.byteLength / 65_536,
  };
}

Deno.test("pages that a reset took back are handed out before the memory grows again", async () => {
  const { grow, size, reset, pages } = await guest(() => 1);
  assert.equal(grow(3), 1);
  assert.equal(reset(), 1);
  assert.equal(size(), 1);
  assert.equal(grow(2), 1);
  assert.deepEqual([size(), pages()], [3, 4]);
  // One page is still hidden, so that the memory grows by four.
  assert.equal(grow(5), 3);
  assert.deepEqual([size(), pages()], [8, 8]);
  assert.equal(grow(1), 8);
  assert.deepEqual([size(), pages()], [9, 9]);
  assert.equal(grow(12), -1);
  assert.equal(size(), 9);
});

Deno.test("growth that the host denies, or that is none, changes nothing", async () => {
  let asked = 0;
  const { grow, size, pages } = await guest(() => {
    asked += 1;
    return 0;
  });
  assert.equal(grow(0), 1);
  assert.equal(asked, 0);
  assert.equal(grow(1), -1);
  assert.equal(asked, 1);
  assert.equal(grow(20), -1);
  assert.equal(asked, 1, "what exceeds the maximum is not even asked for");
  assert.deepEqual([size(), pages()], [1, 1]);
});

Deno.test("a host that answers less than 0 ends the guest", async () => {
  const { grow } = await guest(() => -1);
  assert.throws(() => grow(1), WebAssembly.RuntimeError);
});
