/** A program that needs a bundle, and may be initialised with it. */

/** A CGI program that adds an "x" to the file `note` below its first directory, and answers with all of it. */
export const notes = `(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 100) "note")
  (data (i32.const 200) "Content-Type: text/plain\\n\\n")
  (data (i32.const 300) "x")
  (data (i32.const 310) "prepared ")
  (func $put (param $fd i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $length))
    (call $check (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $exit (i32.add (i32.const 100) (local.get $errno))))))
  (func $add (param $at i32) (param $length i32) (result i32) (local $fd i32)
    (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 4)
      (i32.const 1) (i64.const 0x66) (i64.const 0) (i32.const 1) (i32.const 16)))
    (local.set $fd (i32.load (i32.const 16)))
    (call $put (local.get $fd) (local.get $at) (local.get $length))
    (local.get $fd))
  (func (export "prepare") (drop (call $close (call $add (i32.const 310) (i32.const 9)))))
  (func (export "_start") (local $fd i32)
    (local.set $fd (call $add (i32.const 300) (i32.const 1)))
    (i32.store (i32.const 0) (i32.const 1000))
    (i32.store (i32.const 4) (i32.const 5000))
    (call $check
      (call $pread (local.get $fd) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 8)))
    (local.set $fd (i32.load (i32.const 8)))
    (call $put (i32.const 1) (i32.const 200) (i32.const 26))
    (call $put (i32.const 1) (i32.const 1000) (local.get $fd))))`;
