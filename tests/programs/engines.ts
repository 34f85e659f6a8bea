/**
 * Engines that come as libraries, each as a command that runs one script: QuickJS, Perl, Ruby. What each is told is what
 * its package's own JavaScript would tell it.
 */

import { encodeUtf8 } from "@skerry/base";
import { readPackageFile } from "../real_modules/real_program.ts";
import { reactorCommand } from "./reactor_command.ts";

/**
 * QuickJS, which writes what a script comes to, where that is a promise what it is fulfilled with, to stdout; and an
 * exception to stderr before it traps.
 */
export async function quickJsCommand(script: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = bytesOf(script);
  return await reactorCommand(
    await readPackageFile("quickjs-wasi/quickjs.wasm"),
    `(module
      (import "reactor" "_initialize" (func $initialize))
      (import "reactor" "qjs_init" (func $init (result i32)))
      (import "reactor" "wasm_malloc" (func $malloc (param i32) (result i32)))
      (import "reactor" "qjs_eval" (func $eval (param i32 i32 i32 i32) (result i32)))
      (import "reactor" "qjs_is_exception" (func $is_exception (param i32) (result i32)))
      (import "reactor" "qjs_get_exception" (func $exception (result i32)))
      (import "reactor" "qjs_is_job_pending" (func $is_job_pending (result i32)))
      (import "reactor" "qjs_execute_pending_job" (func $execute_job (result i32)))
      (import "reactor" "qjs_is_promise" (func $is_promise (param i32) (result i32)))
      (import "reactor" "qjs_promise_state" (func $promise_state (param i32) (result i32)))
      (import "reactor" "qjs_promise_result" (func $promise_result (param i32) (result i32)))
      (import "reactor" "qjs_get_string" (func $string (param i32) (result i32)))
      (import "reactor" "strlen" (func $strlen (param i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (import "reactor" "memory" (memory 1))
      (data $texts "")
      (func (export "_start") (local $at i32) (local $box i32) (local $out i32)
        (call $initialize)
        (drop (call $init))
        (local.set $at (call $malloc (i32.const ${bytes})))
        (memory.init $texts (local.get $at) (i32.const 0) (i32.const ${bytes}))
        ;; The script's file has the script's NUL for a name.
        (local.set $box (call $eval (local.get $at) (i32.const ${bytes - 1})
          (i32.add (local.get $at) (i32.const ${bytes - 1})) (i32.const 0)))
        (local.set $out (i32.const 1))
        (block $done
          (loop $jobs
            (br_if $done (i32.eqz (call $is_job_pending)))
            (drop (call $execute_job))
            (br $jobs)))
        (if (call $is_exception (local.get $box)) (then
          (local.set $out (i32.const 2))
          (local.set $box (call $exception))))
        (if (call $is_promise (local.get $box)) (then
          (local.set $out (call $promise_state (local.get $box)))
          (local.set $box (call $promise_result (local.get $box)))))
        (local.set $at (call $malloc (i32.const 12)))
        (i32.store (local.get $at) (call $string (local.get $box)))
        (i32.store offset=4 (local.get $at) (call $strlen (i32.load (local.get $at))))
        (drop (call $write (local.get $out) (local.get $at) (i32.const 1)
          (i32.add (local.get $at) (i32.const 8))))
        (if (i32.ne (local.get $out) (i32.const 1)) (then unreachable))))`,
    [script],
  );
}

/** Perl, which exits with 1 where the script dies. */
export async function perlCommand(script: string): Promise<Uint8Array<ArrayBuffer>> {
  return await reactorCommand(
    await readPackageFile("@6over3/zeroperl-ts/dist/esm/zeroperl.wasm"),
    `(module
      (import "reactor" "_initialize" (func $initialize))
      (import "reactor" "zeroperl_init" (func $init (result i32)))
      (import "reactor" "malloc" (func $malloc (param i32) (result i32)))
      (import "reactor" "zeroperl_eval" (func $eval (param i32 i32 i32 i32) (result i32)))
      (import "reactor" "zeroperl_flush" (func $flush (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "reactor" "memory" (memory 1))
      (data $texts "")
      (func (export "_start") (local $at i32)
        (call $initialize)
        (if (call $init) (then unreachable))
        (memory.init $texts
          (local.tee $at (call $malloc (i32.const ${bytesOf(script)})))
          (i32.const 0) (i32.const ${bytesOf(script)}))
        (local.set $at (call $eval (local.get $at) (i32.const 0) (i32.const 0) (i32.const 0)))
        (drop (call $flush))
        (if (local.get $at) (then (call $exit (i32.const 1))))))`,
    [script],
  );
}

/** Ruby with its standard library, which exits with 1 where the script raises. */
export async function rubyCommand(script: string): Promise<Uint8Array<ArrayBuffer>> {
  // As C strings, whatever the type of `ruby-init` says: only where each begins counts.
  const args = ["ruby.wasm", "-EUTF-8", "-e_=0"];
  const starts = args.map((_, index) => bytesOf(...args.slice(0, index)));
  const all = bytesOf(...args, script);
  const before = bytesOf(...args);
  const evaluate = "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>";
  return await reactorCommand(
    await readPackageFile("@ruby/4.0-wasm-wasi/dist/ruby+stdlib.wasm"),
    `(module
      (import "reactor" "_initialize" (func $initialize))
      (import "reactor" "ruby-init: func(args: list<string>) -> ()" (func $init (param i32 i32)))
      (import "reactor" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      (import "reactor" "${evaluate}" (func $eval (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (import "reactor" "memory" (memory 1))
      (data $texts "")
      (func (export "_start") (local $texts i32) (local $list i32)
        (call $initialize)
        (memory.init $texts
          (local.tee $texts
            (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const ${all})))
          (i32.const 0) (i32.const ${all}))
        (local.set $list (call $realloc
          (i32.const 0) (i32.const 0) (i32.const 4) (i32.const ${8 * args.length})))
        ${
      starts.map((start, index) =>
        `(i32.store offset=${8 * index} (local.get $list)
          (i32.add (local.get $texts) (i32.const ${start})))`
      ).join("\n")
    }
        (call $init (local.get $list) (i32.const ${args.length}))
        (local.set $list (call $eval (i32.add (local.get $texts) (i32.const ${before}))
          (i32.const ${all - before - 1})))
        (if (i32.load offset=4 (local.get $list)) (then (call $exit (i32.const 1))))))`,
    [...args, script],
  );
}

/** Bytes of texts in the data segment, each with its NUL. */
function bytesOf(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + encodeUtf8(text).length + 1, 0);
}
