/**
 * The glue between QuickJS and WASI preview 1, in the text format.
 *
 * It defines what the engine imports from `env`, and `_start`. A JavaScript function of the prelude
 * reaches it through `host_call`: the function's name is one letter, an index into {@link hostFunctions}.
 * Values are boxes: pointers to the engine's 64-bit values. The glue has no memory of its own: scratch
 * space is taken from the engine's stack (global 0) and heap.
 */

/** What the prelude may call, in the order of the glue's table. */
export const hostFunctions = [
  "evaluate",
  "drain",
  "read",
  "write",
  "environ",
  "args",
  "exit",
  "sleep",
  "random",
  "encode",
  "decode",
] as const;

/** The name under which a host function is known to the engine: `a`, `b`, … */
export function hostFunctionName(index: number): string {
  return String.fromCharCode(97 + index);
}

/**
 * Module fields. `$$MAIN`, `$$REJECTED`, `$$NO_IMPORT` and `$$PROGRAM` are boxes in the snapshot: the
 * prelude's hooks and the compiled program.
 */
export const glue = String.raw`
(import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))

(func $_start (export "_start")
  ;; The prelude catches everything; what it cannot catch is an exhausted heap or a fault of ours.
  (if (call $qjs_is_exception
        (call $qjs_call (i32.const $$MAIN) (call $qjs_get_undefined) (i32.const 0) (i32.const 0)))
    (then unreachable)))

(func $host_interrupt (result i32) (i32.const 0))

;; Guests live in UTC.
(func $host_get_timezone_offset (param i32 i32) (result i32) (i32.const 0))

;; rejected(promise, reason, isHandled)
(func $host_promise_rejection (param $promise i32) (param $reason i32) (param $handled i32)
  (local $arguments i32) (local $flag i32)
  (global.set 0 (local.tee $arguments (i32.sub (global.get 0) (i32.const 16))))
  (local.set $flag (call $qjs_new_number (f64.convert_i32_s (local.get $handled))))
  (i32.store offset=0 (local.get $arguments) (local.get $promise))
  (i32.store offset=4 (local.get $arguments) (local.get $reason))
  (i32.store offset=8 (local.get $arguments) (local.get $flag))
  (call $qjs_free_value
    (call $qjs_call (i32.const $$REJECTED) (call $qjs_get_undefined) (i32.const 3) (local.get $arguments)))
  (call $qjs_free_value (local.get $flag))
  (call $qjs_free_value (local.get $promise))
  (call $qjs_free_value (local.get $reason))
  (global.set 0 (i32.add (local.get $arguments) (i32.const 16))))

;; All static imports were resolved when the program was built: only import() comes here.
(func $host_module_normalize (param $base i32) (param $name i32) (result i32)
  (drop (call $qjs_throw
    (call $qjs_call (i32.const $$NO_IMPORT) (call $qjs_get_undefined) (i32.const 0) (i32.const 0))))
  (i32.const 0))
(func $host_module_load (param $name i32) (param $length i32) (result i32) (i32.const 0))

(func $host_call
  (param $name i32) (param $name_length i32) (param $this i32) (param $argc i32) (param $argv i32)
  (result i32)
  (local $first i32) (local $second i32)
  (if (local.get $argc) (then (local.set $first (i32.load (local.get $argv)))))
  (if (i32.gt_u (local.get $argc) (i32.const 1))
    (then (local.set $second (i32.load offset=4 (local.get $argv)))))
  (if (i32.ge_u (i32.load8_u (local.get $name)) (i32.const ${97 + hostFunctions.length}))
    (then (return (call $hostcall
      (i32.sub (i32.load8_u (local.get $name)) (i32.const ${97 + hostFunctions.length}))
      (local.get $first)))))
  (block $decode (block $encode (block $random (block $sleep (block $exit (block $args (block $environ
  (block $write (block $read (block $drain (block $evaluate
    (br_table $evaluate $drain $read $write $environ $args $exit $sleep $random $encode $decode
      (i32.sub (i32.load8_u (local.get $name)) (i32.const 97))))
    (return (call $evaluate)))
    (return (call $drain)))
    (return (call $read (call $to_i32 (local.get $first)) (call $to_i32 (local.get $second)))))
    (return (call $write (call $to_i32 (local.get $first)) (local.get $second))))
    (return (call $environ)))
    (return (call $args)))
    (call $proc_exit (call $to_i32 (local.get $first))) unreachable)
    (return (call $sleep (call $qjs_get_float64 (local.get $first)))))
    (return (call $random (call $to_i32 (local.get $first)))))
    (return (call $encode (local.get $first))))
  (call $decode (local.get $first)))

(func $to_i32 (param $box i32) (result i32)
  (i32.trunc_sat_f64_s (call $qjs_get_float64 (local.get $box))))

;; An error number of WASI as a JavaScript number.
(func $errno (param $errno i32) (result i32)
  (call $qjs_new_number (f64.convert_i32_u (local.get $errno))))

;; Bytes on the heap as a Uint8Array; the heap block is given back.
(func $take_bytes (param $pointer i32) (param $length i32) (result i32)
  (local $array i32)
  (local.set $array (call $qjs_new_uint8_array (local.get $pointer) (local.get $length)))
  (call $wasm_free (local.get $pointer))
  (local.get $array))

;; A block of at least one byte. Without memory there is no way to go on.
(func $allocate (param $length i32) (result i32)
  (local $pointer i32)
  (local.set $pointer
    (call $wasm_malloc (select (local.get $length) (i32.const 1) (local.get $length))))
  (if (i32.eqz (local.get $pointer)) (then unreachable))
  (local.get $pointer))

;; evaluate(): the promise of the program's end
(func $evaluate (result i32)
  (local $box i32)
  (local.set $box (call $qjs_get_undefined))
  (i64.store (local.get $box)
    (call $JS_EvalFunction (call $qjs_get_context_ptr)
      (call $JS_DupValue (call $qjs_get_context_ptr) (i64.load (i32.const $$PROGRAM)))))
  (if (call $qjs_is_exception (local.get $box)) (then (return (i32.const 0))))
  (local.get $box))

;; drain(): runs jobs until none is left
(func $drain (result i32)
  (block $done (loop $next
    (br_if $done (i32.eqz (call $qjs_is_job_pending)))
    (if (i32.lt_s (call $qjs_execute_pending_job) (i32.const 0)) (then (return (i32.const 0))))
    (br $next)))
  (call $qjs_get_undefined))

;; read(fd, most): a Uint8Array, empty at the end; an error number
(func $read (param $fd i32) (param $most i32) (result i32)
  (local $vector i32) (local $buffer i32) (local $fault i32) (local $got i32)
  (local.set $buffer (call $allocate (local.get $most)))
  (global.set 0 (local.tee $vector (i32.sub (global.get 0) (i32.const 16))))
  (i32.store offset=0 (local.get $vector) (local.get $buffer))
  (i32.store offset=4 (local.get $vector) (local.get $most))
  (local.set $fault (call $fd_read
    (local.get $fd) (local.get $vector) (i32.const 1) (i32.add (local.get $vector) (i32.const 8))))
  (local.set $got (i32.load offset=8 (local.get $vector)))
  (global.set 0 (i32.add (local.get $vector) (i32.const 16)))
  (if (local.get $fault)
    (then (call $wasm_free (local.get $buffer)) (return (call $errno (local.get $fault)))))
  (call $take_bytes (local.get $buffer) (local.get $got)))

;; write(fd, bytes): all of a Uint8Array; an error number, 0 where there was none
(func $write (param $fd i32) (param $array i32) (result i32)
  (local $vector i32) (local $pointer i32) (local $left i32) (local $wrote i32) (local $fault i32)
  (global.set 0 (local.tee $vector (i32.sub (global.get 0) (i32.const 16))))
  (local.set $pointer (call $JS_GetUint8Array
    (call $qjs_get_context_ptr) (local.get $vector) (i64.load (local.get $array))))
  (local.set $left (i32.load (local.get $vector)))
  (block $done (loop $more
    (br_if $done (i32.eqz (local.get $left)))
    (i32.store offset=0 (local.get $vector) (local.get $pointer))
    (i32.store offset=4 (local.get $vector) (local.get $left))
    (br_if $done (local.tee $fault (call $wasi_fd_write
      (local.get $fd) (local.get $vector) (i32.const 1) (i32.add (local.get $vector) (i32.const 8)))))
    (local.set $wrote (i32.load offset=8 (local.get $vector)))
    (local.set $pointer (i32.add (local.get $pointer) (local.get $wrote)))
    (local.set $left (i32.sub (local.get $left) (local.get $wrote)))
    (br $more)))
  (global.set 0 (i32.add (local.get $vector) (i32.const 16)))
  (call $errno (local.get $fault)))

;; environ(), args(): a Uint8Array of strings, each with a zero byte behind it; an error number
${strings("environ")}
${strings("args")}
;; sleep(milliseconds): one relative subscription to the monotonic clock
(func $sleep (param $ms f64) (result i32)
  (local $subscription i32) (local $fault i32)
  (global.set 0 (local.tee $subscription (i32.sub (global.get 0) (i32.const 96))))
  (memory.fill (local.get $subscription) (i32.const 0) (i32.const 96))
  (i32.store offset=16 (local.get $subscription) (i32.const 1))
  (i64.store offset=24 (local.get $subscription)
    (i64.trunc_sat_f64_u (f64.mul (local.get $ms) (f64.const 1e6))))
  (local.set $fault (call $poll_oneoff
    (local.get $subscription) (i32.add (local.get $subscription) (i32.const 48)) (i32.const 1)
    (i32.add (local.get $subscription) (i32.const 80))))
  (global.set 0 (i32.add (local.get $subscription) (i32.const 96)))
  (call $errno (local.get $fault)))

;; random(length): a Uint8Array; an error number
(func $random (param $length i32) (result i32)
  (local $buffer i32) (local $fault i32)
  (local.set $buffer (call $allocate (local.get $length)))
  (local.set $fault (call $wasi_random_get (local.get $buffer) (local.get $length)))
  (if (local.get $fault)
    (then (call $wasm_free (local.get $buffer)) (return (call $errno (local.get $fault)))))
  (call $take_bytes (local.get $buffer) (local.get $length)))

;; encode(string): UTF-8. The string has no lone surrogates.
(func $encode (param $string i32) (result i32)
  (local $length i32) (local $text i32) (local $array i32)
  (global.set 0 (local.tee $length (i32.sub (global.get 0) (i32.const 16))))
  (local.set $text (call $qjs_get_string_len (local.get $string) (local.get $length)))
  (if (i32.eqz (local.get $text)) (then unreachable))
  (local.set $array (call $qjs_new_uint8_array (local.get $text) (i32.load (local.get $length))))
  (call $qjs_free_cstring (local.get $text))
  (global.set 0 (i32.add (local.get $length) (i32.const 16)))
  (local.get $array))

;; decode(bytes): the string, or undefined where the bytes are not well-formed UTF-8
(func $decode (param $array i32) (result i32)
  (local $length i32) (local $pointer i32) (local $size i32)
  (global.set 0 (local.tee $length (i32.sub (global.get 0) (i32.const 16))))
  (local.set $pointer (call $JS_GetUint8Array
    (call $qjs_get_context_ptr) (local.get $length) (i64.load (local.get $array))))
  (local.set $size (i32.load (local.get $length)))
  (global.set 0 (i32.add (local.get $length) (i32.const 16)))
  (if (result i32) (call $is_utf8 (local.get $pointer) (i32.add (local.get $pointer) (local.get $size)))
    (then (call $qjs_new_string (local.get $pointer) (local.get $size)))
    (else (call $qjs_get_undefined))))

;; Unicode 16, table 3-7: the first byte says how many follow and what the second may be.
(func $is_utf8 (param $at i32) (param $end i32) (result i32)
  (local $byte i32) (local $low i32) (local $high i32) (local $follow i32)
  (block $well (loop $next
    (br_if $well (i32.ge_u (local.get $at) (local.get $end)))
    (local.set $byte (i32.load8_u (local.get $at)))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $byte) (i32.const 0x80)))
    (local.set $low (i32.const 0x80))
    (local.set $high (i32.const 0xbf))
    (if (i32.lt_u (local.get $byte) (i32.const 0xc2)) (then (return (i32.const 0))))
    (if (i32.gt_u (local.get $byte) (i32.const 0xf4)) (then (return (i32.const 0))))
    (if (i32.eq (local.get $byte) (i32.const 0xe0)) (then (local.set $low (i32.const 0xa0))))
    (if (i32.eq (local.get $byte) (i32.const 0xed)) (then (local.set $high (i32.const 0x9f))))
    (if (i32.eq (local.get $byte) (i32.const 0xf0)) (then (local.set $low (i32.const 0x90))))
    (if (i32.eq (local.get $byte) (i32.const 0xf4)) (then (local.set $high (i32.const 0x8f))))
    (local.set $follow (i32.add (i32.const 1) (i32.add
      (i32.ge_u (local.get $byte) (i32.const 0xe0)) (i32.ge_u (local.get $byte) (i32.const 0xf0)))))
    (loop $rest
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.or
            (i32.lt_u (local.get $byte) (local.get $low))
            (i32.gt_u (local.get $byte) (local.get $high)))
        (then (return (i32.const 0))))
      (local.set $low (i32.const 0x80))
      (local.set $high (i32.const 0xbf))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $rest (local.tee $follow (i32.sub (local.get $follow) (i32.const 1)))))
    (br $next)))
  (i32.const 1))
`;

/** WASI gives arguments and environment alike: first two sizes, then pointers and a block of strings. */
function strings(name: "environ" | "args"): string {
  return String.raw`(func $${name} (result i32)
  (local $sizes i32) (local $fault i32) (local $pointers i32) (local $buffer i32) (local $length i32)
  (global.set 0 (local.tee $sizes (i32.sub (global.get 0) (i32.const 16))))
  (local.set $fault
    (call $${name}_sizes_get (local.get $sizes) (i32.add (local.get $sizes) (i32.const 4))))
  (local.set $length (i32.load offset=4 (local.get $sizes)))
  (local.set $pointers (call $allocate (i32.shl (i32.load (local.get $sizes)) (i32.const 2))))
  (global.set 0 (i32.add (local.get $sizes) (i32.const 16)))
  (local.set $buffer (call $allocate (local.get $length)))
  (if (i32.eqz (local.get $fault))
    (then (local.set $fault (call $${name}_get (local.get $pointers) (local.get $buffer)))))
  (call $wasm_free (local.get $pointers))
  (if (local.get $fault)
    (then (call $wasm_free (local.get $buffer)) (return (call $errno (local.get $fault)))))
  (call $take_bytes (local.get $buffer) (local.get $length)))`;
}
