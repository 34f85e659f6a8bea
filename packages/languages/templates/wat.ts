/** A fresh project in the WebAssembly text format. */

import { cgiNote, type ProjectTemplate } from "./project_template.ts";

const main = String.raw`;; Answers with the method and the path, which it finds in its environment.
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get"
    (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get"
    (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))

  (memory (export "memory") 2)
  (data (i32.const 64) "Status: 200 OK\nContent-Type: text/plain; charset=utf-8\n\nHello from WAT!\n")
  (data (i32.const 192) "REQUEST_METHOD=")
  (data (i32.const 208) "PATH_INFO=")
  (data (i32.const 224) " \n")

  ;; Where environ_get puts its pointers, and behind them the strings.
  (global $pointers i32 (i32.const 1024))
  (global $count (mut i32) (i32.const 0))

  (func (export "_start")
    (call $read_environment)
    (call $write (i32.const 64) (i32.const 72))
    (call $write_variable (i32.const 192) (i32.const 15))
    (call $write (i32.const 224) (i32.const 1))
    (call $write_variable (i32.const 208) (i32.const 10))
    (call $write (i32.const 225) (i32.const 1)))

  (func $read_environment
    (drop (call $environ_sizes_get (i32.const 0) (i32.const 4)))
    (global.set $count (i32.load (i32.const 0)))
    ;; What does not fit is left out rather than written over the end of the memory.
    (if (i32.gt_u (i32.add (i32.shl (global.get $count) (i32.const 2)) (i32.load (i32.const 4)))
                  (i32.const 130048))
      (then (global.set $count (i32.const 0)) (return)))
    (drop (call $environ_get (global.get $pointers)
      (i32.add (global.get $pointers) (i32.shl (global.get $count) (i32.const 2))))))

  ;; Writes the value of the variable whose name and "=" stand at $name.
  (func $write_variable (param $name i32) (param $length i32)
    (local $index i32) (local $entry i32)
    (loop $next
      (if (i32.ge_u (local.get $index) (global.get $count)) (then (return)))
      (local.set $entry (i32.load
        (i32.add (global.get $pointers) (i32.shl (local.get $index) (i32.const 2)))))
      (if (call $begins_with (local.get $entry) (local.get $name) (local.get $length))
        (then
          (local.set $entry (i32.add (local.get $entry) (local.get $length)))
          (call $write (local.get $entry) (call $length_of (local.get $entry)))
          (return)))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br $next)))

  (func $begins_with (param $text i32) (param $prefix i32) (param $length i32) (result i32)
    (loop $next
      (if (i32.eqz (local.get $length)) (then (return (i32.const 1))))
      (if (i32.ne (i32.load8_u (local.get $text)) (i32.load8_u (local.get $prefix)))
        (then (return (i32.const 0))))
      (local.set $text (i32.add (local.get $text) (i32.const 1)))
      (local.set $prefix (i32.add (local.get $prefix) (i32.const 1)))
      (local.set $length (i32.sub (local.get $length) (i32.const 1)))
      (br $next))
    (unreachable))

  (func $length_of (param $text i32) (result i32)
    (local $end i32)
    (local.set $end (local.get $text))
    (loop $next
      (if (i32.load8_u (local.get $end))
        (then (local.set $end (i32.add (local.get $end) (i32.const 1))) (br $next))))
    (i32.sub (local.get $end) (local.get $text)))

  ;; Writes to stdout until all is written or there is an error.
  (func $write (param $pointer i32) (param $length i32)
    (loop $more
      (i32.store (i32.const 8) (local.get $pointer))
      (i32.store (i32.const 12) (local.get $length))
      (if (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)) (then (return)))
      (local.set $pointer (i32.add (local.get $pointer) (i32.load (i32.const 16))))
      (local.set $length (i32.sub (local.get $length) (i32.load (i32.const 16))))
      (br_if $more (local.get $length)))))
`;

export const wat: ProjectTemplate = {
  title: "the WebAssembly text format",
  sources: new Map([["main.wat", main]]),
  note: cgiNote,
};
