import assert from "node:assert/strict";
import { assemble, printText } from "./mod.ts";

Deno.test("text is assembled, and what is printed assembles to the same module", async () => {
  const first = await assemble('(module (func $f (export "f") (result i32) (i32.const 7)))');
  assert.ok(first.ok);
  const text = await printText(first.value);
  assert.match(text, /\(func \$f .*\n\s*i32\.const 7/);
  const second = await assemble(text);
  assert.ok(second.ok);
  assert.deepEqual(second.value, first.value);
});

Deno.test("each kind of mistake has its place in the text", async () => {
  const cases: [string, string, number, number][] = [
    ["(module\n  (func i32.foo))", "unknown operator or unexpected token", 2, 9],
    ["(module", "expected `)`", 1, 8],
    ['(module\n (data "\\zz"))', "InvalidStringEscape('z')", 2, 10],
  ];
  for (const [text, message, line, column] of cases) {
    const result = await assemble(text);
    assert.deepEqual(result, {
      ok: false,
      error: [{ message, at: { kind: "text", line, column } }],
    });
  }
});

Deno.test("bytes that are no module cannot be printed", async () => {
  await assert.rejects(printText(Uint8Array.of(1, 2, 3, 4)));
});
