/** Texts of which the functions that are injected are made (docs/artifact.md, "Injected functions"). */

import type { AddressType, FunctionType, ValueType } from "@skerry/wasm";
import { pageShift, slackBytes } from "./constants.ts";
import type { Entities } from "./entities.ts";
import { functionKind, memoryMode } from "./plan.ts";

/** A function to append. */
export interface InjectedFunction {
  readonly type: FunctionType;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Codes of the types that locals have. */
export const localCodes = { i32: 0x7f, i64: 0x7e } as const;

/** Type of a function. */
export function signature(
  params: readonly ValueType[],
  results: readonly ValueType[] = [],
): FunctionType {
  return { kind: "function", params, results };
}

/** Pays: nothing, where there is no fuel. */
export function charge(entities: Entities, units: string): string {
  const { fuel, tick } = entities;
  if (fuel === undefined || tick === undefined) return "";
  return `global.get ${fuel} ${units} i32.sub global.set ${fuel}
    global.get ${fuel} i32.const 0 i32.lt_s if call ${tick} end`;
}

/** Asks the host; the answer goes to a local. */
export function ask(
  entities: Entities,
  at: AddressType,
  index: number,
  size: string,
  delta: string,
  answer: number,
): string {
  const { id, growType, hooks } = entities;
  return `
    global.get ${id} i32.const ${index} ${size} ${delta} i32.const 1
    call_indirect ${growType} ${hooks} local.tee ${answer}
    i32.eqz if ${at}.const -1 return end
    local.get ${answer} i32.const 0 i32.lt_s if unreachable end`;
}

/** Says that a table was changed. */
export function changed(entities: Entities, table: number): string {
  const global = entities.changedGlobal(table);
  return global === undefined ? "" : `i32.const 1 global.set ${global} `;
}

/** Marks what was written, where the memory has a barrier. */
export function callMarkRange(
  entities: Entities,
  memory: number,
  at: AddressType,
  length: AddressType,
): string {
  if (entities.memory(memory).mode !== memoryMode.barrier) return "";
  const widened = at === "i64" && length === "i32" ? "i64.extend_i32_u" : "";
  const call = entities.functionOf(functionKind.markRange, memory);
  return `local.get 0 local.get 2 ${widened} call ${call}`;
}

/**
 * An operation on a few bytes, as most are: one mark covers them, and all that long ones need costs as much as the
 * operation itself. Of no bytes there is nothing to mark, perhaps not even a page.
 */
export function whenShort(
  entities: Entities,
  memory: number,
  at: AddressType,
  length: AddressType,
  operation: string,
  pay: string,
): string {
  if (entities.memory(memory).mode !== memoryMode.barrier) return "";
  return `
    local.get 2 ${length}.const 1 ${length}.sub ${length}.const ${slackBytes} ${length}.lt_u
    if
      ${pay}
      ${operation}
      ${pageOf(at, "local.get 0")} i32.const 1 i32.store8 ${sideAt(entities, memory)} 0
      return
    end`;
}

/** Where a memory's dirty map is. */
export function sideAt(entities: Entities, memory: number): string {
  return `${entities.sideMemory} ${entities.memory(memory).map}`;
}

/** A memory's size as its guest sees it. */
export function sizeOf(memory: number, at: AddressType, hiddenGlobal: number | undefined): string {
  if (hiddenGlobal === undefined) return `memory.size ${memory}`;
  return `memory.size ${memory} global.get ${hiddenGlobal} ${at}.sub`;
}

/** The number of the page that an address lies in, as an i32. */
export function pageOf(at: AddressType, address: string): string {
  return `${address} ${at}.const ${pageShift} ${at}.shr_u ${narrow(at)}`;
}

/** An i64 as an i32. */
export function narrow(at: AddressType): string {
  return at === "i64" ? "i32.wrap_i64" : "";
}

/** An i32 as an i64. */
export function wide(at: AddressType): string {
  return at === "i32" ? "i64.extend_i32_u" : "";
}

/** The bytes of a memory, as an i64. */
export function totalBytes(memory: number, at: AddressType): string {
  return `memory.size ${memory} ${wide(at)} i64.const 16 i64.shl`;
}

/** Whether a range of some length from a start goes beyond a total. */
export function beyond(
  at: AddressType,
  start: number,
  length: AddressType,
  lengthLocal: number,
  total: string,
): string {
  const from = `local.get ${start} ${wide(at)}`;
  return `${from} ${total} i64.gt_u
    local.get ${lengthLocal} ${wide(length)} ${total} ${from} i64.sub i64.gt_u i32.or`;
}

/** An operation on a segment, or on one without content where it was dropped. */
export function unlessDropped(
  dropped: { readonly global: number; readonly empty: number } | undefined,
  operation: (segment: number) => string,
  segment: number,
): string {
  if (dropped === undefined) return operation(segment);
  return `global.get ${dropped.global} if ${operation(dropped.empty)} else ${
    operation(segment)
  } end`;
}
