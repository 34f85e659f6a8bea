import assert from "node:assert/strict";
import type { Diagnostic } from "@skerry/base";
import { compileModule } from "./compile.ts";
import { type CompileFailure, defaultPolicy, openPolicy, type Policy } from "./options.ts";
import { assembleText, compiledText } from "./testing/compiled.ts";
import { repeatedText } from "./testing/repeated_text.ts";

/** Why a module is refused that is expected to be. */
async function refusal(text: string, policy: Policy): Promise<CompileFailure> {
  const result = await compileModule(await assembleText(text), { policy });
  assert.ok(!result.ok, "it was compiled");
  return result.error;
}

function offsetOf({ at }: Diagnostic): number | undefined {
  return at?.kind === "binary" ? at.offset : undefined;
}

type Bound = Exclude<keyof Policy, "forbidden">;

/** For each bound a value, a module that goes beyond it, and what is said. */
const cases: Readonly<Record<Bound, readonly [most: number, text: string, message: string]>> = {
  moduleBytesMax: [50, `(module (data "${"x".repeat(99)}"))`, "the module is larger than 50 B"],
  functionsMax: [1, "(module (func) (func))", "2 functions exceed the limit of 1"],
  functionBytesMax: [
    10,
    "(module (func) (func $large nop nop nop nop nop nop nop nop nop))",
    "function 1 (large) is larger than 10 B",
  ],
  functionLocalsMax: [
    3,
    "(module (func) (func $many (param i32) (local i32 i64 f32)))",
    "function 1 (many) has more than 3 locals, with those that are added",
  ],
  nestingMax: [
    2,
    "(module (func $deep block block block end end end))",
    "function 0 (deep) nests its blocks more than 2 deep",
  ],
  typesMax: [1, "(module (type (func)) (type (func)))", "2 types exceed the limit of 1"],
  importsMax: [
    1,
    `(module (import "m" "a" (func)) (import "m" "b" (func)))`,
    "2 imports exceed the limit of 1",
  ],
  exportsMax: [
    1,
    `(module (memory 1) (export "a" (memory 0)) (export "b" (memory 0)))`,
    "2 exports exceed the limit of 1",
  ],
  globalsMax: [
    1,
    "(module (global i32 (i32.const 0)) (global i32 (i32.const 0)))",
    "2 globals exceed the limit of 1",
  ],
  tablesMax: [1, "(module (table 1 funcref) (table 1 funcref))", "2 tables exceed the limit of 1"],
  tableElementsMax: [
    10,
    "(module (table 6 funcref) (table 5 funcref))",
    "tables that begin with 11 elements exceed the limit of 10",
  ],
  memoriesMax: [1, "(module (memory 1) (memory 1))", "2 memories exceed the limit of 1"],
  memoryPagesMinMax: [
    10,
    "(module (memory 6) (memory 5))",
    "memories that begin with 11 pages exceed the limit of 10",
  ],
  segmentsMax: [1, `(module (data "a") (data "b"))`, "2 data segments exceed the limit of 1"],
  dataBytesMax: [
    10,
    `(module (data "123456") (data "78901"))`,
    "11 B of data exceed the limit of 10 B",
  ],
  nameBytesMax: [
    10,
    "(module (func $a_rather_long_name))",
    "the name section exceeds the limit of 10 B",
  ],
};

for (const [bound, [most, text, message]] of Object.entries(cases)) {
  Deno.test(`a module beyond ${bound} is refused, with the limit and the place`, async () => {
    const policy = { ...defaultPolicy, [bound]: most };
    const { reason, diagnostics } = await refusal(text, policy);
    assert.equal(reason, "limits");
    assert.deepEqual(diagnostics.map((each) => each.message), [message]);
    const [diagnostic] = diagnostics;
    assert.ok(diagnostic !== undefined);
    // What is too large as a whole has no place.
    assert.equal(offsetOf(diagnostic) === undefined, bound === "moduleBytesMax");
    await compiledText(text, { policy: openPolicy });
  });

  Deno.test(`a module that just reaches ${bound} is compiled`, async () => {
    const reached = {
      moduleBytesMax: 200,
      functionBytesMax: 11,
      functionLocalsMax: 4,
      nestingMax: 3,
    };
    const more = reached[bound as keyof typeof reached];
    const counted = Number(/\d+/.exec(message)?.[0]);
    const exact = more ?? (bound === "nameBytesMax" ? 100 : counted);
    await compiledText(text, { policy: { ...defaultPolicy, [bound]: exact } });
  });
}

Deno.test("element segments have the limit of data segments", async () => {
  const text = `(module (elem funcref) (elem funcref))`;
  const { diagnostics } = await refusal(text, { ...defaultPolicy, segmentsMax: 1 });
  assert.equal(diagnostics[0]?.message, "2 element segments exceed the limit of 1");
});

