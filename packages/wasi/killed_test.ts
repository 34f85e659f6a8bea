/**
 * Guests that are killed while they wait, on this machine's own clock and sockets: the test runner is asked to fail a
 * test that leaves a timer, an accept or a socket behind.
 */

import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { bytePipe } from "@skerry/base";
import { listenTcp, systemClock, systemRandom } from "@skerry/platform";
import { compile, Pool, terminate } from "@skerry/sandbox";
import { createWasiContext } from "./context.ts";
import { bindWasi, wasiInterfaces } from "./snapshot0.ts";

// The clock opens the C library at its first use, for good: not within a test that is held to leave nothing behind.
systemClock.monotonicNs();

const waits = {
  "accepts": "(call $accept (i32.const 3) (i32.const 0) (i32.const 0))",
  "reads": "(call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))",
  "polls a clock, a listener and its input": `
    (i32.store (i32.const 116) (i32.const 1)) (i64.store (i32.const 124) (i64.const -1))
    (i32.store8 (i32.const 156) (i32.const 1)) (i32.store (i32.const 164) (i32.const 3))
    (i32.store8 (i32.const 204) (i32.const 1)) (i32.store (i32.const 212) (i32.const 0))
    (call $poll (i32.const 100) (i32.const 300) (i32.const 3) (i32.const 400))`,
};

async function compiled(body: string) {
  const result = await compile(
    new Uint8Array(
      await parse(`(module
        (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 4) "\\01")
        (func (export "_start") (drop (block (result i32) ${body}))))`),
    ),
    { interfaces: wasiInterfaces },
  );
  assert.ok(result.ok);
  return result.value;
}

for (const [what, body] of Object.entries(waits)) {
  const program = await compiled(body);
  for (const how of ["kill", "switch", "wall time"] as const) {
    const name = `a guest that ${what} leaves nothing behind when it is ended by ${how}`;
    Deno.test({
      name,
      sanitizeOps: true,
      sanitizeResources: true,
      fn: async () => {
        const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
        const context = createWasiContext({
          stdin: bytePipe(1).source,
          clock: systemClock,
          random: systemRandom,
          listeners: [listener],
        });
        const suspended = Promise.withResolvers<void>();
        const pool = new Pool({ sandboxesMax: 1, clock: systemClock });
        const lease = pool.leaseNow(program, {
          bindings: bindWasi(context),
          onSuspend: suspended.resolve,
          ...(how === "wall time" && { wallMsMax: 5 }),
        });
        assert.ok(typeof lease !== "string");
        const killSwitch = lease.killSwitch();
        // What a switch rings is heard in a turn of the event loop, which ends where nothing else is to come.
        const alive = setInterval(() => {}, 1_000);
        const running = lease.run("_start");
        await suspended.promise;
        if (how === "kill") lease.kill("a test wants it");
        if (how === "switch" && killSwitch !== undefined) terminate(killSwitch);
        assert.equal((await running).kind, how === "wall time" ? "exhausted" : "killed");
        clearInterval(alive);
        lease.release();
        context.close();
        await listener.settled();
      },
    });
  }
}
