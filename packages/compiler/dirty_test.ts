/** The marks (docs/artifact.md, "Marks: what is proved"), by what guests really write. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { pageBytes, slackBytes } from "./constants.ts";
import { compiledText } from "./testing/compiled.ts";
import { type ArtifactInstance, instantiateArtifact } from "./testing/instance.ts";
import { randomModule } from "./testing/random_module.ts";

function memoryOf({ exports }: ArtifactInstance, name: string): Uint8Array {
  const memory = exports[name];
  assert.ok(memory instanceof WebAssembly.Memory);
  return new Uint8Array(memory.buffer);
}

/** Calls `f0`; guests may trap, throw, use up their stack, or be stopped. */
function run({ exports }: ArtifactInstance, args: readonly number[]): void {
  const { f0 } = exports;
  assert.ok(typeof f0 === "function");
  try {
    f0(...args);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
  }
}

/** An instance that runs for some ticks and may not grow. */
function instanceOf(module: WebAssembly.Module): ArtifactInstance {
  let ticks = 0;
  return instantiateArtifact(module, {}, {
    tick: () => ticks++ < 20 ? 5000 : 0,
    grow: () => 0,
  });
}

/** The first byte that was written where no mark is, if any. */
function unmarked(before: Uint8Array, after: Uint8Array, marks: Uint8Array): number | undefined {
  for (let at = 0; at < after.length; at += 1) {
    if (after[at] === before[at]) continue;
    const page = Math.floor(at / pageBytes);
    const inSlack = at % pageBytes < slackBytes && (marks[page - 1] === 1 || page === 1);
    // The first page counts as marked.
    if (page > 0 && marks[page] !== 1 && !inSlack) return at;
  }
  return undefined;
}

const args = fc.tuple(fc.integer({ min: -2, max: 140_000 }), fc.nat({ max: 9000 }));

Deno.test("INV-12: whatever a guest writes lies in a marked page, or in the slack behind one", async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(randomModule, args, async (text, values) => {
      const { artifact } = await compiledText(text, { passes: { dirty: "always" } });
      const instance = instanceOf(new WebAssembly.Module(artifact));
      const before = memoryOf(instance, "memory").slice();
      run(instance, values);
      const after = memoryOf(instance, "memory");
      if (after.some((byte, at) => byte !== before[at])) written += 1;
      assert.equal(unmarked(before, after, memoryOf(instance, "skerry:side")), undefined);
    }),
    { numRuns: 500 },
  );
  assert.ok(written > 100, `only ${written} guests have written anything`);
});

Deno.test("INV-12: fills and copies of any length mark what they write, up to the last byte", async () => {
  // As many pages as the side memory has bytes: a mark behind the last of them would trap.
  const pages = 4096;
  const { artifact } = await compiledText(
    `(module
      (memory (export "memory") ${pages} ${pages})
      (func (export "fill") (param i32 i32)
        (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
      (func (export "copy") (param i32 i32)
        (memory.copy (local.get 0) (i32.const 0x100000) (local.get 1))))`,
    { passes: { dirty: "always" } },
  );
  const instance = instantiateArtifact(new WebAssembly.Module(artifact), {});
  const { fill, copy } = instance.exports;
  assert.ok(typeof fill === "function" && typeof copy === "function");
  const memory = memoryOf(instance, "memory");
  const marks = memoryOf(instance, "skerry:side");
  const end = pages * 65_536;
  const writes = [[fill, 7], [copy, 9]] as const;
  const lengths = [
    0,
    1,
    63,
    64,
    slackBytes - 1,
    slackBytes,
    slackBytes + 1,
    4095,
    4096,
    4097,
    70_000,
  ];
  const fewZeros = memory.slice(0, 70_000);
  for (const length of lengths) {
    for (const page of [3, 40]) {
      for (const into of [0, 1, pageBytes - slackBytes, pageBytes - 1]) {
        const at = page * pageBytes + into;
        for (const [write, byte] of writes) {
          memory.fill(9, 0x100000, 0x100000 + length);
          write(at, length);
          assert.equal(memory[at + length - 1], length === 0 ? 0 : byte);
          const written = memory.subarray(0, at + 70_000);
          assert.equal(unmarked(new Uint8Array(written.length), written, marks), undefined);
          memory.fill(0, 0, 0x100000 + length);
          marks.fill(0);
        }
      }
    }
    for (const [write] of writes) {
      write(end - length, length);
      assert.throws(() => write(end - length + 1, length), WebAssembly.RuntimeError);
      assert.equal(marks[end / pageBytes - 1], length === 0 ? 0 : 1);
      memory.set(fewZeros.subarray(0, length), end - length);
      marks.fill(0);
    }
  }
});

Deno.test("after a reset the memory is what it was, and no page is marked", async () => {
  await fc.assert(
    fc.asyncProperty(
      randomModule,
      args,
      fc.constantFrom("always", "never"),
      async (text, values, dirty) => {
        const { artifact } = await compiledText(text, { passes: { dirty } });
        const module = new WebAssembly.Module(artifact);
        const used = instanceOf(module);
        const fresh = instanceOf(module);
        run(used, values);
        assert.equal(used.reset?.(), 0);
        assert.deepEqual(memoryOf(used, "memory"), memoryOf(fresh, "memory"));
        if (dirty === "always") {
          assert.ok(memoryOf(used, "skerry:side").every((mark) => mark === 0));
        }
      },
    ),
    { numRuns: 300 },
  );
});
