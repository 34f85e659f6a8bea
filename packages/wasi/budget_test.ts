/** What a lease bounds of a guest that does little else than calling WASI. */

import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { systemClock, systemRandom } from "@skerry/platform";
import { type Budget, compile, type Outcome, Pool, type Usage } from "@skerry/sandbox";
import { createWasiContext } from "./context.ts";
import { bindWasi, wasiInterfaces } from "./snapshot0.ts";

/** Runs a module of this body for ever, on a budget. */
async function run(
  body: string,
  budget: Budget,
): Promise<{ readonly outcome: Outcome; readonly usage: Usage }> {
  const text = `(module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (memory (export "memory") 20)
    (func (export "_start") (loop $again (drop ${body}) (br $again))))`;
  const compiled = await compile(new Uint8Array(await parse(text)), { interfaces: wasiInterfaces });
  assert.ok(compiled.ok);
  const context = createWasiContext({ clock: systemClock, random: systemRandom });
  const pool = new Pool({ sandboxesMax: 1, clock: systemClock });
  const lease = pool.leaseNow(compiled.value, { bindings: bindWasi(context), ...budget });
  assert.ok(typeof lease !== "string");
  const outcome = await lease.run("_start");
  lease.release();
  context.close();
  return { outcome, usage: lease.usage };
}

function limitOf(outcome: Outcome): string {
  return outcome.kind === "exhausted" ? outcome.limit : outcome.kind;
}

Deno.test("calls that wait, calls that fail and calls that do neither count as host calls", async () => {
  const calls = [
    ...["(call $yield)", "(call $accept (i32.const 0) (i32.const 0) (i32.const 0))"],
    "(call $random (i32.const 0) (i32.const 1))",
  ];
  for (const call of calls) {
    const { outcome, usage } = await run(call, { hostCallsMax: 10 });
    assert.deepEqual([limitOf(outcome), usage.hostCalls], ["host calls", 11], call);
  }
});

Deno.test("time in host calls is the guest's own", async () => {
  const call = "(call $random (i32.const 0) (i32.const 1000000))";
  const { outcome, usage } = await run(call, { cpuMsMax: 20, wallMsMax: 60_000 });
  assert.equal(limitOf(outcome), "CPU time");
  assert.ok(usage.fuel < 1_000_000, "the guest itself has done nearly nothing");
});

Deno.test("time that a guest waits is wall time, and not CPU time", async () => {
  const { outcome } = await run("(call $yield)", { cpuMsMax: 60_000, wallMsMax: 50 });
  assert.equal(limitOf(outcome), "wall time");
});
