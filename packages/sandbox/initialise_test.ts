/** A module's initialisation is run once, within budgets, and every sandbox begins behind it. */

import assert from "node:assert/strict";
import { parse, print } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { Clock } from "@skerry/base";
import { compileModule } from "@skerry/compiler";
import { verify } from "@skerry/verifier";
import { decodeModule, indexSpaces } from "@skerry/wasm";
import {
  bind,
  compile,
  type HostInterface,
  immediate,
  initialise,
  type InitialiseFailure,
  type InitialiseOptions,
  type NumberType,
  type Outcome,
  Pool,
  type Program,
  suspending,
} from "./mod.ts";

interface HostState {
  readonly calls: number[];
}

const host: HostInterface<HostState> = {
  module: "host",
  functions: {
    note: immediate(["i32"], [], ({ state }, value) => void state.calls.push(value)),
    exit: immediate(["i32"], [], (guest, code) => guest.exit(code)),
    fail: immediate([], [], () => {
      throw new Error("the host broke");
    }),
    later: suspending(["i32"], ["i32"], async (_, value) => {
      await Promise.resolve();
      return value + 1;
    }),
    never: suspending([], [], () => new Promise<void>(() => {})),
  },
};

const imports = `
  (import "host" "note" (func $note (param i32)))
  (import "host" "exit" (func $exit (param i32)))
  (import "host" "fail" (func $fail))
  (import "host" "later" (func $later (param i32) (result i32)))
  (import "host" "never" (func $never))`;

const interfaces = [host as HostInterface<never>];

const assemble = async (text: string) => new Uint8Array(await parse(`(module ${text})`));

function withHost(calls: number[] = []) {
  return { interfaces, bindings: [bind(host, { calls })] };
}

async function initialised(text: string, options: InitialiseOptions = {}) {
  const result = await initialise(await assemble(text), { ...withHost(), ...options });
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.error));
  return result.value;
}

async function refused(
  text: string,
  options: InitialiseOptions = {},
): Promise<InitialiseFailure> {
  const result = await initialise(await assemble(text), { ...withHost(), ...options });
  assert.ok(!result.ok);
  return result.error;
}

const messages = ({ diagnostics }: InitialiseFailure) => diagnostics.map(({ message }) => message);

async function programOf(bytes: Uint8Array<ArrayBuffer>): Promise<Program> {
  const compiled = await compile(bytes, { interfaces });
  assert.ok(compiled.ok, compiled.ok ? "" : JSON.stringify(compiled.error));
  return compiled.value;
}

async function runIn(
  pool: Pool,
  program: Program,
  name: string,
  args: number[] = [],
  calls: number[] = [],
): Promise<Outcome> {
  const lease = await pool.lease(program, { bindings: [bind(host, { calls })] });
  assert.ok(typeof lease !== "string");
  try {
    return await lease.run(name, args);
  } finally {
    lease.release();
  }
}

const returned = (...values: number[]): Outcome => ({ kind: "returned", values });

const counting = `
  (memory (export "memory") 1) (global $count (mut i32) (i32.const 0))
  (func $add (param i32)
    (global.set $count (i32.add (global.get $count) (local.get 0)))
    (i32.store (i32.const 0) (global.get $count)))
  (func (export "next") (result i32) (call $add (i32.const 1)) (i32.load (i32.const 0)))`;

Deno.test("each sandbox begins behind the initialisation, a recycled one too, and none runs it again", async () => {
  const calls: number[] = [];
  const text = `${imports} ${counting}
    (func (export "_initialize") (call $note (i32.const 7)) (call $add (i32.const 100)))`;
  const bytes = await initialised(text, withHost(calls));
  assert.deepEqual(calls, [7]);
  const program = await programOf(bytes);
  assert.deepEqual([...program.functionExports.keys()], ["next"]);
  assert.deepEqual([program.prologue, program.notRecycled], [[], []]);
  const pool = new Pool({ sandboxesMax: 1 });
  for (let run = 0; run < 3; run += 1) {
    assert.deepEqual(await runIn(pool, program, "next", [], calls), returned(101));
  }
  assert.deepEqual(calls, [7]);
});

Deno.test("the same module gives the same bytes", async () => {
  const text = `${imports} ${counting} (func (export "_initialize") (call $add (i32.const 5)))`;
  assert.deepEqual(await initialised(text), await initialised(text));
});

