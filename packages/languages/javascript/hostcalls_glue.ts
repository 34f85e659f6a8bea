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
  "cacheGet",
  "cacheSet",
  "cachePurge",
  "cachePurgeKeys",
  "cacheLookup",
  "cacheInsert",
  "cacheTransactionLookup",
  "cacheTransactionInsert",
  "cacheTransactionUpdate",
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

/** How a fragment is kept: a structure, and four buffers that it speaks of. */
const written = (word: number) =>
  `(call $write_options (local.get $at) (i32.add (local.get $at) (i32.const ${4 * word})))`;

/** A look at the cache: a key, a structure that speaks of the buffer behind it, and room for what is told. */
const looked = `${buffer(0)} (call $lookup_options (local.get $at)) ${buffer(6)} ${pointer(8)}
      ${pointer(10)}`;

/** A number in a buffer of its own. */
const word = (at: number) => `(i32.load ${pointer(at)})`;

/** Fields beside those of glue.ts. */
export const hostcallsGlue = String.raw`
(import "skerry_kv" "get" (func $key_get (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_kv" "put" (func $key_put (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_kv" "delete" (func $key_delete (param i32 i32 i32 i32 i64) (result i32)))
(import "skerry_kv" "list" (func $key_list (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_http" "request_with" (func $request (param i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_cache" "get" (func $cache_get (param i32 i32 i32 i32 i32) (result i32)))
(import "skerry_cache" "set" (func $cache_set (param i32 i32 i32 i32 i32) (result i32)))
(import "skerry_cache" "purge" (func $cache_purge (param i32 i32 i32) (result i32)))
(import "skerry_cache" "purge_keys" (func $cache_purge_keys (param i32 i32 i32) (result i32)))
(import "skerry_cache" "lookup" (func $cache_lookup (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_cache" "insert" (func $cache_insert (param i32 i32 i32 i32) (result i32)))
(import "skerry_cache" "transaction_lookup" (func $transaction_lookup (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
(import "skerry_cache" "transaction_insert" (func $transaction_insert (param i32 i32 i32) (result i32)))
(import "skerry_cache" "transaction_update" (func $transaction_update (param i32 i32) (result i32)))
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
  (block $tr_update (block $tr_insert (block $tr_lookup (block $ca_insert (block $ca_lookup
  (block $ca_purge_keys (block $ca_purge (block $ca_set (block $ca_get
  (block $open (block $preopen_name (block $preopen
  (block $request (block $list (block $delete (block $put (block $get
    (br_table $get $put $delete $list $request $preopen $preopen_name $open
      $ca_get $ca_set $ca_purge $ca_purge_keys $ca_lookup $ca_insert
      $tr_lookup $tr_insert $tr_update (local.get $index)))
    (return (call $errno (call $key_get ${four}))))
    (return (call $errno (call $key_put ${four}))))
    (return (call $errno (call $key_delete ${buffer(0)} ${buffer(2)} (i64.load ${pointer(4)})))))
    (return (call $errno (call $key_list ${four}))))
    (return (call $errno (call $request ${buffer(0)} ${buffer(2)}
      (call $caching_options (local.get $at)) ${pointer(4)}))))
    (return (call $errno (call $prestat_get ${descriptor} ${pointer(2)}))))
    (return (call $errno (call $prestat_dir_name ${descriptor} ${buffer(2)}))))
    ;; To be read, and through links
    (return (call $errno (call $path_open ${descriptor} (i32.const 1) ${buffer(4)} (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) ${pointer(2)}))))
    (return (call $errno (call $cache_get ${buffer(0)} ${buffer(2)} ${pointer(4)}))))
    (return (call $errno (call $cache_set ${buffer(0)} ${buffer(2)} ${written(4)}))))
    (return (call $errno (call $cache_purge ${buffer(0)} ${word(2)}))))
    (return (call $errno (call $cache_purge_keys ${buffer(0)} ${word(2)}))))
    (return (call $errno (call $cache_lookup ${looked}))))
    (return (call $errno (call $cache_insert ${buffer(0)} ${written(2)} ${pointer(12)}))))
    (return (call $errno (call $transaction_lookup ${looked}))))
    (return (call $errno (call $transaction_insert ${descriptor} ${written(2)} ${pointer(12)}))))
  (call $errno (call $transaction_update ${descriptor} ${written(2)})))

;; A structure with a pointer and a length at 32, 40, 48 and 56, for the four buffers behind it
(func $write_options (param $at i32) (param $words i32) (result i32)
  (local $options i32) (local $count i32) (local $slot i32)
  (local.set $options (i32.add (local.get $at) (i32.load (local.get $words))))
  (local.set $slot (local.get $options))
  (loop $next
    (local.set $words (i32.add (local.get $words) (i32.const 8)))
    (i32.store offset=32 (local.get $slot) (i32.add (local.get $at) (i32.load (local.get $words))))
    (i32.store offset=36 (local.get $slot) (i32.load offset=4 (local.get $words)))
    (local.set $slot (i32.add (local.get $slot) (i32.const 8)))
    (local.set $count (i32.add (local.get $count) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $count) (i32.const 4))))
  (local.get $options))

;; The fourth buffer, a structure with a pointer and a length at 24, for the fifth
(func $caching_options (param $at i32) (result i32)
  (local $options i32)
  (local.set $options ${pointer(6)})
  (i32.store offset=24 (local.get $options) ${pointer(8)})
  (i32.store offset=28 (local.get $options) (i32.load offset=36 (local.get $at)))
  (local.get $options))

;; The second buffer, a structure with a pointer and a length at 0, for the third
(func $lookup_options (param $at i32) (result i32)
  (local $options i32)
  (local.set $options ${pointer(2)})
  (i32.store offset=0 (local.get $options) ${pointer(4)})
  (i32.store offset=4 (local.get $options) (i32.load offset=20 (local.get $at)))
  (local.get $options))
`;

/** The same for programs that call nothing beyond WASI: the prelude lets nothing come here. */
export const noHostcallsGlue = `
(func $hostcall (param $index i32) (param $first i32) (result i32) unreachable)
`;
