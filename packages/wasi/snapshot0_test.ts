import assert from "node:assert/strict";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { compile, Pool } from "@skerry/sandbox";
import { createWasiContext } from "./context.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { wasiPreview1 } from "./preview1.ts";
import { bindWasi, wasiInterfaces, wasiUnstable } from "./snapshot0.ts";
import { countingRandom, TestClock, TestGuest, top } from "./testing/guest.ts";

/** Makes a file, seeks in it, asks about it, sleeps; exits with 0, or with the number of the step that failed. */
const program = `(module
  (import "wasi_unstable" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_filestat_get" (func $fstat (param i32 i32) (result i32)))
  (import "wasi_unstable" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "name")
  (data (i32.const 16) "\\08\\00\\00\\00\\04\\00\\00\\00")
  (func $expect (param $step i32) (param $ok i32)
    (if (i32.eqz (local.get $ok)) (then (call $exit (local.get $step)))))
  (func $seeks (param $step i32) (param $delta i64) (param $whence i32) (param $position i64)
    (call $expect (local.get $step) (i32.eqz
      (call $seek (i32.load (i32.const 32)) (local.get $delta) (local.get $whence) (i32.const 40))))
    (call $expect (local.get $step) (i64.eq (i64.load (i32.const 40)) (local.get $position))))
  (func $is_stat (param $step i32)
    (call $expect (local.get $step) (i32.eq (i32.load8_u (i32.const 80)) (i32.const 4)))
    (call $expect (local.get $step) (i32.eq (i32.load (i32.const 84)) (i32.const 1)))
    (call $expect (local.get $step) (i64.eq (i64.load (i32.const 88)) (i64.const 4)))
    (call $expect (local.get $step) (i64.eq (i64.load (i32.const 120)) (i64.const -1))))
  (func (export "_start")
    (call $expect (i32.const 1) (i32.eqz (call $open (i32.const 3) (i32.const 0) (i32.const 8)
      (i32.const 4) (i32.const 1) (i64.const 0x1fffffff) (i64.const 0) (i32.const 0) (i32.const 32))))
    (call $expect (i32.const 2) (i32.eqz
      (call $write (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 36))))
    (call $seeks (i32.const 3) (i64.const 1) (i32.const 2) (i64.const 1))
    (call $seeks (i32.const 4) (i64.const 2) (i32.const 0) (i64.const 3))
    (call $seeks (i32.const 5) (i64.const 5) (i32.const 1) (i64.const 9))
    (call $expect (i32.const 6) (i32.eq (i32.const 28)
      (call $seek (i32.load (i32.const 32)) (i64.const 0) (i32.const 3) (i32.const 40))))
    (i64.store (i32.const 120) (i64.const -1))
    (call $expect (i32.const 7) (i32.eqz (call $fstat (i32.load (i32.const 32)) (i32.const 64))))
    (call $is_stat (i32.const 8))
    (i64.store (i32.const 64) (i64.const 0))
    (i64.store (i32.const 80) (i64.const 0))
    (call $expect (i32.const 9) (i32.eqz
      (call $stat (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 4) (i32.const 64))))
    (call $is_stat (i32.const 10))
    ;; Two subscriptions: to a minute of the monotonic clock, and to the file for writing.
    (i64.store (i32.const 200) (i64.const 77))
    (i64.store (i32.const 216) (i64.const 0x0102030405060708))
    (i32.store (i32.const 224) (i32.const 1))
    (i64.store (i32.const 232) (i64.const 60000000000))
    (i64.store (i32.const 256) (i64.const 88))
    (i32.store8 (i32.const 264) (i32.const 2))
    (i32.store (i32.const 272) (i32.load (i32.const 32)))
    (call $expect (i32.const 11) (i32.eqz
      (call $poll (i32.const 200) (i32.const 400) (i32.const 2) (i32.const 500))))
    (call $expect (i32.const 12) (i32.eq (i32.load (i32.const 500)) (i32.const 1)))
    (call $expect (i32.const 13) (i64.eq (i64.load (i32.const 400)) (i64.const 88)))
    (call $expect (i32.const 14) (i32.eqz
      (call $poll (i32.const 200) (i32.const 400) (i32.const 1) (i32.const 500))))
    (call $expect (i32.const 15) (i64.eq (i64.load (i32.const 400)) (i64.const 77)))
    (call $exit (i32.const 0))))`;