Deno.test("a command's own export is run once, after what comes before any export, and _start stays", async () => {
  const calls: number[] = [];
  const text = `${imports} ${counting}
    (func $begin (call $note (i32.const 1))) (start $begin)
    (func (export "_initialize") (call $note (i32.const 2)))
    (func (export "wizer.initialize") (call $note (i32.const 3)) (call $add (i32.const 10)))
    (func (export "_start") (call $note (global.get $count)))`;
  const bytes = await initialised(text, { ...withHost(calls), export: "wizer.initialize" });
  assert.deepEqual(calls, [1, 2, 3]);
  const program = await programOf(bytes);
  assert.deepEqual([...program.functionExports.keys()].sort(), ["_start", "next"]);
  assert.deepEqual(await runIn(new Pool(), program, "_start", [], calls), returned());
  assert.deepEqual(calls, [1, 2, 3, 10]);
});

Deno.test("a start function alone is an initialisation", async () => {
  const bytes = await initialised(
    `${imports} ${counting} (func $begin (call $add (i32.const 3))) (start $begin)`,
  );
  assert.deepEqual(await runIn(new Pool(), await programOf(bytes), "next"), returned(4));
});

Deno.test("an initialisation may wait for the host", async () => {
  const bytes = await initialised(`${imports} ${counting}
    (func (export "_initialize") (call $add (call $later (i32.const 40))))`);
  assert.deepEqual(await runIn(new Pool(), await programOf(bytes), "next"), returned(42));
});

Deno.test("an initialisation without end is ended by its time on the processor, and is told where it was", async () => {
  const text = `(func $spin (loop $again (br $again))) (func (export "_initialize") (call $spin))`;
  const failed = await refused(text, { cpuMsMax: 20 });
  assert.equal(failed.reason, "run");
  assert.deepEqual(messages(failed), [
    '"_initialize" ran out of its CPU time, in function 0 (spin)',
    "called from function 1 (_initialize)",
  ]);
  assert.match(failed.remedy, /give it more/);
  assert.equal(failed.outcome?.kind, "exhausted");
  const poor = await refused(text, { fuelMax: 10_000 });
  assert.match(messages(poor)[0] ?? "", /^"_initialize" ran out of its fuel, /);
});

Deno.test("wall time, host calls and memory are bounded, too", async () => {
  // Time passes where somebody sleeps.
  let nowMs = 0;
  const sleepers: Clock = {
    resolutionNs: 1n,
    wallNs: () => 0n,
    monotonicNs: () => BigInt(Math.round(nowMs * 1e6)),
    sleep: async (ms) => {
      await Promise.resolve();
      nowMs += ms;
    },
  };
  const waits = `${imports} (func (export "_initialize") (call $never))`;
  const late = await refused(waits, { wallMsMax: 5, clock: sleepers });
  assert.match(messages(late)[0] ?? "", /ran out of its wall time/);
  const talks =
    `${imports} (func (export "_initialize") (loop $again (call $note (i32.const 1)) (br $again)))`;
  assert.match(
    messages(await refused(talks, { hostCallsMax: 3 }))[0] ?? "",
    /ran out of its host calls/,
  );
  const grows = `(memory 1 100) (global $got (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $got (memory.grow (i32.const 9))))
    (func (export "got") (result i32) (global.get $got))`;
  for (const [memoryBytesMax, got] of [[10 * 65_536, 1], [9 * 65_536, -1]] as const) {
    const program = await programOf(await initialised(grows, { memoryBytesMax }));
    assert.deepEqual(await runIn(new Pool(), program, "got"), returned(got));
  }
});

Deno.test("a trap is told with the places that it has in the module itself", async () => {
  const text = `${imports} ${counting} (table $t 1 funcref)
    (func $inner (table.set $t (i32.const 0) (ref.null func)) (unreachable))
    (func $outer (export "prepare") (call $inner))`;
  const failed = await refused(text, { export: "prepare" });
  assert.ok(failed.outcome?.kind === "trapped");
  const own = await runIn(new Pool(), await programOf(await assemble(text)), "prepare");
  assert.ok(own.kind === "trapped");
  assert.deepEqual(failed.outcome, own);
  assert.deepEqual(messages(failed), [
    '"prepare" trapped: unreachable, in function 7 (inner)',
    "called from function 8 (outer)",
  ]);
  const [at] = failed.diagnostics.map(({ at }) => at);
  assert.deepEqual(at, { kind: "binary", offset: own.backtrace[0]?.offset });
  assert.equal((await assemble(text))[own.backtrace[0]?.offset ?? 0], 0);
});

