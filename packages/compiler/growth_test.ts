/** What hostile modules can make of their artifacts. How long that takes is for bench/compiler_growth.ts. */

import assert from "node:assert/strict";
import { ByteWriter, emptyModule, encodeModule, rangeOf } from "@skerry/wasm";
import { compileModule } from "./compile.ts";
import { openPolicy } from "./options.ts";
import { assembleText, compiledText } from "./testing/compiled.ts";
import { repeatedText } from "./testing/repeated_text.ts";

const store = "local.get 0 i32.const 1 i32.store";

/** Modules by size, each with much of what something is added to. */
const families: Readonly<Record<string, (size: number) => string>> = {
  "nested blocks": (size) => `(func ${"block ".repeat(size)} ${"end ".repeat(size)})`,
  "nested loops": (size) => `(func ${"loop ".repeat(size)} ${"end ".repeat(size)})`,
  "loops with stores": (size) => `(func (param i32) ${`loop ${store} end `.repeat(size)})`,
  "functions with loops": (size) => repeatedText(size, () => "(func loop end)"),
  "nested handlers": (size) =>
    `(func ${"block try_table (catch_all 0) ".repeat(size)} ${"end end ".repeat(size)})`,
  "segments": (size) =>
    repeatedText(size, (index) => `(data $d${index} "abc")`) +
    `(func ${
      repeatedText(
        size,
        (index) =>
          `i32.const 0 i32.const 0 i32.const 0 memory.init $d${index} data.drop $d${index}`,
      )
    })`,
  "scattered data": (size) =>
    repeatedText(size, (index) => `(data (i32.const ${index * 6007 % 190_000}) "abc")`),
};

for (const [name, family] of Object.entries(families)) {
  Deno.test(`an artifact grows as its module does: ${name}`, async () => {
    const bytesOf = async (size: number) =>
      (await compiledText(`(module (memory 3) ${family(size)})`)).artifact.length;
    const sizes = [1000, 2000, 4000, 8000];
    const lengths: number[] = [];
    for (const size of sizes) lengths.push(await bytesOf(size));
    // Indexes take a byte more now and then, and short ways are free.
    const [, , before = 0, last = 0] = lengths;
    assert.ok(last / before < 2.3, lengths.join(" "));
  });
}

Deno.test("no artifact is made that the engine's bounds refuse: a long constant expression", async () => {
  // The reset holds the initial expression of each mutable global.
  const writer = new ByteWriter().u8(0x41).u8(0);
  for (let index = 0; index < 2_600_000; index += 1) writer.u8(0x41).u8(1).u8(0x6a);
  const init = rangeOf(writer.u8(0x0b).toBytes());
  const bytes = encodeModule({
    ...emptyModule,
    globals: [{ type: { value: "i32", mutable: true }, init }],
  });
  assert.ok(WebAssembly.validate(bytes));
  const result = await compileModule(bytes, { policy: openPolicy });
  if (result.ok) assert.ok(WebAssembly.validate(result.value.artifact), "its artifact is refused");
  else assert.equal(result.error.reason, "limits");
});

Deno.test("a function that becomes larger than the engine allows is refused with its name", async () => {
  const bytes = await assembleText(`(module (func $loops ${"loop end ".repeat(900_000)}))`);
  const result = await compileModule(bytes, { policy: openPolicy });
  assert.ok(!result.ok);
  assert.equal(result.error.reason, "limits");
  assert.match(result.error.diagnostics[0]?.message ?? "", /^function 0 \(loops\) becomes larger/);
});
