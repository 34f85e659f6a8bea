/**
 * Every instruction: opcode, the proposal that brought it, its immediates, its name (5.4 Instructions, the
 * threads proposal, and the legacy exceptions that engines still take).
 *
 * A row names the opcodes from its first one on, without gaps. An opcode behind a prefix byte is written
 * as the prefix, then three digits: 0xFD then 0x113 is 0xfd113. What is not in this table is refused.
 */

import type { Feature } from "./feature_names.ts";

/** What follows an opcode. All of one byte or LEB128, but for the constants, `memarg` and the lists. */
export type Immediate =
  | "block"
  | "castFlags"
  | "catches"
  | "data"
  | "element"
  | "f32"
  | "f64"
  | "field"
  | "function"
  | "global"
  | "heapType"
  | "i32"
  | "i64"
  | "label"
  | "labels"
  | "lane"
  | "lanes"
  | "local"
  | "memarg"
  | "memory"
  | "table"
  | "tag"
  | "type"
  | "u32"
  | "v128"
  | "valueTypes"
  | "zero";

/** First opcode, feature (`exception` is either of the two exception proposals), immediates, names. */
export type OpcodeRow = readonly [
  first: number,
  feature: Feature | "exception" | "",
  immediates: string,
  names: string,
];

/** The instructions. */
export const opcodeTable: readonly OpcodeRow[] = [
  // Control instructions (5.4.1)
  [0x00, "", "", "unreachable nop"],
  [0x02, "", "block", "block loop if"],
  [0x05, "", "", "else"],
  [0x06, "legacy-exceptions", "block", "try"],
  [0x07, "legacy-exceptions", "tag", "catch"],
  [0x08, "exception", "tag", "throw"],
  [0x09, "legacy-exceptions", "label", "rethrow"],
  [0x0a, "exceptions", "", "throw_ref"],
  [0x0b, "", "", "end"],
  [0x0c, "", "label", "br br_if"],
  [0x0e, "", "labels", "br_table"],
  [0x0f, "", "", "return"],
  [0x10, "", "function", "call"],
  [0x11, "", "type table", "call_indirect"],
  [0x12, "tail-call", "function", "return_call"],
  [0x13, "tail-call", "type table", "return_call_indirect"],
  [0x14, "typed-function-references", "type", "call_ref return_call_ref"],
  [0x18, "legacy-exceptions", "label", "delegate"],
  [0x19, "legacy-exceptions", "", "catch_all"],
  [0x1a, "", "", "drop select"],
  [0x1c, "reference-types", "valueTypes", "select"],
  [0x1f, "exceptions", "block catches", "try_table"],
  // Variables, tables and memories (5.4.3 to 5.4.5)
  [0x20, "", "local", "local.get local.set local.tee"],
  [0x23, "", "global", "global.get global.set"],
  [0x25, "reference-types", "table", "table.get table.set"],
  [
    0x28,
    "",
    "memarg",
    `i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u
    i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u i32.store
    i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32`,
  ],
  [0x3f, "", "memory", "memory.size memory.grow"],
  // Numbers (5.4.7)
  [0x41, "", "i32", "i32.const"],
  [0x42, "", "i64", "i64.const"],
  [0x43, "", "f32", "f32.const"],
  [0x44, "", "f64", "f64.const"],
  [
    0x45,
    "",
    "",
    `i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s
    i32.ge_u`,
  ],
  [
    0x50,
    "",
    "",
    `i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s
    i64.ge_u`,
  ],
  [0x5b, "", "", "f32.eq f32.ne f32.lt f32.gt f32.le f32.ge"],
  [0x61, "", "", "f64.eq f64.ne f64.lt f64.gt f64.le f64.ge"],
  [
    0x67,
    "",
    "",
    `i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s
    i32.rem_u i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr`,
  ],
  [
    0x79,
    "",
    "",
    `i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s
    i64.rem_u i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr`,
  ],
  [
    0x8b,
    "",
    "",
    `f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub
    f32.mul f32.div f32.min f32.max f32.copysign`,
  ],
  [
    0x99,
    "",
    "",
    `f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub
    f64.mul f64.div f64.min f64.max f64.copysign`,
  ],
  [
    0xa7,
    "",
    "",
    `i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u
    i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s
    i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u
    f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u
    f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32
    f64.reinterpret_i64`,
  ],
  [
    0xc0,
    "sign-extensions",
    "",
    `i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s`,
  ],
  // References (5.4.2)
  [0xd0, "reference-types", "heapType", "ref.null"],
  [0xd1, "reference-types", "", "ref.is_null"],
  [0xd2, "reference-types", "function", "ref.func"],
  [0xd3, "gc", "", "ref.eq"],
  [0xd4, "typed-function-references", "", "ref.as_non_null"],
  [0xd5, "typed-function-references", "label", "br_on_null br_on_non_null"],
  // Prefix 0xFB: structs, arrays and casts (5.4.2, 5.4.6)
  [0xfb000, "gc", "type", "struct.new struct.new_default"],
  [0xfb002, "gc", "type field", "struct.get struct.get_s struct.get_u struct.set"],
  [0xfb006, "gc", "type", "array.new array.new_default"],
  [0xfb008, "gc", "type u32", "array.new_fixed"],
  [0xfb009, "gc", "type data", "array.new_data"],
  [0xfb00a, "gc", "type element", "array.new_elem"],
  [0xfb00b, "gc", "type", "array.get array.get_s array.get_u array.set"],
  [0xfb00f, "gc", "", "array.len"],
  [0xfb010, "gc", "type", "array.fill"],
  [0xfb011, "gc", "type type", "array.copy"],
  [0xfb012, "gc", "type data", "array.init_data"],
  [0xfb013, "gc", "type element", "array.init_elem"],
  [0xfb014, "gc", "heapType", "ref.test ref.test ref.cast ref.cast"],
  [0xfb018, "gc", "castFlags label heapType heapType", "br_on_cast br_on_cast_fail"],
  [
    0xfb01a,
    "gc",
    "",
    `any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u`,
  ],
  // Prefix 0xFC: saturating truncation, bulk operations (5.4.4, 5.4.5, 5.4.7)
  [
    0xfc000,
    "saturated-float-to-int",
    "",
    `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
    i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`,
  ],
  [0xfc008, "bulk-memory", "data memory", "memory.init"],
  [0xfc009, "bulk-memory", "data", "data.drop"],
  [0xfc00a, "bulk-memory", "memory memory", "memory.copy"],
  [0xfc00b, "bulk-memory", "memory", "memory.fill"],
  [0xfc00c, "bulk-memory", "element table", "table.init"],
  [0xfc00d, "bulk-memory", "element", "elem.drop"],
  [0xfc00e, "bulk-memory", "table table", "table.copy"],
  [0xfc00f, "reference-types", "table", "table.grow table.size table.fill"],
  // Prefix 0xFD: vectors (5.4.8)
  [
    0xfd000,
    "simd",
    "memarg",
    `v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s
    v128.load32x2_u v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat
    v128.store`,
  ],
  [0xfd00c, "simd", "v128", "v128.const"],
  [0xfd00d, "simd", "lanes", "i8x16.shuffle"],
  [
    0xfd00e,
    "simd",
    "",
    `i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat`,
  ],
  [
    0xfd015,
    "simd",
    "lane",
    `i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s
    i16x8.extract_lane_u i16x8.replace_lane i32x4.extract_lane i32x4.replace_lane
    i64x2.extract_lane i64x2.replace_lane f32x4.extract_lane f32x4.replace_lane
    f64x2.extract_lane f64x2.replace_lane`,
  ],
  [
    0xfd023,
    "simd",
    "",
    `i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u
    i8x16.ge_s i8x16.ge_u`,
  ],
  [
    0xfd02d,
    "simd",
    "",
    `i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u
    i16x8.ge_s i16x8.ge_u`,
  ],
  [
    0xfd037,
    "simd",
    "",
    `i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u
    i32x4.ge_s i32x4.ge_u`,
  ],
  [0xfd041, "simd", "", "f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge"],
  [0xfd047, "simd", "", "f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge"],
  [
    0xfd04d,
    "simd",
    "",
    `v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true`,
  ],
  [
    0xfd054,
    "simd",
    "memarg lane",
    `v128.load8_lane v128.load16_lane v128.load32_lane v128.load64_lane v128.store8_lane
    v128.store16_lane v128.store32_lane v128.store64_lane`,
  ],
  [0xfd05c, "simd", "memarg", "v128.load32_zero v128.load64_zero"],
  [0xfd05e, "simd", "", "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4"],
  [
    0xfd060,
    "simd",
    "",
    `i8x16.abs i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s
    i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest i8x16.shl
    i8x16.shr_s i8x16.shr_u i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub
    i8x16.sub_sat_s i8x16.sub_sat_u`,
  ],
  [
    0xfd074,
    "simd",
    "",
    `f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc
    i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u
    i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u`,
  ],
  [
    0xfd080,
    "simd",
    "",
    `i16x8.abs i16x8.neg i16x8.q15mulr_sat_s i16x8.all_true i16x8.bitmask
    i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u i16x8.extend_low_i8x16_s
    i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u i16x8.shl
    i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub
    i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest i16x8.mul i16x8.min_s i16x8.min_u
    i16x8.max_s i16x8.max_u`,
  ],
  [
    0xfd09b,
    "simd",
    "",
    `i16x8.avgr_u i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u
    i16x8.extmul_high_i8x16_u`,
  ],
  [0xfd0a0, "simd", "", "i32x4.abs i32x4.neg"],
  [0xfd0a3, "simd", "", "i32x4.all_true i32x4.bitmask"],
  [
    0xfd0a7,
    "simd",
    "",
    `i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u
    i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add`,
  ],
  [0xfd0b1, "simd", "", "i32x4.sub"],
  [
    0xfd0b5,
    "simd",
    "",
    `i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s`,
  ],
  [
    0xfd0bc,
    "simd",
    "",
    `i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u
    i32x4.extmul_high_i16x8_u`,
  ],
  [0xfd0c0, "simd", "", "i64x2.abs i64x2.neg"],
  [0xfd0c3, "simd", "", "i64x2.all_true i64x2.bitmask"],
  [
    0xfd0c7,
    "simd",
    "",
    `i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u
    i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add`,
  ],
  [0xfd0d1, "simd", "", "i64x2.sub"],
  [
    0xfd0d5,
    "simd",
    "",
    `i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s
    i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u
    i64x2.extmul_high_i32x4_u`,
  ],
  [0xfd0e0, "simd", "", "f32x4.abs f32x4.neg"],
  [
    0xfd0e3,
    "simd",
    "",
    `f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin
    f32x4.pmax`,
  ],
  [0xfd0ec, "simd", "", "f64x2.abs f64x2.neg"],
  [
    0xfd0ef,
    "simd",
    "",
    `f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin
    f64x2.pmax`,
  ],
  [
    0xfd0f8,
    "simd",
    "",
    `i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s
    f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero
    f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u`,
  ],
  [
    0xfd100,
    "relaxed-simd",
    "",
    `i8x16.relaxed_swizzle i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u
    i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero f32x4.relaxed_madd
    f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd i8x16.relaxed_laneselect
    i16x8.relaxed_laneselect i32x4.relaxed_laneselect i64x2.relaxed_laneselect
    f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max
    i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s
    i32x4.relaxed_dot_i8x16_i7x16_add_s`,
  ],
  // Prefix 0xFE: atomics (threads proposal)
  [
    0xfe000,
    "threads",
    "memarg",
    `memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64`,
  ],
  [0xfe003, "threads", "zero", "atomic.fence"],
  [
    0xfe010,
    "threads",
    "memarg",
    `i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u
    i64.atomic.load8_u i64.atomic.load16_u i64.atomic.load32_u i32.atomic.store
    i64.atomic.store i32.atomic.store8 i32.atomic.store16 i64.atomic.store8
    i64.atomic.store16 i64.atomic.store32`,
  ],
  [
    0xfe01e,
    "threads",
    "memarg",
    `i32.atomic.rmw.add i64.atomic.rmw.add i32.atomic.rmw8.add_u i32.atomic.rmw16.add_u
    i64.atomic.rmw8.add_u i64.atomic.rmw16.add_u i64.atomic.rmw32.add_u`,
  ],
  [
    0xfe025,
    "threads",
    "memarg",
    `i32.atomic.rmw.sub i64.atomic.rmw.sub i32.atomic.rmw8.sub_u i32.atomic.rmw16.sub_u
    i64.atomic.rmw8.sub_u i64.atomic.rmw16.sub_u i64.atomic.rmw32.sub_u`,
  ],
  [
    0xfe02c,
    "threads",
    "memarg",
    `i32.atomic.rmw.and i64.atomic.rmw.and i32.atomic.rmw8.and_u i32.atomic.rmw16.and_u
    i64.atomic.rmw8.and_u i64.atomic.rmw16.and_u i64.atomic.rmw32.and_u`,
  ],
  [
    0xfe033,
    "threads",
    "memarg",
    `i32.atomic.rmw.or i64.atomic.rmw.or i32.atomic.rmw8.or_u i32.atomic.rmw16.or_u
    i64.atomic.rmw8.or_u i64.atomic.rmw16.or_u i64.atomic.rmw32.or_u`,
  ],
  [
    0xfe03a,
    "threads",
    "memarg",
    `i32.atomic.rmw.xor i64.atomic.rmw.xor i32.atomic.rmw8.xor_u i32.atomic.rmw16.xor_u
    i64.atomic.rmw8.xor_u i64.atomic.rmw16.xor_u i64.atomic.rmw32.xor_u`,
  ],
  [
    0xfe041,
    "threads",
    "memarg",
    `i32.atomic.rmw.xchg i64.atomic.rmw.xchg i32.atomic.rmw8.xchg_u i32.atomic.rmw16.xchg_u
    i64.atomic.rmw8.xchg_u i64.atomic.rmw16.xchg_u i64.atomic.rmw32.xchg_u`,
  ],
  [
    0xfe048,
    "threads",
    "memarg",
    `i32.atomic.rmw.cmpxchg i64.atomic.rmw.cmpxchg i32.atomic.rmw8.cmpxchg_u
    i32.atomic.rmw16.cmpxchg_u i64.atomic.rmw8.cmpxchg_u i64.atomic.rmw16.cmpxchg_u
    i64.atomic.rmw32.cmpxchg_u`,
  ],
];