Deno.test("what exits or breaks the host has not been initialised", async () => {
  const exits = await refused(
    `${imports} (func (export "_initialize") (call $exit (i32.const 0)))`,
  );
  assert.deepEqual(messages(exits), ['"_initialize" exited with code 0']);
  assert.match(exits.remedy, /let it return/);
  const breaks = await refused(`${imports} (func $s (call $fail)) (start $s)`);
  assert.match(
    messages(breaks)[0] ?? "",
    /^its start function ended in a fault of the host: Error: the host broke/,
  );
});

Deno.test("an export that is missing, no function, or takes or gives values is refused by name", async () => {
  const check = async (text: string, name: string | undefined, expected: string) => {
    const failed = await refused(text, name === undefined ? {} : { export: name });
    assert.deepEqual([failed.reason, messages(failed)], ["export", [expected]]);
  };
  await check('(func (export "other"))', "load", 'it exports no "load"');
  await check(
    '(memory (export "load") 1)',
    "load",
    'its export "load" is a memory, not a function',
  );
  const values = 'its function "load" takes or gives values, and an initialisation does neither';
  await check('(func (export "load") (param i32))', "load", values);
  await check('(func (export "load") (result i32) (i32.const 0))', "load", values);
  await check(
    '(func (export "load")) (func (export "_initialize") (param i32))',
    "load",
    values.replace("load", "_initialize"),
  );
  const nothing =
    'it has neither a start function nor an export "_initialize", and no other was named';
  await check('(func (export "load"))', undefined, nothing);
});

Deno.test("what no sandbox takes, no snapshot holds, or is one already is refused with its reason", async () => {
  const initialize = '(func (export "_initialize"))';
  const unlinked = await refused(`(import "host" "none" (func)) ${initialize}`);
  assert.deepEqual([unlinked.reason, messages(unlinked)], [
    "imports",
    ["import host.none: there is no such function"],
  ]);
  const large = await refused(`(memory 9) ${initialize}`, { memoryBytesMax: 65_536 });
  assert.equal(large.reason, "limits");
  const stateful = await refused(`(table $t 1 exnref)
    (func (export "_initialize") (table.set $t (i32.const 0) (ref.null exn)))`);
  assert.deepEqual([stateful.reason, messages(stateful)], [
    "state",
    ["no snapshot: it changes table 0, which holds exceptions"],
  ]);
  const made = await compileModule(await assemble(initialize));
  assert.ok(made.ok);
  const twice = await initialise(made.value.artifact);
  assert.ok(!twice.ok);
  assert.equal(twice.error.reason, "artifact");
  assert.match(twice.error.remedy, /the module that it was made of/);
  const broken = await initialise(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9]));
  assert.ok(!broken.ok);
  assert.equal(broken.error.reason, "malformed");
});

Deno.test("a memory that is filled beyond what a module may be is refused, and not written down", async () => {
  const text = `(memory 2100)
    (func (export "_initialize") (memory.fill (i32.const 0) (i32.const 1) (i32.const 137625600)))`;
  const failed = await refused(text);
  assert.deepEqual([failed.reason, messages(failed)], [
    "state",
    ["with 131.3 MiB of data it is larger than the 128 MiB allowed"],
  ]);
});

Deno.test("an index that means nothing in a module means nothing of what reads its state either", async () => {
  // (func (export "_initialize") (call 1)): the module has one function, the exposed one has two.
  const bytes = new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
    ...[7, 15, 1, 11, ...new TextEncoder().encode("_initialize"), 0, 0],
    ...[10, 6, 1, 4, 0, 0x10, 1, 0x0b],
  ]);
  const result = await initialise(bytes);
  assert.ok(!result.ok);
  assert.equal(result.error.reason, "malformed");
  assert.match(messages(result.error)[0] ?? "", /function index #1 is out of bounds/);
  assert.deepEqual(result.error.diagnostics[0]?.at, { kind: "binary", offset: 41 });
});

