/** Small modules for this package's tests: at least one for each feature, as text and assembled. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { decodeModule } from "../decode.ts";
import type { Feature } from "../feature_names.ts";
import type { WasmModule } from "../module.ts";

/** A text for each set of features that it uses and no other. */
export const featureTexts: readonly (readonly [features: readonly Feature[], text: string])[] = [
  [
    [],
    `(module
    (import "env" "f" (func $f (param i32)))
    (table 2 4 funcref) (memory 1 2) (global $g i32 (i32.const 7))
    (func $main (export "main") (param i32 i64) (result f32) (local f64 f64 i32)
      (block $out (loop $again (br_if $out (local.get 0)) (br_table $again $out (i32.const 1))))
      (if (i32.eqz (local.get 0)) (then (call $f (global.get $g))) (else (nop)))
      (i64.store offset=70000 align=4 (i32.const -1) (i64.const 0x123456789abcdef))
      (drop (call_indirect (param i32) (result i32) (i32.const 1000000) (i32.const 0)))
      (drop (f64.const nan)) (f32.const 1.5))
    (start $s) (func $s)
    (elem (i32.const 0) $main $f) (data (i32.const 8) "hello"))`,
  ],
  [
    ["branch-hinting"],
    `(module
    (func (param i32) (@metadata.code.branch_hint "\\00") (if (local.get 0) (then))))`,
  ],
  [
    ["bulk-memory"],
    `(module
    (memory 1) (table 1 funcref) (data $d "abc") (elem $e func $f) (func $f
      (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d)
      (memory.copy (i32.const 0) (i32.const 0) (i32.const 1))
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))
      (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)
      (table.copy (i32.const 0) (i32.const 0) (i32.const 1))))`,
  ],
  [
    ["exceptions"],
    `(module (tag $e (param i32)) (func (result i32)
      (block $h (result i32 ) (try_table (result i32) (catch $e $h) (throw $e (i32.const 1))))))`,
  ],
  [
    ["exceptions", "multi-value"],
    `(module (tag $e (param i32)) (func
      (block $h (result i32 exnref)
        (try_table (catch_ref $e $h) (throw $e (i32.const 1))) (unreachable)) (throw_ref)))`,
  ],
  [["extended-const"], `(module (global i32 (i32.add (i32.const 1) (i32.const 2))))`],
  [
    ["gc"],
    `(module (rec (type $s (sub (struct (field (mut i8) i64)))) (type $a (array (mut i16))))
      (func (param eqref) (result i32) (drop (struct.new $s (i32.const 1) (i64.const 2)))
      (drop (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))
      (block $b (result anyref) (br_on_cast $b anyref (ref i31) (local.get 0)))
      (drop) (ref.test (ref $s) (local.get 0))))`,
  ],
  [
    ["legacy-exceptions"],
    `(module (tag $e) (func
      try throw $e catch $e rethrow 0 catch_all end  try nop delegate 0))`,
  ],
  [
    ["memory64"],
    `(module (memory i64 1 262144) (table i64 1 funcref)
      (func (drop (i32.load offset=4294967296 (i64.const 0)))))`,
  ],
  [
    ["multi-memory"],
    `(module (memory $a 1) (memory $b 1)
      (func (i32.store $b offset=3 (i32.const 0) (i32.load8_u $a (i32.const 0)))))`,
  ],
  [
    ["multi-value"],
    `(module (func (result i32 i32)
      (block (result i32 i32) (i32.const 1) (i32.const 2))))`,
  ],
  [["mutable-globals"], `(module (global (export "g") (mut i32) (i32.const 0)))`],
  [
    ["reference-types"],
    `(module (table $t 1 externref) (func (param externref)
      (table.set $t (i32.const 0) (local.get 0)) (drop (ref.is_null (ref.null func)))
      (drop (select (result externref) (local.get 0) (local.get 0) (i32.const 1)))))`,
  ],
  [
    ["relaxed-simd", "simd"],
    `(module (func (param v128) (result v128)
      (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))`,
  ],
  [["saturated-float-to-int"], `(module (func (result i32) (i32.trunc_sat_f32_s (f32.const 1))))`],
  [["sign-extensions"], `(module (func (result i32) (i32.extend8_s (i32.const 128))))`],
  [
    ["simd"],
    `(module (memory 1) (func
      (v128.store (i32.const 0) (v128.const i32x4 1 2 3 4))
      (drop (v128.load16_lane 3 (i32.const 0) (v128.load (i32.const 0))))
      (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
        (v128.load (i32.const 0)) (v128.load (i32.const 0))))))`,
  ],
  [["tail-call"], `(module (func $f (return_call $f)))`],
  [
    ["threads"],
    `(module (memory 1 2 shared) (func (atomic.fence)
      (drop (i64.atomic.rmw16.add_u (i32.const 0) (i64.const 1)))))`,
  ],
  [
    ["typed-function-references"],
    `(module (type $t (func)) (func (param (ref null $t))
      (block $b (br_on_null $b (local.get 0)) (call_ref $t))))`,
  ],
];

/** The bytes of a text. */
export function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return parse(text).then((bytes) => new Uint8Array(bytes));
}

/** The module of bytes that are expected to be one. */
export function decoded(bytes: Uint8Array): WasmModule {
  const result = decodeModule(bytes);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** A module of these sections: `[id, ...content]`, their sizes below 128. */
export function moduleOf(...sections: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const bodies = sections.flatMap(([id = 0, ...content]) => [id, content.length, ...content]);
  return Uint8Array.from([...header, ...bodies]);
}

/** A module with one function whose body, without its size, is this. */
export function moduleWithBody(...body: readonly number[]): Uint8Array<ArrayBuffer> {
  return moduleOf([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, body.length, ...body]);
}
