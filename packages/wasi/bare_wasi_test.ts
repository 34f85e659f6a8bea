import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { ByteSource } from "@skerry/base";
import type { Outcome } from "@skerry/sandbox";
import { type BareBinding, bareWasi, bareWasiNow } from "./bare_wasi.ts";
import { createWasiContext, type WasiContextOptions } from "./context.ts";
import { countingRandom, MemorySink, TestClock } from "./testing/guest.ts";

/** Functions that are called with one iovec at 0, of 16 bytes at 32; what they move is told at 8. */
const imports = `
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\20\\00\\00\\00\\10\\00\\00\\00")`;

/** Tries something and swallows whatever exception comes out of it, then says so in `swallowed`. */
const swallow = (body: string) => `
  (global (export "swallowed") (mut i32) (i32.const 0))
  (func $act ${body})
  (func (export "_start")
    (block $caught (try_table (catch_all $caught) (call $act)))
    (global.set 0 (i32.const 1)))`;

const readThenWrite = `(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
  (i32.store (i32.const 4) (i32.load (i32.const 8)))
  (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))`;

type Wasi = BareBinding<Outcome> | BareBinding<Promise<Outcome>>;

async function instanceOf(body: string, wasi: Wasi): Promise<WebAssembly.Instance> {
  const bytes = new Uint8Array(await parse(`(module ${imports} ${body})`));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), wasi.imports);
}

function contextOf(options: Partial<WasiContextOptions> = {}) {
  return createWasiContext({ clock: new TestClock(), random: countingRandom, ...options });
}

/** Both ways to bind a guest that never has to wait. */
const bindings = { later: bareWasi, "at once": bareWasiNow };

for (const [when, bind] of Object.entries(bindings)) {
  Deno.test(`INV-2, ${when}: an exit passes through whatever the guest catches, and its code comes back`, async () => {
    const wasi = bind(contextOf());
    const instance = await instanceOf(swallow("(call $exit (i32.const 300))"), wasi);
    assert.deepEqual(await wasi.start(instance), { kind: "exited", code: 300 });
    assert.equal((instance.exports["swallowed"] as WebAssembly.Global).value, 0);
    // It has ended: whatever is called now ends the same way, and no code of the guest's runs.
    assert.deepEqual(await wasi.start(instance), { kind: "exited", code: 300 });
  });

  Deno.test(`INV-2, ${when}: what a host function throws passes through the guest, as the host's fault`, async () => {
    const fault = new Error("the sink is broken");
    const stdout = {
      write() {
        throw fault;
      },
    };
    const random = {
      fill() {
        throw fault;
      },
    };
    const body =
      `(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))`;
    const wasi = bind(contextOf({ stdout, random }));
    const text = `(module ${body} ${imports}
      ${swallow("(drop (call $random (i32.const 0) (i32.const 8)))")})`;
    const module = new WebAssembly.Module(new Uint8Array(await parse(text)));
    const instance = new WebAssembly.Instance(module, wasi.imports);
    assert.deepEqual(await wasi.start(instance), {
      kind: "hostFault",
      error: fault,
      backtrace: [],
    });
  });

  Deno.test(`${when}: a trap has its name, and an overflow of the stack its limit`, async () => {
    const traps = bind(contextOf());
    const instance = await instanceOf('(func (export "_start") unreachable)', traps);
    const outcome = await traps.start(instance);
    assert.deepEqual(
      { ...outcome, message: "" },
      { kind: "trapped", trap: "unreachable", message: "", backtrace: [] },
    );
    const deep = bind(contextOf());
    const recursive = '(func $deep (export "_start") (call $deep) (call $deep))';
    assert.deepEqual(await deep.start(await instanceOf(recursive, deep)), {
      kind: "exhausted",
      limit: "stack",
      backtrace: [],
    });
  });

  Deno.test(`${when}: a reactor is readied where it wants to be, and called as often as one likes`, async () => {
    const wasi = bind(contextOf());
    const reactor = await instanceOf(
      `(global $count (mut i64) (i64.const 40))
       (func (export "_initialize") (global.set $count (i64.const 41)))
       (func (export "next") (param i64) (result i64)
         (global.set $count (i64.add (global.get $count) (local.get 0))) (global.get $count))`,
      wasi,
    );
    assert.deepEqual(await wasi.initialize(reactor), { kind: "returned", values: [] });
    assert.deepEqual(await wasi.call(reactor, "next", [1n]), { kind: "returned", values: [42n] });
    assert.deepEqual(await wasi.call(reactor, "next", [2n]), { kind: "returned", values: [44n] });
    const plain = bind(contextOf());
    const library = await instanceOf("", plain);
    assert.deepEqual(await plain.initialize(library), { kind: "returned", values: [] });
    assert.throws(() => plain.start(library), { code: "SKERRY_USAGE" });
  });

  Deno.test(`${when}: what is there is read and written`, async () => {
    const stdout = new MemorySink();
    const wasi = bind(contextOf({ stdin: { read: () => new Uint8Array([104, 105]) }, stdout }));
    const instance = await instanceOf(`(func (export "_start") ${readThenWrite})`, wasi);
    assert.deepEqual(await wasi.start(instance), { kind: "returned", values: [] });
    assert.equal(stdout.text, "hi");
  });

  Deno.test(`${when}: a call before the guest has its memory, or without one, is an EFAULT`, async () => {
    const wasi = bind(contextOf());
    const text = `(module
      (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param i32 i32) (result i32)))
      (func (export "run") (result i32) (call $tell (i32.const 0) (i32.const 0))))`;
    const module = new WebAssembly.Module(new Uint8Array(await parse(text)));
    const instance = new WebAssembly.Instance(module, wasi.imports);
    assert.deepEqual(await wasi.call(instance, "run"), { kind: "returned", values: [21] });
  });
}

