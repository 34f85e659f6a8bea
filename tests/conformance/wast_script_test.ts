import assert from "node:assert/strict";
import { splitForms, stringBytes } from "./s_expression.ts";
import { modulesOf } from "./wast_script.ts";

function formsOf(text: string): string[] {
  return splitForms(text).map((form) => text.slice(form.start, form.end));
}

Deno.test("forms end where they end, whatever strings and comments hold", () => {
  const cases: [string, string[]][] = [
    ["(a (b)) c", ["(a (b))", "c"]],
    ['(a ")") "x\\")"', ['(a ")")', '"x\\")"']],
    [";; (\n(a ;; )\n)", ["(a ;; )\n)"]],
    ["(; a (; b ;) ( ;)(c (; ) ;) d)", ["(c (; ) ;) d)"]],
    ["(@note ) (a)", ["(a)"]],
    ["a(b)c", ["a", "(b)", "c"]],
    ["", []],
  ];
  for (const [text, forms] of cases) assert.deepEqual(formsOf(text), forms, text);
});

Deno.test("what is not closed is an error, not an endless loop", () => {
  for (const text of ["(a", '"a', "(; a"]) assert.throws(() => splitForms(text), SyntaxError);
});

Deno.test("strings stand for bytes", () => {
  const text = '"a\\00\\ff\\n\\"\\\\\\u{e9}é"';
  const [form] = splitForms(text);
  assert.ok(form);
  const expected = [0x61, 0, 0xff, 0x0a, 0x22, 0x5c, 0xc3, 0xa9, 0xc3, 0xa9];
  assert.deepEqual(stringBytes(text, form), expected);
});

Deno.test("modules are found in commands and in assertions, with their lines", () => {
  const script = `
    (module $a (func))
    (assert_invalid (module definition $b (func (result i32))) "type mismatch")
    (assert_malformed (module binary "\\00" "asm") "unexpected end")
    (module instance $c $a)
    (assert_malformed (module quote "(func" ")") "x")
    (assert_return (invoke "f"))`;
  assert.deepEqual(modulesOf(script), [
    { line: 2, command: "module", source: { kind: "text", text: "(module $a (func))" } },
    {
      line: 3,
      command: "assert_invalid",
      source: { kind: "text", text: "(module  $b (func (result i32)))" },
    },
    {
      line: 4,
      command: "assert_malformed",
      source: { kind: "binary", bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d) },
    },
    { line: 6, command: "assert_malformed", source: { kind: "quote", text: "(func )" } },
  ]);
  assert.equal(modulesOf("(func) (memory 0)").length, 1);
});
