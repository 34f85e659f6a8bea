import assert from "node:assert/strict";
import { commandsOf } from "./wast_commands.ts";

Deno.test("commands are read with their lines, names and values", () => {
  const text = `
    (module $a (func (export "f")))
    (register "\\u{e9}\\ef\\bb\\bf" $a)
    (assert_return (invoke $a "f" (i64.const -0x1) (ref.extern 3))
      (f32.const nan:canonical) (ref.null any) (ref.struct))
    (assert_exhaustion (get "g") "call stack exhausted")
    (assert_trap (module binary "\\00") "unreachable")`;
  const [module, register, returned, exhausted, trapped] = commandsOf(text);
  assert.ok(module?.kind === "module" && module.name === "$a" && module.line === 2);
  assert.deepEqual(register, { kind: "register", as: "é\ufeff", module: "$a", line: 3 });
  assert.deepEqual(returned, {
    kind: "return",
    line: 4,
    action: {
      kind: "invoke",
      module: "$a",
      name: "f",
      arguments: [
        { kind: "number", type: "i64", literal: "i64.const -0x1", nans: [] },
        { kind: "host", number: 3 },
      ],
    },
    expected: [
      {
        kind: "number",
        type: "f32",
        literal: "f32.const 0",
        nans: [{ kind: "canonical", shiftBits: 0, widthBits: 32 }],
      },
      { kind: "null" },
      { kind: "reference", of: "struct" },
    ],
  });
  const action = { kind: "get", module: undefined, name: "g", arguments: [] };
  assert.deepEqual(exhausted, { kind: "failure", failure: "exhaustion", action, line: 6 });
  const source = { kind: "binary", bytes: Uint8Array.of(0) };
  assert.deepEqual(trapped, { kind: "refusal", refusal: "trap", source, line: 7 });
});

Deno.test("definitions and instances of modules are told from modules", () => {
  const [definition, instance] = commandsOf(
    "((@a) module definition $m (func)) (module instance $i $m)",
  );
  assert.ok(definition?.kind === "module" && !definition.instantiated && definition.name === "$m");
  assert.deepEqual(instance, { kind: "instance", name: "$i", definition: "$m", line: 1 });
});

Deno.test("the lanes of a vector that have to be NaN are cut out of it", () => {
  const [command] = commandsOf(
    '(assert_return (invoke "f") (v128.const f64x2 nan:arithmetic nan:0x1))',
  );
  assert.ok(command?.kind === "return");
  assert.deepEqual(command.expected, [{
    kind: "number",
    type: "v128",
    literal: "v128.const f64x2 0 nan:0x1",
    nans: [{ kind: "arithmetic", shiftBits: 0, widthBits: 64 }],
  }]);
});

Deno.test("what cannot be expressed is kept, with why", () => {
  const cases: [string, string][] = [
    ["(thread $t (invoke))", "the command thread"],
    [
      '(assert_return (invoke "f" (f32.const nan:canonical)))',
      "the argument (f32.const nan:canonical)",
    ],
    ['(assert_return (invoke "f") (ref.strange))', "the value (ref.strange)"],
    ["(assert_return (wait $t))", "the action wait"],
    ['(assert_malformed_custom (module quote "") "x")', "the command assert_malformed_custom"],
  ];
  for (const [text, reason] of cases) {
    assert.deepEqual(commandsOf(text), [{ kind: "unknown", reason, line: 1 }]);
  }
});
