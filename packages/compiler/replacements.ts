/** The instructions that something of ours stands for, or that get something before them. */

import type { AddressType } from "@skerry/wasm";
import type { Entities } from "./entities.ts";
import { functionKind } from "./plan.ts";

/** What becomes of an instruction. */
export type Replacement =
  | { readonly kind: "call"; readonly index: number }
  /** A flag is set instead. */
  | { readonly kind: "flag"; readonly index: number }
  /** What a reset has hidden is taken off the memory's size. */
  | { readonly kind: "size"; readonly index: number; readonly at: AddressType }
  /** The instruction stays; its length is charged before. */
  | { readonly kind: "length"; readonly index: number };

/** Whether there may be a replacement for an opcode: memory.size to memory.grow, bulk operations, arrays. */
export function isReplaceable(opcode: number): boolean {
  return (opcode >= 0xfc008 && opcode <= 0xfc011) || (opcode >= 0xfb006 && opcode <= 0xfb013) ||
    opcode === 0x3f || opcode === 0x40;
}

/**
 * The replacement for an instruction.
 *
 * @param first its first immediate
 * @param second reads its second one
 */
export function replacementOf(
  entities: Entities,
  opcode: number,
  first: number,
  second: () => number,
): Replacement | undefined {
  const call = (kind: number, a: number, b = 0): Replacement | undefined => {
    const index = entities.findFunction(kind, a, b);
    return index === undefined ? undefined : { kind: "call", index };
  };
  const flag = (dropped: { readonly global: number } | undefined): Replacement | undefined =>
    dropped === undefined ? undefined : { kind: "flag", index: dropped.global };
  switch (opcode) {
    case 0x3f: { // memory.size
      const { hiddenGlobal, type } = entities.memory(first);
      if (hiddenGlobal === undefined) return undefined;
      return { kind: "size", index: hiddenGlobal, at: type.addressType };
    }
    case 0x40: // memory.grow
      return call(functionKind.grow, first);
    case 0xfc008: // memory.init
      return call(functionKind.init, first, second());
    case 0xfc009: // data.drop
      return flag(entities.droppedData.get(first));
    case 0xfc00a: // memory.copy
      return call(functionKind.copy, first, second());
    case 0xfc00b: // memory.fill
      return call(functionKind.fill, first);
    case 0xfc00c: // table.init
      return call(functionKind.initTable, first, second());
    case 0xfc00d: // elem.drop
      return flag(entities.droppedElements.get(first));
    case 0xfc00e: // table.copy
      return call(functionKind.copyTable, first, second());
    case 0xfc00f: // table.grow
      return call(functionKind.growTable, first);
    case 0xfc011: // table.fill
      return call(functionKind.fillTable, first);
    case 0xfb006: // array.new
    case 0xfb007: // array.new_default
    case 0xfb009: // array.new_data
    case 0xfb00a: // array.new_elem
    case 0xfb010: // array.fill
    case 0xfb011: // array.copy
    case 0xfb012: // array.init_data
    case 0xfb013: { // array.init_elem
      const index = entities.findFunction(functionKind.chargeLength);
      return index === undefined ? undefined : { kind: "length", index };
    }
    default:
      return undefined;
  }
}