function files(clock: TestClock) {
  return memoryFileSystem({ bytesMax: 1e6, filesMax: 9, clock });
}

Deno.test("a program of an old toolchain runs, with the numbers and layouts that it knows", async () => {
  const compiled = await compile(new Uint8Array(await parse(program)), {
    interfaces: wasiInterfaces,
  });
  assert.ok(compiled.ok);
  const clock = new TestClock();
  const preopens = [{ guestPath: "/", fileSystem: files(clock) }];
  const context = createWasiContext({ clock, random: countingRandom, preopens });
  const lease = new Pool({ sandboxesMax: 1 }).leaseNow(compiled.value, {
    bindings: bindWasi(context),
  });
  assert.ok(typeof lease !== "string");
  assert.deepEqual(await lease.run("_start"), { kind: "exited", code: 0 });
  lease.release();
  context.close();
  assert.deepEqual(clock.sleeps, [60_000]);
});

Deno.test("the old snapshot has the functions of preview 1 with the same signatures, but for sock_accept", () => {
  const signatures = ({ functions }: typeof wasiPreview1) =>
    Object.entries(functions)
      .map(([name, { params, results, suspends }]) => ({ name, params, results, suspends }))
      .filter(({ name }) => name !== "sock_accept");
  assert.deepEqual(signatures(wasiUnstable), signatures(wasiPreview1));
  assert.equal(Object.hasOwn(wasiUnstable.functions, "sock_accept"), false);
  assert.equal(wasiUnstable.module, "wasi_unstable");
});

Deno.test("both snapshots are one process: a file that one opens is the other's too", () => {
  const clock = new TestClock();
  const preopens = [{ guestPath: "/", fileSystem: files(clock) }];
  const context = createWasiContext({ clock, random: countingRandom, preopens });
  const newer = new TestGuest(context);
  const older = new TestGuest(context, 16, wasiUnstable);
  newer.writeFile("f", "12345");
  const fd = newer.open("f");
  older.do("fd_seek", fd, -2n, 1, 0);
  assert.equal(older.memory.readU64(0), 3n);
  assert.equal(newer.seek(fd, 0, "cur"), 3);
});

Deno.test("more links than the old snapshot can say are told as the most that it can", () => {
  const clock = new TestClock();
  const fileSystem = files(clock);
  const root = fileSystem.root();
  const stat = { ...root.stat(), links: 1n << 40n };
  const many = {
    ...fileSystem,
    root: () => Object.assign(fileSystem.root(), { stat: () => stat }),
  };
  const preopens = [{ guestPath: "/", fileSystem: many }];
  const context = createWasiContext({ clock, random: countingRandom, preopens });
  const older = new TestGuest(context, 16, wasiUnstable);
  older.do("fd_filestat_get", top, 0);
  assert.equal(older.memory.readU32(20), 0xffff_ffff);
});

Deno.test("records of the old snapshot have to lie in memory whole, and no byte more", () => {
  const clock = new TestClock();
  const preopens = [{ guestPath: "/", fileSystem: files(clock) }];
  const context = createWasiContext({ clock, random: countingRandom, preopens });
  const older = new TestGuest(context, 16, wasiUnstable);
  const end = older.memory.byteLength;
  const path = older.put(".");
  assert.equal(older.errno("fd_filestat_get", top, end - 56), "ESUCCESS");
  assert.equal(older.errno("fd_filestat_get", top, end - 55), "EFAULT");
  assert.equal(older.errno("path_filestat_get", top, 0, ...path, end - 56), "ESUCCESS");
  assert.equal(older.errno("path_filestat_get", top, 0, ...path, end - 55), "EFAULT");
  older.memory.write(end - 56, new Uint8Array(56));
  older.memory.writeU8(end - 48, 2);
  assert.equal(older.errno("poll_oneoff", end - 56, 0, 1, 64), "ESUCCESS");
  assert.equal(older.errno("poll_oneoff", end - 55, 0, 1, 64), "EFAULT");
});
