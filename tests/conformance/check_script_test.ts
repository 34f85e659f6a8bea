import assert from "node:assert/strict";
import { assembleText } from "./assemble.ts";
import { checkScript, loadBench } from "./conformance.ts";
import { type Engine, plainEngine, type RunningModule } from "./engine.ts";
import { emptyReport, type Report } from "./report.ts";

async function check(text: string, compiled: Engine = plainEngine): Promise<Report> {
  const report = emptyReport();
  const engines = { plain: plainEngine, compiled };
  await checkScript("test.wast", text, engines, await loadBench(), report);
  return report;
}

/** V8, with something done to what comes of an instantiation. */
function engineThat(change: (running: RunningModule) => RunningModule): Engine {
  return {
    compile: plainEngine.compile,
    instantiate: async (bytes, imports) => change(await plainEngine.instantiate(bytes, imports)),
  };
}

const kept = engineThat(({ exports }) => ({ exports, reset: () => "clean" }));
const discarded = engineThat(({ exports }) => ({ exports, reset: () => "discard" }));
/** Resets a global that is exported as `count`. */
const restored = engineThat(({ exports }) => ({
  exports,
  reset: () => {
    const { count } = exports;
    if (count instanceof WebAssembly.Global) count.value = 0;
    return "clean";
  },
}));

const counter = `
  (module
    (global $count (export "count") (mut i32) (i32.const 0))
    (func (export "next") (result i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (global.get $count)))
  (assert_return (invoke "next") (i32.const 1))
  (assert_return (get "count") (i32.const 1))
  (assert_return (invoke "next") (i32.const 2))`;

Deno.test("what engines agree upon and the script expects has passed", async () => {
  const { passed, differences, skips } = await check(counter);
  assert.deepEqual([passed, differences, skips], [4, [], []]);
});

Deno.test("a compiled module that answers otherwise is a difference with its line", async () => {
  const later = engineThat(({ exports }) => {
    const { next } = exports;
    if (typeof next === "function") next();
    return { exports };
  });
  assert.deepEqual((await check(counter, later)).differences, [
    'test.wast:7: invoke "next": plain returned (i32 0x1); compiled returned (i32 0x2)',
    'test.wast:8: get "count": plain returned (i32 0x1); compiled returned (i32 0x2)',
    'test.wast:9: invoke "next": plain returned (i32 0x2); compiled returned (i32 0x3)',
  ]);
});

Deno.test("a reset that leaves something is a difference, one that does not is counted", async () => {
  const [difference] = (await check(counter, kept)).differences;
  assert.equal(
    difference,
    'test.wast:7: invoke "next": plain returned (i32 0x1); after a reset returned (i32 0x3)',
  );
  const { differences, reset } = await check(counter, restored);
  assert.deepEqual([differences, reset], [[], 1]);
});

Deno.test("an instance that cannot be reset is made anew", async () => {
  const report = await check(counter, discarded);
  assert.deepEqual([report.differences, report.reset, report.discarded], [[], 0, 1]);
});

Deno.test("what another module holds a part of is made anew with it", async () => {
  const linked = `
    (module $memory (memory (export "memory") 1))
    (register "m" $memory)
    (module (import "m" "memory" (memory 1))
      (func (export "swap") (param i32) (result i32)
        (i32.load (i32.const 0)) (i32.store (i32.const 0) (local.get 0))))
    (assert_return (invoke "swap" (i32.const 7)) (i32.const 0))
    (module $other (func (export "f")))`;
  const { differences, reset } = await check(linked, kept);
  assert.deepEqual([differences, reset], [[], 1]);
});

Deno.test("what V8 itself does otherwise is skipped by name, unless compiled differs", async () => {
  const wrong = `(module (func (export "f") (result i32) (i32.const 1)))
    (assert_return (invoke "f") (i32.const 2))
    (assert_trap (invoke "f") "unreachable")
    (assert_invalid (module) "type mismatch")`;
  const { passed, skips } = await check(wrong);
  assert.equal(passed, 1);
  assert.deepEqual(skips.map(({ line, by, reason }) => `${line} ${by} ${reason}`), [
    '2 V8 invoke "f": returned (i32 0x1)',
    '3 V8 invoke "f": returned (i32 0x1)',
    "4 V8 a module that is invalid: returned ()",
  ]);
});

Deno.test("traps of another kind, and host calls that are missing, are differences", async () => {
  const script = `
    (module
      (import "spectest" "print_i32" (func $print (param i32)))
      (func (export "stop") (unreachable))
      (func (export "print") (call $print (i32.const 5))))
    (assert_trap (invoke "stop") "unreachable")
    (invoke "print")`;
  assert.equal((await check(script)).passed, 3);
  const bytes = await assembleText(`(module
    (func (export "stop") (drop (ref.as_non_null (ref.null func))))
    (func (export "print")))`);
  const other = await plainEngine.instantiate(bytes, {});
  const { differences } = await check(script, engineThat(() => other));
  assert.deepEqual(differences, [
    'test.wast:6: invoke "stop": plain trapped: unreachable; ' +
    "compiled trapped: dereferencing a null pointer",
    'test.wast:7: invoke "print": plain returned (), and called print_i32(5); compiled returned ()',
  ]);
});

Deno.test("no command is run on the module before one that could not be made", async () => {
  const script = `
    (module (func (export "f")))
    (module (import "nowhere" "g" (func)) (func (export "f")))
    (invoke "f")
    (thread $T (invoke "f"))`;
  const { passed, skips } = await check(script);
  assert.equal(passed, 1);
  assert.deepEqual(skips.map(({ line, by }) => [line, by]), [[3, "V8"], [4, "us"], [5, "us"]]);
});

Deno.test("a definition has as many instances as are asked for, each with its own state", async () => {
  const script = counter.replace("(module", "(module definition $counter")
    .replace(
      "(assert_return",
      "(module instance $one $counter) (module instance $two) (assert_return",
    )
    .replace('(get "count") (i32.const 1)', '(get $one "count") (i32.const 0)');
  const { passed, differences, skips, reset } = await check(script, restored);
  assert.deepEqual([passed, differences, skips, reset], [6, [], [], 2]);
});

Deno.test("a script that cannot be read is a difference, and the next one is run", async () => {
  const { differences } = await check("(module");
  assert.deepEqual(differences, [
    "test.wast:1: the script could not be run: SyntaxError: a list that starts at 0 is not closed",
  ]);
});
