/** How the immediates of instructions are passed over: a few shapes cover all of them. */

import { bug } from "@skerry/base";
import type { Immediate } from "./opcode_table.ts";

/** Small numbers, for a switch in the loop that reads every instruction. */
export const shape = {
  unknown: 0,
  none: 1,
  u32: 2,
  memarg: 3,
  s32: 4,
  block: 5,
  u32Twice: 6,
  s64: 7,
  bytes4: 8,
  bytes8: 9,
  labels: 10,
  prefix: 11,
  byte: 12,
  bytes16: 13,
  memargByte: 14,
  heapType: 15,
  cast: 16,
  valueTypes: 17,
  blockCatches: 18,
  zero: 19,
} as const;

/** The shape of a list of immediates. */
export function shapeOf(immediates: readonly Immediate[]): number {
  const key = immediates.map((kind) => indexKinds.has(kind) ? "u32" : kind).join(" ");
  return shapeByKey[key] ?? bug(`no shape for the immediates "${key}"`);
}

const indexKinds: ReadonlySet<Immediate> = new Set<Immediate>([
  "data",
  "element",
  "field",
  "function",
  "global",
  "label",
  "local",
  "memory",
  "table",
  "tag",
  "type",
]);

const shapeByKey: Readonly<Record<string, number>> = {
  "": shape.none,
  "u32": shape.u32,
  "u32 u32": shape.u32Twice,
  "memarg": shape.memarg,
  "memarg lane": shape.memargByte,
  "block": shape.block,
  "block catches": shape.blockCatches,
  "i32": shape.s32,
  "i64": shape.s64,
  "f32": shape.bytes4,
  "f64": shape.bytes8,
  "v128": shape.bytes16,
  "lanes": shape.bytes16,
  "lane": shape.byte,
  "labels": shape.labels,
  "valueTypes": shape.valueTypes,
  "heapType": shape.heapType,
  "castFlags u32 heapType heapType": shape.cast,
  "zero": shape.zero,
};