Deno.test("all that a module exceeds is reported together, in the order of the sections", async () => {
  const text = `(module (memory 1) (memory 1) (table 9 funcref)
    (func $f nop nop nop nop) (func $g nop nop nop nop) (export "a" (func $f)))`;
  const { diagnostics } = await refusal(text, {
    ...defaultPolicy,
    ...{ memoriesMax: 1, tableElementsMax: 8, functionBytesMax: 3, exportsMax: 0 },
  });
  assert.deepEqual(diagnostics.map(({ message }) => message), [
    "2 memories exceed the limit of 1",
    "1 exports exceed the limit of 0",
    "tables that begin with 9 elements exceed the limit of 8",
    "function 0 (f) is larger than 3 B",
    "function 1 (g) is larger than 3 B",
  ]);
  for (const diagnostic of diagnostics) assert.notEqual(offsetOf(diagnostic), undefined);
});

Deno.test("of many functions that are too large some are named", async () => {
  const text = `(module ${repeatedText(1000, (index) => `(func $f${index} nop nop nop)`)})`;
  const { diagnostics } = await refusal(text, { ...defaultPolicy, functionBytesMax: 3 });
  assert.equal(diagnostics.length, 16);
});

Deno.test("a function that nests too deep is told with its place, and others with it", async () => {
  const deep = "block block block end end end";
  const bytes = await assembleText(`(module (func $a ${deep}) (func nop) (func $b ${deep}))`);
  const result = await compileModule(bytes, { policy: { ...defaultPolicy, nestingMax: 2 } });
  assert.ok(!result.ok);
  const places = result.error.diagnostics.map((each) => offsetOf(each) ?? 0);
  assert.deepEqual(result.error.diagnostics.map(({ message }) => message), [
    "function 0 (a) nests its blocks more than 2 deep",
    "function 2 (b) nests its blocks more than 2 deep",
  ]);
  // A body begins with its locals' declarations: none. Then `block`, of no type.
  for (const place of places) assert.deepEqual([...bytes.slice(place, place + 3)], [0, 2, 0x40]);
});

Deno.test("a forbidden feature is refused with the reason", async () => {
  const { reason, diagnostics } = await refusal("(module (memory 1 2 shared))", defaultPolicy);
  assert.equal(reason, "features");
  assert.deepEqual(diagnostics.map(({ message }) => message), [
    'uses the feature "threads", which the policy forbids: ' +
    "a request's sandbox has one thread, and a shared memory cannot be reset",
  ]);
});

Deno.test("several forbidden features are reported together", async () => {
  const forbidden = new Map([["simd", "no vectors"], ["tail-call", "no tails"]] as const);
  const text = "(module (func $f (drop (v128.const i64x2 0 0)) (return_call $f)))";
  const { diagnostics } = await refusal(text, { ...defaultPolicy, forbidden });
  assert.equal(diagnostics.length, 2);
  assert.match(diagnostics.map(({ message }) => message).join("\n"), /no vectors\n.*no tails/);
});

Deno.test("names in messages hold nothing that a terminal obeys", async () => {
  const text = String.raw`(module (func $"\1b[2J\0afunction 7 is fine" nop nop nop nop))`;
  const { diagnostics } = await refusal(text, { ...defaultPolicy, functionBytesMax: 3 });
  assert.match(diagnostics[0]?.message ?? "", /^function 0 \([ -~]+\) is larger than 3 B$/);
});

Deno.test("a name in a message is not longer than people read", async () => {
  const text = `(module (func $${"x".repeat(50_000)} nop nop nop nop))`;
  const { diagnostics } = await refusal(text, { ...defaultPolicy, functionBytesMax: 3 });
  assert.ok((diagnostics[0]?.message.length ?? 0) < 1000, "the message is as long as the name");
});

Deno.test("exports with names of Skerry's own are refused", async () => {
  const { reason } = await refusal(`(module (func (export "skerry:fuel")))`, openPolicy);
  assert.equal(reason, "reserved");
});

Deno.test("what the engine refuses is refused with the engine's words and place", async () => {
  const { reason, diagnostics } = await refusal("(module (func i32.add drop))", openPolicy);
  assert.equal(reason, "malformed");
  assert.match(diagnostics[0]?.message ?? "", /not enough arguments|expected/);
  assert.ok((offsetOf(diagnostics[0] ?? { message: "" }) ?? 0) > 8);
});

Deno.test("bytes that are no module are refused with a place", async () => {
  const result = await compileModule(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99));
  assert.ok(!result.ok);
  assert.equal(result.error.reason, "malformed");
  assert.notEqual(offsetOf(result.error.diagnostics[0] ?? { message: "" }), undefined);
});