/** Gives its bytes only when it is told to. */
function pipe(): { source: ByteSource; send: (text: string) => void } {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  return {
    source: { read: () => promise },
    send: (text) => resolve(new TextEncoder().encode(text)),
  };
}

Deno.test("a guest that reads what is not there yet is suspended until it is, and others run", async () => {
  const { source, send } = pipe();
  const stdout = new MemorySink();
  const waits = bareWasi(contextOf({ stdin: source, stdout }));
  const other = bareWasi(contextOf({ stdin: { read: () => new Uint8Array([33]) }, stdout }));
  const body = `(func (export "_start") ${readThenWrite})`;
  const ended = waits.start(await instanceOf(body, waits));
  assert.deepEqual(await other.start(await instanceOf(body, other)), {
    kind: "returned",
    values: [],
  });
  send("late");
  assert.deepEqual(await ended, { kind: "returned", values: [] });
  assert.equal(stdout.text, "!late");
});

Deno.test("a guest that waits can be killed, swallows nothing, and is not touched afterwards", async () => {
  const { source, send } = pipe();
  const wasi = bareWasi(contextOf({ stdin: source }));
  const instance = await instanceOf(swallow(readThenWrite), wasi);
  const ended = wasi.start(instance);
  wasi.kill("enough");
  assert.deepEqual(await ended, { kind: "killed", reason: "enough", backtrace: [] });
  send("too late");
  await new Promise((resolve) => setTimeout(resolve));
  const { exports } = instance;
  assert.equal((exports["swallowed"] as WebAssembly.Global).value, 0);
  const memory = exports["memory"] as WebAssembly.Memory;
  assert.equal(new Uint8Array(memory.buffer)[32], 0);
});

Deno.test("calls that wait in one instance at once are all ended when it is killed, or when it exits", async () => {
  const wasi = bareWasi(contextOf({ stdin: pipe().source }));
  const body = `(func (export "read") ${readThenWrite})
    (func (export "yield") (drop (call $yield)))`;
  const instance = await instanceOf(body, wasi);
  const [first, second] = [wasi.call(instance, "read"), wasi.call(instance, "read")];
  assert.deepEqual(await wasi.call(instance, "yield"), { kind: "returned", values: [] });
  wasi.kill("enough");
  const killed = { kind: "killed", reason: "enough", backtrace: [] };
  assert.deepEqual(await Promise.all([first, second]), [killed, killed]);

  const exits = bareWasi(contextOf({ stdin: pipe().source }));
  const other = await instanceOf(
    `${body} (func (export "exit") (call $exit (i32.const 5)))`,
    exits,
  );
  const waits = exits.call(other, "read");
  const exited = { kind: "exited", code: 5 };
  assert.deepEqual(await exits.call(other, "exit"), exited);
  assert.deepEqual(await waits, exited);
});

Deno.test("a guest that computes is killed at its next call", async () => {
  const wasi = bareWasi(contextOf());
  const text = `(module (import "host" "act" (func $act)) ${imports}
    (func (export "_start") (call $act) (drop (call $yield)) unreachable))`;
  const module = new WebAssembly.Module(new Uint8Array(await parse(text)));
  const host = { act: () => wasi.kill("from its host") };
  const instance = new WebAssembly.Instance(module, { ...wasi.imports, host });
  assert.deepEqual(await wasi.start(instance), {
    kind: "killed",
    reason: "from its host",
    backtrace: [],
  });
});

Deno.test("a failure of what a guest waits for passes through it, as the host's fault", async () => {
  const fault = new Error("the clock is broken");
  const clock = new TestClock();
  clock.sleep = () => Promise.reject(fault);
  const wasi = bareWasi(contextOf({ clock }));
  const instance = await instanceOf(swallow("(drop (call $yield))"), wasi);
  assert.deepEqual(await wasi.start(instance), { kind: "hostFault", error: fault, backtrace: [] });
});

Deno.test("what would wait where nothing may is the host's fault, and says so", async () => {
  const wasi = bareWasiNow(contextOf());
  const outcome = wasi.start(await instanceOf(swallow("(drop (call $yield))"), wasi));
  assert.ok(outcome.kind === "hostFault");
  assert.match(String(outcome.error), /sched_yield has to wait/);
});
