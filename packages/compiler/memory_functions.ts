/** The functions that stand for growth of memories and for bulk operations on them. */

import { assembleBody } from "./assemble.ts";
import { bulkBytesMax, bulkBytesShift, pageBytes, pageShift } from "./constants.ts";
import { copyInPieces, inPieces } from "./bulk_pieces.ts";
import type { Entities } from "./entities.ts";
import {
  ask,
  beyond,
  callMarkRange,
  charge,
  type InjectedFunction,
  localCodes as codes,
  pageOf,
  sideAt,
  signature,
  sizeOf,
  totalBytes,
  unlessDropped,
  whenShort,
  wide,
} from "./function_text.ts";

/** Marks the pages of a range that was written. */
export function markRangeFunction(entities: Entities, memory: number): InjectedFunction {
  const { map, type: { addressType: at } } = entities.memory(memory);
  const last = `local.get 0 local.get 1 ${at}.add ${at}.const 1 ${at}.sub`;
  return {
    type: signature([at, at]),
    body: assembleBody(
      [],
      `
      local.get 1 ${at}.eqz if return end
      ${pageOf(at, last)} ${pageOf(at, "local.get 0")} i32.sub i32.const 1 i32.le_u
      if
        ${pageOf(at, "local.get 0")} i32.const 1 i32.store8 ${sideAt(entities, memory)} 0
        ${pageOf(at, last)} i32.const 1 i32.store8 ${sideAt(entities, memory)} 0
        return
      end
      ${pageOf(at, "local.get 0")} i32.const ${map} i32.add
      i32.const 1
      ${pageOf(at, last)} ${pageOf(at, "local.get 0")} i32.sub i32.const 1 i32.add
      memory.fill ${entities.sideMemory}`,
    ),
  };
}

/**
 * Marks the pages from local 0 to local 1, each displaced by local 3, in steps of local 2. Where a step or a sum might
 * wrap, it marks all that the memory can have.
 */
export function markSpanFunction(entities: Entities, memory: number): InjectedFunction {
  const { map, type: { limits } } = entities.memory(memory);
  const most = Number((limits.max ?? 0n) * 65_536n) | 0;
  const [from, to] = ["local.get 4", "local.get 5"];
  const length = `${to} ${from} i32.sub`;
  return {
    type: signature(["i32", "i32", "i32", "i32"]),
    body: assembleBody(
      [codes.i32, codes.i32],
      `
      local.get 0 local.get 3 i32.add local.set 4
      local.get 1 local.get 3 i32.add local.set 5
      local.get 0 local.get 1 i32.lt_u
      local.get 1 i32.const 0 local.get 2 i32.sub i32.le_u i32.and
      ${from} ${to} i32.lt_u i32.and i32.eqz
      if i32.const 0 local.set 4 i32.const ${most} local.set 5 i32.const 0 local.set 2 end
      ${to} i32.const ${most} i32.gt_u if i32.const ${most} local.set 5 end
      ${from} ${to} i32.ge_u if return end
      ${charge(entities, `${length} i32.const ${pageShift} i32.shr_u`)}
      local.get 2 i32.const ${pageBytes} i32.gt_u
      if
        ${length} local.set 5
        loop
          ${pageOf("i32", from)} i32.const 1 i32.store8 ${sideAt(entities, memory)} 0
          ${to} local.get 2 i32.gt_u
          if
            ${to} local.get 2 i32.sub local.set 5
            ${from} local.get 2 i32.add local.set 4
            br 1
          end
        end
        return
      end
      ${pageOf("i32", from)} i32.const ${map} i32.add
      i32.const 1
      ${pageOf("i32", `${to} i32.const 1 i32.sub`)} ${pageOf("i32", from)} i32.sub
      i32.const 1 i32.add
      memory.fill ${entities.sideMemory}`,
    ),
  };
}

