import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesEqual } from "@skerry/base";
import type { CompileOptions } from "./options.ts";
import { assembleText, compiledBytes, compiledText } from "./testing/compiled.ts";
import { randomModule } from "./testing/random_module.ts";

const optionSets: readonly CompileOptions[] = [
  {},
  { passes: { dirty: "always" } },
  { passes: { reset: false } },
  { passes: { preempt: false, dirty: "never" } },
];

Deno.test("the same bytes and options give the same artifact, whatever was compiled in between", async () => {
  await fc.assert(
    fc.asyncProperty(
      randomModule,
      randomModule,
      fc.constantFrom(...optionSets),
      async (text, other, options) => {
        const bytes = await assembleText(text);
        const first = await compiledBytes(bytes, options);
        await compiledText(other, options);
        const [again, atOnce] = await Promise.all([
          compiledBytes(bytes, options),
          compiledBytes(bytes.slice(), options),
          compiledText(other),
        ]);
        assert.ok(bytesEqual(again.artifact, first.artifact), text);
        assert.ok(bytesEqual(atOnce.artifact, first.artifact), text);
        assert.deepEqual(again.report, first.report);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("the engine takes the artifact of any module that it takes", async () => {
  await fc.assert(
    fc.asyncProperty(randomModule, fc.constantFrom(...optionSets), async (text, options) => {
      const { artifact } = await compiledText(text, options);
      assert.ok(WebAssembly.validate(artifact), text);
    }),
    { numRuns: 300 },
  );
});

Deno.test("options that change the artifact give another one", async () => {
  const bytes = await assembleText(
    `(module (memory 3) (func (param i32) (loop (i32.store (local.get 0) (i32.const 1)) (br 0))))`,
  );
  const artifacts = await Promise.all(optionSets.map((each) => compiledBytes(bytes, each)));
  const distinct = new Set(artifacts.map(({ artifact }) => artifact.join(" ")));
  // The memory has more than two pages, so that "auto" is as good as "always".
  assert.equal(distinct.size, optionSets.length - 1);
});
