/** Artifacts in the sandbox: verified before they run, and interrupted while they compute. */

import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { Clock } from "@skerry/base";
import { compileModule, type Passes } from "@skerry/compiler";
import {
  compile,
  type Lease,
  type LeaseOptions,
  Pool,
  type PoolOptions,
  type Program,
} from "./mod.ts";

/** A clock that goes on by itself, a millisecond each time it is looked at. */
class RunningClock implements Clock {
  readonly resolutionNs = 1n;
  #now = 0n;
  wallNs = () => this.#now;
  monotonicNs = () => this.#now += 1_000_000n;
  sleep(_ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true })
    );
  }
}

const options = {
  interfaces: [],
  memoryBytesMax: 2 ** 22,
  tableElementsMax: 100,
  engineHeap: "allowed",
  isolation: "none",
} as const;

async function artifactOf(text: string, passes: Partial<Passes> = {}) {
  const bytes = new Uint8Array(await parse(text));
  const compiled = await compileModule(bytes, { passes: { dirty: "always", ...passes } });
  assert.ok(compiled.ok);
  return { bytes, artifact: compiled.value.artifact };
}

async function programOf(text: string, passes?: Partial<Passes>): Promise<Program> {
  const { artifact } = await artifactOf(text, passes);
  const compiled = await compile(artifact, options);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.value;
}

function leaseOf(
  program: Program,
  more: Partial<LeaseOptions> = {},
  pool: PoolOptions = {},
): Lease {
  const lease = new Pool({ clock: new RunningClock(), ...pool })
    .leaseNow(program, { bindings: [], ...more });
  assert.ok(typeof lease !== "string");
  return lease;
}

const spin = `(module (memory (export "memory") 1)
  (func $spin (loop $again (i32.store (i32.const 0) (i32.const 1)) (br $again)))
  (func (export "spin") (call $spin))
  (func (export "swallow") (try_table (catch_all 0) (call $spin))))`;

Deno.test("INV-11: a guest that computes for ever ends at its time limit, with its frames", async () => {
  const { bytes } = await artifactOf(spin);
  const outcome = await leaseOf(await programOf(spin), { wallMsMax: 50 }).run("spin");
  assert.equal(outcome.kind, "exhausted");
  assert.ok(outcome.kind === "exhausted" && outcome.limit === "wall time");
  // Where the module says so, not the artifact: in $spin, called by the export.
  assert.deepEqual(outcome.backtrace.map(({ functionIndex }) => functionIndex), [0, 1]);
  for (const { offset } of outcome.backtrace) assert.ok(offset < bytes.length);
});

Deno.test("INV-11: a guest that computes lets others have their turn, and is killed between two slices", async () => {
  let turns = 0;
  const lease: Lease = leaseOf(await programOf(spin), {}, {
    turn: (callback) => {
      turns += 1;
      if (turns === 3) lease.kill("enough");
      else queueMicrotask(callback);
    },
  });
  assert.deepEqual((await lease.run("spin")).kind, "killed");
  assert.equal(turns, 3);
});

Deno.test("INV-2: the end of a guest that computes cannot be caught", async () => {
  const outcome = await leaseOf(await programOf(spin), { wallMsMax: 50 }).run("swallow");
  assert.equal(outcome.kind, "exhausted");
});

Deno.test("an artifact begins with its data, its start function and its globals as the module would", async () => {
  const text = `(module (memory (export "memory") 3) (data (i32.const 70000) "\\2a")
    (global $runs (mut i32) (i32.const 5))
    (func $begin (global.set $runs (i32.add (global.get $runs) (i32.const 1))))
    (start $begin)
    (func (export "run") (result i32)
      (i32.add (i32.mul (global.get $runs) (i32.const 100)) (i32.load8_u (i32.const 70000)))))`;
  for (const dirty of ["always", "auto", "never"] as const) {
    const outcome = await leaseOf(await programOf(text, { dirty })).run("run");
    assert.deepEqual(outcome, { kind: "returned", values: [642] }, dirty);
  }
});

Deno.test("an artifact's own exports are not the guest's, and its own memory is not counted as the guest's", async () => {
  const program = await programOf(spin);
  assert.deepEqual([...program.functionExports.keys()].sort(), ["spin", "swallow"]);
});

Deno.test("INV-13: an artifact that does not verify is refused, with the property and the place", async () => {
  const { artifact } = await artifactOf(spin);
  // The weight of the loop's charge: i32.const W of two bytes, i32.sub, global.set.
  const at = artifact.findIndex((byte, index) =>
    byte === 0x41 && ((artifact[index + 1] ?? 0) & 0x80) !== 0 && artifact[index + 3] === 0x6b &&
    artifact[index + 4] === 0x24
  );
  assert.ok(at > 0);
  artifact[at + 1] = 0x80;
  const digest = await crypto.subtle.digest("SHA-256", artifact.subarray(0, -32));
  artifact.set(new Uint8Array(digest), artifact.length - 32);
  const compiled = await compile(artifact, options);
  assert.ok(!compiled.ok && compiled.error.reason === "unverified");
  const [first] = compiled.error.diagnostics;
  assert.match(first?.message ?? "", /^preempt: function 0: /);
  assert.equal(first?.at?.kind, "binary");
});

Deno.test("INV-13: a module that only borrows an artifact's names escapes no bound, for it is refused", async () => {
  for (
    const text of [
      `(module (memory (export "skerry:side") 60000) (func (export "run")))`,
      `(module (table (export "skerry:hooks") 1000000 funcref) (func (export "run")))`,
      `(module (func (export "skerry:init")))`,
    ]
  ) {
    const compiled = await compile(new Uint8Array(await parse(text)), options);
    assert.ok(!compiled.ok, text);
    assert.equal(compiled.error.reason, "unverified");
    assert.match(
      compiled.error.diagnostics[0]?.message ?? "",
      /exports "skerry:\w+", but is no artifact/,
    );
  }
});

Deno.test("an artifact without a pass that is required is refused", async () => {
  const { artifact } = await artifactOf(spin, { preempt: false });
  const compiled = await compile(artifact, { ...options, requires: ["preempt"] });
  assert.ok(!compiled.ok && compiled.error.reason === "unverified");
  assert.ok((await compile(artifact, options)).ok);
});

Deno.test("INV-1: a clock that breaks at any time is no exception, neither in the guest nor out of the lease", async () => {
  const program = await programOf(spin);
  for (const looksMax of [0, 1, 3, 5]) {
    let looks = 0;
    const clock = new RunningClock();
    clock.monotonicNs = () => {
      looks += 1;
      if (looks > looksMax) throw new Error("the clock broke");
      return BigInt(looks);
    };
    const pool = new Pool({ clock });
    const lease = pool.leaseNow(program, { bindings: [] });
    assert.ok(typeof lease !== "string");
    assert.equal((await lease.run("swallow")).kind, "hostFault", `after ${looksMax} looks`);
    lease.release();
    assert.equal(pool.inUse, 0);
  }
});
