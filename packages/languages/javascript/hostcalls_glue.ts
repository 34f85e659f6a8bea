/**
 * The glue between QuickJS and what programs may call beyond WASI, for those that import the module `skerry`; and
 * WASI's own calls that no other program needs.
 *
 * A call's arguments are one Uint8Array: 32-bit words, then what they speak of. A buffer is two words, where it begins
 * in the array and its length; results are written into the array.
 */

/** What the prelude may call besides the functions of glue.ts, in the order of the glue's table. */
export const hostcallFunctions = [
  "keyGet",
  "keyPut",
  "keyDelete",
  "keyList",
  "request",
  "preopen",
  "preopenName",
  "openFile",
  "shutdown",
  "close",
] as const;

/** Where a buffer begins, by the word that says so. */
const pointer = (word: number) =>
  `(i32.add (local.get $at) (i32.load offset=${4 * word} (local.get $at)))`;

/** A buffer, as a pointer and a length. */
const buffer = (word: number) =>
  `${pointer(word)} (i32.load offset=${4 * (word + 1)} (local.get $at))`;

/** A descriptor, in the first buffer. */
const descriptor = `(i32.load ${pointer(0)})`;

/** Four buffers, and a structure behind them. */
const four = `${buffer(0)} ${buffer(2)} ${buffer(4)} ${buffer(6)} ${pointer(8)}`;

/** Fields beside those of glue.ts. */
export const hostcallsGlue = String.raw`
(import "skerry_kv" "get" (func $key_get (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_kv" "put" (func $key_put (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_kv" "delete" (func $key_delete (param i32 i32 i32 i32 i64) (result i32)))
(import "skerry_kv" "list" (func $key_list (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_http" "request" (func $request (param i32 i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat_get (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $prestat_dir_name (param i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "sock_shutdown" (func $sock_shutdown (param i32 i32) (result i32)))

;; A call by its index, with an array of arguments or a descriptor; what it answers as a number
(func $hostcall (param $index i32) (param $first i32) (result i32)
  (local $at i32) (local $size i32)
  (if (i32.eq (local.get $index) (i32.const ${hostcallFunctions.indexOf("shutdown")}))
    (then (return (call $errno
      (call $sock_shutdown (call $to_i32 (local.get $first)) (i32.const 2))))))
  (if (i32.eq (local.get $index) (i32.const ${hostcallFunctions.indexOf("close")}))
    (then (return (call $errno (call $wasi_fd_close (call $to_i32 (local.get $first)))))))
  (global.set 0 (local.tee $size (i32.sub (global.get 0) (i32.const 16))))
  (local.set $at (call $JS_GetUint8Array
    (call $qjs_get_context_ptr) (local.get $size) (i64.load (local.get $first))))
  (global.set 0 (i32.add (local.get $size) (i32.const 16)))
  (block $open (block $preopen_name (block $preopen
  (block $request (block $list (block $delete (block $put (block $get
    (br_table $get $put $delete $list $request $preopen $preopen_name $open (local.get $index)))
    (return (call $errno (call $key_get ${four}))))
    (return (call $errno (call $key_put ${four}))))
    (return (call $errno (call $key_delete ${buffer(0)} ${buffer(2)} (i64.load ${pointer(4)})))))
    (return (call $errno (call $key_list ${four}))))
    (return (call $errno (call $request ${buffer(0)} ${buffer(2)} ${pointer(4)}))))
    (return (call $errno (call $prestat_get ${descriptor} ${pointer(2)}))))
    (return (call $errno (call $prestat_dir_name ${descriptor} ${buffer(2)}))))
  ;; To be read, and through links
  (call $errno (call $path_open ${descriptor} (i32.const 1) ${buffer(4)} (i32.const 0)
    (i64.const 2) (i64.const 0) (i32.const 0) ${pointer(2)})))
`;

/** The same for programs that call nothing beyond WASI: the prelude lets nothing come here. */
export const noHostcallsGlue = `
(func $hostcall (param $index i32) (param $first i32) (result i32) unreachable)
`;
