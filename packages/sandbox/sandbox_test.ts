import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { Clock } from "@skerry/base";
import { openPolicy } from "@skerry/compiler";
import {
  bind,
  compile,
  type CompileOptions,
  type Guest,
  type HostInterface,
  immediate,
  type LeaseOptions,
  type Outcome,
  Pool,
  type Program,
  suspending,
} from "./mod.ts";
import { Lease } from "./lease.ts";

/** A clock whose sleepers are woken by hand. */
class TestClock implements Clock {
  readonly resolutionNs = 1n;
  readonly #sleepers = new Set<() => void>();
  #nowNs = 0n;
  wallNs = () => 0n;
  monotonicNs = () => this.#nowNs;
  sleep(_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.add(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
  passTime(): void {
    this.#nowNs += 1_000_000_000n;
    for (const wake of this.#sleepers) wake();
  }
}

interface HostState {
  readonly calls: string[];
  /** Settles what `wait` waits for. */
  release?: () => void;
  kill?: () => void;
}

const testHost: HostInterface<HostState> = {
  module: "host",
  functions: {
    note: immediate(["i32"], ["i32"], ({ state }, value) => {
      state.calls.push(`note ${value}`);
      return value + 1;
    }),
    peek: immediate(
      ["i32", "i32"],
      ["i32"],
      ({ memory }, at, length) => memory.view(at, length)[0] ?? 0,
    ),
    exit: immediate(["i32"], [], (guest: Guest<HostState>, code) => guest.exit(code)),
    fail: immediate([], [], () => {
      throw new Error("the host broke");
    }),
    wait: suspending(["i32"], ["i32"], async ({ state, signal }, value) => {
      state.calls.push("wait");
      await new Promise<void>((resolve) => {
        state.release = resolve;
        signal.addEventListener("abort", () => state.calls.push("let go"), { once: true });
      });
      return value * 2;
    }),
    failLater: suspending([], [], async () => {
      await Promise.resolve();
      throw new Error("the host broke later");
    }),
    kill: immediate([], [], ({ state }) => state.kill?.()),
    killAndWait: suspending([], [], ({ state }) => {
      state.kill?.();
      return new Promise<void>(() => {});
    }),
    exitLater: suspending(["i32"], [], async (guest: Guest<HostState>, code) => {
      await Promise.resolve();
      guest.exit(code);
    }),
  },
};

const imports = `
  (import "host" "note" (func $note (param i32) (result i32)))
  (import "host" "peek" (func $peek (param i32 i32) (result i32)))
  (import "host" "exit" (func $exit (param i32)))
  (import "host" "fail" (func $fail))
  (import "host" "wait" (func $wait (param i32) (result i32)))
  (import "host" "failLater" (func $fail_later))
  (import "host" "exitLater" (func $exit_later (param i32)))`;

/** Every test below is run with modules as they are, and with their isolation compiled in. */
let isolation: NonNullable<CompileOptions["isolation"]> = "none";

function test(name: string, run: () => Promise<void>): void {
  for (const [how, given] of [["as it is", "none"], ["compiled", { dirty: "always" }]] as const) {
    Deno.test(`${name} (${how})`, () => {
      isolation = given;
      return run();
    });
  }
}

async function compileText(
  text: string,
  memoryBytesMax = 2 ** 20,
  engineHeap: CompileOptions["engineHeap"] = "allowed",
) {
  return await compile(new Uint8Array(await parse(text)), {
    interfaces: [testHost as HostInterface<never>],
    memoryBytesMax,
    tableElementsMax: 1000,
    engineHeap,
    isolation,
    policy: openPolicy,
  });
}

async function programOf(text: string, memoryBytesMax?: number): Promise<Program> {
  const compiled = await compileText(text, memoryBytesMax);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.value;
}

function leaseOf(
  program: Program,
  state: HostState,
  options: Partial<LeaseOptions> = {},
  clock: Clock = new TestClock(),
): Lease {
  const lease = new Pool({ clock }).leaseNow(program, {
    bindings: [bind(testHost, state)],
    ...options,
  });
  assert.ok(typeof lease !== "string");
  return lease;
}

/** Runs the export `f` of a module with these contents. */
async function runText(text: string, ...args: number[]): Promise<Outcome> {
  const program = await programOf(`(module ${imports} (memory (export "memory") 1) ${text})`);
  const lease = leaseOf(program, { calls: [] });
  try {
    return await lease.run("f", args);
  } finally {
    lease.release();
  }
}

/** A body that tries to swallow whatever unwinds through it. */
const swallow = (body: string) =>
  `(func $tries (block $caught (try_table (catch_all $caught) ${body})))
   (func (export "f") (result i32) (call $tries) (i32.const 7))`;

test("a guest that returns gives its values", async () => {
  const outcome = await runText(
    '(func (export "f") (param i32) (result i32 i64) (call $note (local.get 0)) (i64.const 5))',
    41,
  );
  assert.deepEqual(outcome, { kind: "returned", values: [42, 5n] });
});

test("references are reported by type and never handed out", async () => {
  const outcome = await runText(
    '(func $g) (elem declare func $g) (func (export "f") (result funcref) (ref.func $g))',
  );
  assert.deepEqual(outcome, { kind: "returned", values: ["<function>"] });
});

test("INV-1: each trap is an outcome of its kind", async () => {
  const traps: Record<string, string> = {
    "unreachable": "unreachable",
    "(drop (i32.div_u (i32.const 1) (i32.const 0)))": "integer divide by zero",
    "(drop (i32.rem_s (i32.const 1) (i32.const 0)))": "integer divide by zero",
    "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))": "integer overflow",
    "(drop (i32.trunc_f32_s (f32.const nan)))": "invalid conversion to integer",
    "(drop (i32.load (i32.const -8)))": "out of bounds memory access",
    "(memory.fill (i32.const -1) (i32.const 0) (i32.const 9))": "out of bounds memory access",
    "(drop (table.get $t (i32.const 99)))": "out of bounds table access",
    "(call_indirect $t (type $v) (i32.const 1))": "uninitialized element",
    "(call_indirect $t (type $w) (i32.const 0) (i32.const 0))": "indirect call type mismatch",
    "(call_ref $v (ref.null $v))": "null reference",
    "(drop (ref.cast (ref struct) (ref.i31 (i32.const 1))))": "cast failure",
    "(drop (array.get_u $a (array.new_default $a (i32.const 1)) (i32.const 5)))":
      "out of bounds array access",
    "(throw $x)": "uncaught exception",
  };
  for (const [body, trap] of Object.entries(traps)) {
    const outcome = await runText(
      `(type $v (func)) (type $w (func (param i32))) (type $a (array i8)) (tag $x)
      (table $t 2 funcref) (elem (i32.const 0) $nothing) (func $nothing) (func (export "f") ${body})`,
    );
    assert.equal(outcome.kind === "trapped" && outcome.trap, trap, body);
  }
});

test("a trap's backtrace names the functions, innermost first, with offsets in the given module", async () => {
  const text = `(module (memory (export "memory") 1)
    (func $inner unreachable) (func $outer (call $inner)) (func (export "f") (call $outer)))`;
  const outcome = await leaseOf(await programOf(text), { calls: [] }).run("f");
  assert.ok(outcome.kind === "trapped");
  assert.deepEqual(outcome.backtrace.map(({ functionName }) => functionName), [
    "inner",
    "outer",
    "f",
  ]);
  const bytes = new Uint8Array(await parse(text));
  const unreachable = 0x00;
  const call = 0x10;
  assert.deepEqual(outcome.backtrace.map(({ offset }) => bytes[offset]), [unreachable, call, call]);
});

test("INV-2: an endless recursion exhausts the stack and cannot be caught", async () => {
  const outcome = await runText(
    `(func $again (param i64) (call $again (i64.add (local.get 0) (i64.const 1))))
    ${swallow("(call $again (i64.const 0))")}`,
  );
  assert.ok(outcome.kind === "exhausted" && outcome.limit === "stack");
  assert.equal(outcome.backtrace[0]?.functionName, "again");
});

test("INV-2: an exit is an outcome and cannot be caught, at once or after a wait", async () => {
  assert.deepEqual(await runText(swallow("(call $exit (i32.const 3))")), {
    kind: "exited",
    code: 3,
  });
  assert.deepEqual(await runText(swallow("(call $exit_later (i32.const 4))")), {
    kind: "exited",
    code: 4,
  });
});

test("INV-1: a host function that throws is a host fault, with the guest's frames, and cannot be caught", async () => {
  for (const call of ["$fail", "$fail_later"]) {
    const outcome = await runText(swallow(`(call ${call})`));
    assert.ok(outcome.kind === "hostFault", outcome.kind);
    assert.match(String(outcome.error), /the host broke/);
    assert.deepEqual(outcome.backtrace.map(({ functionName }) => functionName), ["tries", "f"]);
  }
});

test("INV-4: a pointer that leaves the guest's memory is the guest's trap, not a host fault", async () => {
  const outcome = await runText(swallow("(drop (call $peek (i32.const 65535) (i32.const 2)))"));
  assert.ok(outcome.kind === "trapped" && outcome.trap === "out of bounds memory access");
});

test("a start function runs under the same rules, with its memory in place", async () => {
  const program = await programOf(
    `(module ${imports} (memory (export "memory") 1) (data (i32.const 9) "A")
    (global $seen (mut i32) (i32.const 0)) (start $init)
    (func $init (global.set $seen (call $peek (i32.const 9) (i32.const 1))))
    (func (export "f") (result i32) (global.get $seen)))`,
  );
  assert.deepEqual(await leaseOf(program, { calls: [] }).run("f"), {
    kind: "returned",
    values: [65],
  });
  const trapping = await programOf(
    '(module (func $bad unreachable) (start $bad) (func (export "f")))',
  );
  const outcome = await leaseOf(trapping, { calls: [] }).run("f");
  assert.ok(outcome.kind === "trapped" && outcome.backtrace[0]?.functionName === "bad");
});

test("a segment that does not fit is a trap of the run", async () => {
  const program = await programOf(
    '(module (memory 1) (data (i32.const 65536) "x") (func (export "f")))',
  );
  const outcome = await leaseOf(program, { calls: [] }).run("f");
  assert.ok(outcome.kind === "trapped" && outcome.trap === "out of bounds memory access");
});

test("a suspended guest goes on with the answer", async () => {
  const program = await programOf(
    `(module ${imports} (func (export "f") (result i32) (call $wait (i32.const 21))))`,
  );
  const state: HostState = { calls: [] };
  let suspensions = 0;
  const running = leaseOf(program, state, { onSuspend: () => suspensions += 1 }).run("f");
  assert.equal(suspensions, 1);
  state.release?.();
  assert.deepEqual(await running, { kind: "returned", values: [42] });
});

test("INV-2: a suspended guest that is killed ends there, cannot catch it, and its host call lets go", async () => {
  const program = await programOf(
    `(module ${imports} ${swallow("(drop (call $wait (i32.const 1)))")})`,
  );
  const state: HostState = { calls: [] };
  const lease = leaseOf(program, state);
  const running = lease.run("f");
  lease.kill("enough");
  const outcome = await running;
  assert.ok(outcome.kind === "killed" && outcome.reason === "enough");
  assert.deepEqual(outcome.backtrace.map(({ functionName }) => functionName), ["tries", "f"]);
  assert.deepEqual(state.calls, ["wait", "let go"]);
});

test("wall time ends a guest that waits", async () => {
  const program = await programOf(
    `(module ${imports} (func (export "f") (result i32) (call $wait (i32.const 21))))`,
  );
  const clock = new TestClock();
  const running = leaseOf(program, { calls: [] }, { wallMsMax: 10 }, clock).run("f");
  clock.passTime();
  const outcome = await running;
  assert.ok(outcome.kind === "exhausted" && outcome.limit === "wall time");
});

test("a lease that is killed before its run never begins, and killing it after its end changes nothing", async () => {
  const program = await programOf(
    `(module ${imports} (func (export "f") (result i32) (call $note (i32.const 1))))`,
  );
  const state: HostState = { calls: [] };
  const killed = leaseOf(program, state);
  killed.kill("too late");
  assert.equal((await killed.run("f")).kind, "killed");
  assert.deepEqual(state.calls, []);
  const ended = leaseOf(program, state);
  assert.equal((await ended.run("f")).kind, "returned");
  ended.kill("too late");
  ended.release();
  ended.release();
});

test("INV-3: nothing of one lease is seen by the next: memory, globals, tables", async () => {
  const program = await programOf(
    `(module (memory (export "memory") 1) (global $g (mut i32) (i32.const 0))
    (table $t 1 funcref) (func $here) (elem declare func $here)
    (func (export "f") (result i32 i32 i32)
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (global.get $g) (i32.load (i32.const 0)) (ref.is_null (table.get $t (i32.const 0)))
      (table.set $t (i32.const 0) (ref.func $here))))`,
  );
  for (let request = 0; request < 3; request += 1) {
    assert.deepEqual(await leaseOf(program, { calls: [] }).run("f"), {
      kind: "returned",
      values: [1, 1, 1],
    });
  }
});

test("growth beyond the bound answers -1, and within it works", async () => {
  const text =
    '(module (memory (export "memory") 1) (func (export "f") (param i32) (result i32) (memory.grow (local.get 0))))';
  const program = await programOf(text, 4 * 65_536);
  assert.deepEqual(await leaseOf(program, { calls: [] }).run("f", [3]), {
    kind: "returned",
    values: [1],
  });
  assert.deepEqual(await leaseOf(program, { calls: [] }).run("f", [4]), {
    kind: "returned",
    values: [-1],
  });
});

test("several memories share the bound", async () => {
  const program = await programOf(
    `(module (memory $a 1) (memory $b 1)
    (func (export "f") (result i32 i32) (memory.grow $a (i32.const 1)) (memory.grow $b (i32.const 2))))`,
    4 * 65_536,
  );
  assert.deepEqual(await leaseOf(program, { calls: [] }).run("f"), {
    kind: "returned",
    values: [1, -1],
  });
});

test("a module that begins above its bounds, or shares its memory, is refused with the reason", async () => {
  const reasons: Record<string, RegExp> = {
    "(module (memory 100))": /its memory begins with 6.3 MiB, and 1 MiB are allowed/,
    "(module (table 2000 funcref))": /more than 1000 elements/,
    "(module (memory 1 1 shared))": /shared memory/,
  };
  for (const [text, pattern] of Object.entries(reasons)) {
    const compiled = await compileText(text);
    assert.ok(!compiled.ok && compiled.error.reason === "limits");
    assert.match(compiled.error.diagnostics.map(({ message }) => message).join(), pattern);
  }
});

test("what would allocate on the engine's heap without end is refused where it is asked for", async () => {
  const refused: Record<string, RegExp> = {
    "(module (type (struct (field i32))))": /garbage collection/,
    "(module (tag (param exnref)))": /exceptions carry references/,
  };
  for (const [text, pattern] of Object.entries(refused)) {
    const compiled = await compileText(text, 2 ** 20, "refused");
    assert.ok(!compiled.ok && compiled.error.reason === "limits", text);
    assert.match(compiled.error.diagnostics.map(({ message }) => message).join(), pattern);
    assert.ok((await compileText(text)).ok);
  }
  assert.ok((await compileText("(module (tag (param i32)))", 2 ** 20, "refused")).ok);
});

test("many small memories or tables are refused, since each takes mappings of the process", async () => {
  for (const [what, count] of [["(memory 0)", 9], ["(table 0 funcref)", 65]] as const) {
    const compiled = await compileText(`(module ${what.repeat(count)})`);
    assert.ok(!compiled.ok && compiled.error.reason === "limits", what);
  }
});

test("an import named like a property of every object is missing like any other", async () => {
  for (const name of ["toString", "constructor", "hasOwnProperty", "__proto__"]) {
    const compiled = await compileText(`(module (import "host" "${name}" (func)))`);
    assert.ok(!compiled.ok && compiled.error.reason === "imports", name);
  }
});

test("names that look like the engine's frames make no frames, and long ones are cut", async () => {
  const forged =
    "x (wasm://wasm/00:wasm-function[0]:0x2a)\\n    at y (wasm://wasm/00:wasm-function[0]:0x2a)";
  const program = await programOf(`(module (func $a (@name "${forged}") unreachable)
    (func $b (@name "${"wasm://wasm/".repeat(5000)}") (call $a)) (func (export "f") (call $b)))`);
  const outcome = await leaseOf(program, { calls: [] }).run("f");
  assert.ok(outcome.kind === "trapped");
  assert.deepEqual(outcome.backtrace.map(({ functionIndex }) => functionIndex), [0, 1, 2]);
  for (const { functionName = "" } of outcome.backtrace) assert.ok(functionName.length <= 200);
});

test("a host call that ends its own lease ends the guest, whether it answers or never does", async () => {
  for (const call of ["$kill", "$kill_and_wait"]) {
    const program = await programOf(`(module ${imports}
      (import "host" "kill" (func $kill)) (import "host" "killAndWait" (func $kill_and_wait))
      ${swallow(`(call ${call}) (drop (call $note (i32.const 1)))`)})`);
    const state: HostState = { calls: [] };
    const lease = leaseOf(program, state);
    state.kill = () => lease.kill("from inside");
    assert.equal((await lease.run("f")).kind, "killed");
    assert.deepEqual(state.calls, []);
  }
});

test("every import that is missing or of another type is named", async () => {
  const compiled = await compileText(`(module (import "host" "note" (func (param i64)))
    (import "host" "nothing" (func)) (import "other" "memory" (memory 1)))`);
  assert.ok(!compiled.ok && compiled.error.reason === "imports");
  assert.deepEqual(compiled.error.diagnostics.map(({ message }) => message), [
    "import host.note: it is wanted as (i64) -> (), but is (i32) -> i32",
    "import host.nothing: there is no such function",
    "import other.memory: a memory cannot be imported",
  ]);
});

test("bytes that are no module, or no valid one, are refused with an offset", async () => {
  const bytes = new Uint8Array(
    await parse('(module (func (export "f") (result i32) (i32.const 1)))'),
  );
  const options = {
    interfaces: [],
    memoryBytesMax: 2 ** 20,
    tableElementsMax: 10,
    engineHeap: "allowed",
    isolation,
  } as const;
  const cut = await compile(bytes.slice(0, bytes.length - 5), options);
  assert.ok(!cut.ok && cut.error.reason === "malformed");
  assert.equal(cut.error.diagnostics[0]?.at?.kind, "binary");
  const invalid = bytes.map((byte) => byte === 0x41 ? 0x42 : byte);
  const refused = await compile(invalid, options);
  assert.ok(!refused.ok && refused.error.reason === "malformed");
  assert.match(
    refused.error.diagnostics[0]?.message ?? "",
    isolation === "none" ? /the engine refuses it/ : /Compiling function #0 failed/,
  );
  assert.equal(refused.error.diagnostics[0]?.at?.kind, "binary");
});

test("a reactor is initialised before its exports are called", async () => {
  const program = await programOf(`(module (global $ready (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $ready (i32.const 1)))
    (func (export "f") (result i32) (global.get $ready)))`);
  assert.deepEqual(await leaseOf(program, { calls: [] }).run("f"), {
    kind: "returned",
    values: [1],
  });
});

test("a pool gives out no more than its bound, queues in order, and then refuses", async () => {
  const program = await programOf('(module (func (export "f")))');
  const pool = new Pool({ sandboxesMax: 1, queueMax: 2 });
  const options: LeaseOptions = { bindings: [] };
  const first = await pool.lease(program, options);
  assert.ok(first instanceof Lease);
  const order: string[] = [];
  const giveUp = new AbortController();
  const second = pool.lease(program, options).then((lease) => (order.push("second"), lease));
  const third = pool.lease(program, options, giveUp.signal);
  assert.equal(await pool.lease(program, options), "full");
  giveUp.abort();
  assert.equal(await third, "abandoned");
  const fourth = pool.lease(program, options).then((lease) => (order.push("fourth"), lease));
  first.release();
  const next = await second;
  assert.ok(next instanceof Lease);
  assert.equal(pool.inUse, 1);
  next.release();
  const last = await fourth;
  assert.ok(last instanceof Lease);
  last.release();
  assert.deepEqual([order, pool.inUse], [["second", "fourth"], 0]);
});

test("INV-2: a host function that answers with the wrong type is a host fault, which cannot be caught", async () => {
  const wrong = (answer: unknown): HostInterface<void> => ({
    module: "wrong",
    functions: {
      now: immediate([], ["i64"], () => answer as bigint),
      later: suspending([], ["i64"], () => Promise.resolve(answer as bigint)),
    },
  });
  for (const answer of [undefined, 5, "text", Symbol("what")]) {
    for (const name of ["now", "later"]) {
      const offered = wrong(answer);
      const text = `(module (import "wrong" "${name}" (func $call (result i64)))
        ${swallow("(drop (call $call))")})`;
      const interfaces = [offered as HostInterface<never>];
      const compiled = await compile(new Uint8Array(await parse(text)), { interfaces, isolation });
      assert.ok(compiled.ok);
      const lease = new Pool().leaseNow(compiled.value, { bindings: [bind(offered, undefined)] });
      assert.ok(typeof lease !== "string");
      const outcome = await lease.run("f");
      assert.ok(outcome.kind === "hostFault", `${name} ${String(answer)}: ${outcome.kind}`);
      assert.match(String(outcome.error), /gives i64 answered with/);
    }
  }
});