/** memory.grow: asks the host, and hands out what a reset has hidden first. */
export function growFunction(entities: Entities, memory: number): InjectedFunction {
  const { type: { addressType: at, limits }, hiddenGlobal } = entities.memory(memory);
  const size = sizeOf(memory, at, hiddenGlobal);
  const max = limits.max ?? (at === "i32" ? 65_536n : 2n ** 48n);
  const effect = hiddenGlobal === undefined ? `local.get 0 memory.grow ${memory}` : `
      local.get 0 global.get ${hiddenGlobal} ${at}.gt_u
      if
        local.get 0 global.get ${hiddenGlobal} ${at}.sub memory.grow ${memory} ${at}.const -1 ${at}.eq
        if ${at}.const -1 return end
        ${at}.const 0 global.set ${hiddenGlobal}
      else
        global.get ${hiddenGlobal} local.get 0 ${at}.sub global.set ${hiddenGlobal}
      end
      local.get 1`;
  return {
    type: signature([at], [at]),
    body: assembleBody(
      [codes[at], codes.i32],
      `
      ${size} local.set 1
      local.get 0 ${at}.const ${max} local.get 1 ${at}.sub ${at}.gt_u if ${at}.const -1 return end
      local.get 0 ${at}.eqz if local.get 1 return end
      ${ask(entities, at, memory, `local.get 1 ${wide(at)}`, `local.get 0 ${wide(at)}`, 2)}
      ${effect}`,
    ),
  };
}

/** memory.fill */
export function fillFunction(entities: Entities, memory: number): InjectedFunction {
  const { addressType: at } = entities.memory(memory).type;
  const mark = callMarkRange(entities, memory, at, at);
  const whole = `local.get 0 local.get 1 local.get 2 memory.fill ${memory}`;
  return {
    type: signature([at, "i32", at]),
    body: assembleBody(
      [],
      inPieces(entities, {
        length: at,
        beyond: beyond(at, 0, at, 2, totalBytes(memory, at)),
        whole,
        piece: `local.get 0 local.get 1 ${at}.const ${bulkBytesMax} memory.fill ${memory}`,
        steps: [[0, at]],
        lengthLocal: 2,
        most: bulkBytesMax,
        shift: bulkBytesShift,
        mark,
        short: (pay) => whenShort(entities, memory, at, at, whole, pay),
      }),
    ),
  };
}

/** memory.copy */
export function copyFunction(entities: Entities, to: number, from: number): InjectedFunction {
  const toType = entities.memory(to).type.addressType;
  const fromType = entities.memory(from).type.addressType;
  const length = toType === "i64" && fromType === "i64" ? "i64" : "i32";
  const operation = `memory.copy ${to} ${from}`;
  const whole = `local.get 0 local.get 1 local.get 2 ${operation}`;
  return {
    type: signature([toType, fromType, length]),
    body: assembleBody(
      [],
      copyInPieces(entities, {
        toType,
        fromType,
        length,
        same: to === from,
        beyond: `${beyond(toType, 0, length, 2, totalBytes(to, toType))}
          ${beyond(fromType, 1, length, 2, totalBytes(from, fromType))} i32.or`,
        operation,
        most: bulkBytesMax,
        shift: bulkBytesShift,
        mark: callMarkRange(entities, to, toType, length),
        short: (pay) => whenShort(entities, to, toType, length, whole, pay),
      }),
    ),
  };
}

/** memory.init */
export function initMemoryFunction(
  entities: Entities,
  segment: number,
  memory: number,
): InjectedFunction {
  const { addressType: at } = entities.memory(memory).type;
  const dropped = entities.droppedData.get(segment);
  const operands = "local.get 0 local.get 1 local.get 2";
  return {
    type: signature([at, "i32", "i32"]),
    body: assembleBody(
      [],
      `
      ${unlessDropped(dropped, (used) => `${operands} memory.init ${used} ${memory}`, segment)}
      ${callMarkRange(entities, memory, at, "i32")}
      ${charge(entities, `local.get 2 i32.const ${bulkBytesShift} i32.shr_u`)}`,
    ),
  };
}
