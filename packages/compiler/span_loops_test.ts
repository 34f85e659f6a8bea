/** Pages that are marked before a loop, by what the loop really writes. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { pageBytes, slackBytes } from "./constants.ts";
import { compiledText } from "./testing/compiled.ts";
import { instantiateArtifact } from "./testing/instance.ts";

const pages = 16;
const bytes = pages * 65_536;

/** A loop that stores at $x, displaced, and goes on to a bound; with and without a test before it. */
function loopText(displacement: number, offset: number, store: string): string {
  return `(module
    (memory (export "memory") ${pages} ${pages + 1})
    (func (export "run") (param $x i32) (param $n i32) (param $s i32)
      (loop $again
        (${store} offset=${offset} (i32.add (local.get $x) (i32.const ${displacement}))
          (${store.slice(0, 3)}.const -1))
        (br_if $again
          (i32.lt_u (local.tee $x (i32.add (local.get $x) (local.get $s))) (local.get $n))))))`;
}

const loops = await Promise.all(
  [
    loopText(0, 0, "i32.store8"),
    loopText(5000, 0, "i64.store"),
    loopText(-4096, 8, "i32.store16"),
    loopText(-70_000, 100_000, "f64.store"),
    loopText(0x7fff_0000 - 2 ** 30, 12, "i32.store"),
  ].flatMap((text) =>
    [true, false].map(async (preempt) => {
      const { artifact, report } = await compiledText(text, {
        passes: { preempt, dirty: "always" },
      });
      return { module: new WebAssembly.Module(artifact), report };
    })
  ),
);

/** Values near the ends of what there is, and in between. */
const near = fc.integer({ min: -20_000, max: 20_000 });
const place = fc.oneof(
  fc.nat({ max: bytes }),
  fc.tuple(fc.constantFrom(0, bytes, 2 ** 30, 2 ** 31), near).map(([at, more]) => (at + more) | 0),
);
const stride = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.nat({ max: 200_000 }), near, place);

Deno.test("INV-12: whatever a loop writes lies in the pages that were marked before it, wherever its addresses wrap", () => {
  let written = 0;
  let spared = 0;
  fc.assert(
    fc.property(fc.constantFrom(...loops), place, place, stride, ({ module }, x, n, s) => {
      let ticks = 0;
      const instance = instantiateArtifact(module, {}, { tick: () => ticks++ < 40 ? 5000 : 0 });
      const { run, memory, ["skerry:side"]: side } = instance.exports;
      assert.ok(typeof run === "function" && memory instanceof WebAssembly.Memory);
      assert.ok(side instanceof WebAssembly.Memory);
      const marks = new Uint8Array(side.buffer);
      try {
        // Without ticks a stride of nothing would go on for ever.
        if (module === undefined || s === 0) return;
        run(x, n, s);
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      }
      const after = new Uint8Array(memory.buffer);
      for (let at = after.indexOf(0xff); at >= 0; at = after.indexOf(0xff, at + 1)) {
        written += 1;
        const page = Math.floor(at / pageBytes);
        const inSlack = at % pageBytes < slackBytes && marks[page - 1] === 1;
        assert.ok(marks[page] === 1 || inSlack, `${at} is written and not marked`);
      }
      if (!marks.subarray(0, pages * 16).includes(1) || marks.includes(0)) spared += 1;
    }),
    { numRuns: 3000 },
  );
  assert.ok(written > 10_000 && spared > 100, `${written} bytes, ${spared} times not all pages`);
});

Deno.test("a loop whose pages are marked before it has no marks in it", () => {
  for (const { report } of loops) {
    assert.equal(report.marks, 0);
    assert.ok(report.stores > 0);
    assert.equal(report.elidedMarks, report.stores);
  }
});
