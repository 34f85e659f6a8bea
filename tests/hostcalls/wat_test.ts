/** A program that needs no compiler's declarations: it imports the functions by their names. */

import { equal } from "node:assert/strict";
import { echoBackends, GuestHouse, programOf } from "./guest_run.ts";

Deno.test("a program in WAT caches a value, and prints what it finds", async () => {
  const program = await programOf(
    "wat",
    String.raw`
(module
  (import "skerry_cache" "get" (func $get (param i32 i32 i32 i32 i32) (result i32)))
  (import "skerry_cache" "set" (func $set (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "key")
  (data (i32.const 8) "made\n")
  (data (i32.const 16) "found\n")
  ;; A time to live of 60,000 ms at 64; the value is found at 200, and told of at 300
  (func (export "_start")
    (i64.store (i32.const 64) (i64.const 60000))
    (if (i32.eqz (call $get (i32.const 0) (i32.const 3) (i32.const 200) (i32.const 16) (i32.const 300)))
      (then (call $print (i32.const 16) (i32.const 6))
            (call $print (i32.const 200) (i32.wrap_i64 (i64.load (i32.const 300)))))
      (else (if (call $set (i32.const 0) (i32.const 3) (i32.const 8) (i32.const 5) (i32.const 64))
        (then unreachable)))))
  (func $print (param $at i32) (param $size i32)
    (i32.store (i32.const 400) (local.get $at))
    (i32.store (i32.const 404) (local.get $size))
    (drop (call $write (i32.const 1) (i32.const 400) (i32.const 1) (i32.const 408)))))`,
  );
  const house = new GuestHouse(echoBackends);
  equal((await house.run(program)).stdout, "");
  equal((await house.run(program)).stdout, "found\nmade\n");
});