/** QuickJS with a script that it loads when it is told to, and a function of the script's to ask. */
async function quickJsWith(script: string): Promise<Uint8Array<ArrayBuffer>> {
  const wasm = new URL("../../node_modules/quickjs-wasi/quickjs.wasm", import.meta.url);
  const engine = await print(await Deno.readFile(wasm));
  const exported = new Map(
    [...engine.matchAll(/\(export "([^"]+)" \(func (\d+)\)\)/g)]
      .map(([, name = "", index = ""]) => [name, index]),
  );
  const call = (name: string, ...args: string[]) =>
    `(call ${exported.get(name) ?? assert.fail(name)} ${args.join(" ")})`;
  const text = (name: string, content: string) => `
    (data $${name} "${content.replaceAll('"', "'").replaceAll("\n", " ")}\\00")
    (func $${name} (result i32) (local i32)
      (local.set 0 ${call("wasm_malloc", `(i32.const ${content.length + 1})`)})
      (memory.init $${name} (local.get 0) (i32.const 0) (i32.const ${content.length + 1}))
      (local.get 0))`;
  const fields = `
    ${text("script", script)} ${text("file", "script.js")} ${text("ask", "ask")}
    (func (export "load")
      ${call("qjs_init")} drop
      (if ${
    call(
      "qjs_is_exception",
      call(
        "qjs_eval",
        "(call $script)",
        `(i32.const ${script.length})`,
        "(call $file)",
        "(i32.const 0)",
      ),
    )
  } (then unreachable)))
    (func (export "ask") (param f64) (result f64) (local i32)
      (local.set 0 (local.get 0))
      (i32.store (local.tee 1 ${call("wasm_malloc", "(i32.const 4)")})
        ${call("qjs_new_number", "(local.get 0)")})
      ${
    call(
      "qjs_get_float64",
      call(
        "qjs_call",
        call("qjs_get_prop_string", call("qjs_get_global"), "(call $ask)"),
        call("qjs_get_undefined"),
        "(i32.const 1)",
        "(local.get 1)",
      ),
    )
  })`;
  const end = engine.lastIndexOf(")");
  return new Uint8Array(await parse(`${engine.slice(0, end)}${fields})`));
}

/** Every function that a module imports, answering 0. */
function silentHosts(bytes: Uint8Array): HostInterface<never>[] {
  const decoded = decodeModule(bytes);
  assert.ok(decoded.ok);
  const { types: all } = indexSpaces(decoded.value);
  const hosts = new Map<string, Record<string, HostInterface<never>["functions"][string]>>();
  for (const { module, name, type } of decoded.value.imports) {
    const composite = type.kind === "function" ? all[type.type]?.composite : undefined;
    assert.ok(composite?.kind === "function");
    const functions = hosts.get(module) ?? {};
    const types = [composite.params, composite.results] as unknown as readonly NumberType[][];
    const [params = [], results = []] = types;
    functions[name] = immediate(params, results, () => 0 as never);
    hosts.set(module, functions);
  }
  return [...hosts].map(([module, functions]) => ({ module, functions }));
}

Deno.test("QuickJS loads its script in the initialisation, and each sandbox answers from it", async () => {
  const script = `
    const primes = [];
    for (let n = 2; primes.length < 2000; n += 1) if (primes.every((p) => n % p !== 0)) primes.push(n);
    let asked = 0;
    globalThis.ask = (index) => primes[index] + 0.25 * asked++;`;
  const bytes = await quickJsWith(script);
  const hosts = silentHosts(bytes);
  const bindings = hosts.map((each) => bind(each, undefined as never));
  const ready = await initialise(bytes, { interfaces: hosts, bindings, export: "load" });
  assert.ok(ready.ok, ready.ok ? "" : JSON.stringify(ready.error));
  const compiled = await compile(ready.value, { interfaces: hosts });
  assert.ok(compiled.ok);
  const program = compiled.value;
  assert.ok((await verify(program.bytes, { input: ready.value })).ok);
  assert.deepEqual(program.notRecycled, []);
  assert.ok(!program.functionExports.has("load") && !program.functionExports.has("_initialize"));
  const pool = new Pool({ sandboxesMax: 1 });
  const fuels = new Set<number>();
  for (let request = 0; request < 3; request += 1) {
    const lease = pool.leaseNow(program, { bindings });
    assert.ok(typeof lease !== "string");
    assert.deepEqual(await lease.run("ask", [1999]), returned(17_389));
    fuels.add(lease.usage.fuel);
    lease.release();
  }
  // A request pays for its own question alone, and each for the same.
  assert.equal(fuels.size, 1);
  const [fuel = Infinity] = fuels;
  assert.ok(fuel < 100_000, `${fuel}`);
  const options = { interfaces: hosts, bindings, export: "load", fuelMax: 20_000_000 };
  const starved = await initialise(bytes, options);
  assert.ok(!starved.ok);
  assert.match(messages(starved.error)[0] ?? "", /^"load" ran out of its fuel/);
});
