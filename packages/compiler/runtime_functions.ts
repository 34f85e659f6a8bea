/**
 * The functions that stand in an artifact beside the module's own (docs/artifact.md, "Injected functions"):
 * text with the indexes of a plan filled in.
 */

import { bug } from "@skerry/base";
import { type AddressType, type FunctionType, type ValueType, type WasmModule } from "@skerry/wasm";
import { assembleBody } from "./assemble.ts";
import {
  bulkBytesMax,
  bulkBytesShift,
  bulkElementsMax,
  bulkElementsShift,
  pageShift,
} from "./constants.ts";
import { type Entities } from "./entities.ts";
import { functionKind, memoryMode, type PlannedFunction } from "./plan.ts";
import { initFunction, resetFunction, restoreFunction, sweepFunction } from "./reset_functions.ts";

/** A function to append. */
export interface InjectedFunction {
  readonly type: FunctionType;
  readonly body: Uint8Array<ArrayBuffer>;
}

const codes = { i32: 0x7f, i64: 0x7e } as const;

/** Type of a function. */
export function signature(
  params: readonly ValueType[],
  results: readonly ValueType[] = [],
): FunctionType {
  return { kind: "function", params, results };
}

/** What the host is called as. */
export const tickType: FunctionType = signature(["i32", "i32"], ["i32"]);
export const growType: FunctionType = signature(["i32", "i32", "i64", "i64"], ["i32"]);

/** Writes one of the plan's functions. */
export function injectedFunction(
  module: WasmModule,
  entities: Entities,
  { kind, a, b }: PlannedFunction,
): InjectedFunction {
  const writer = new FunctionWriter(entities);
  switch (kind) {
    case functionKind.tick:
      return writer.tick();
    case functionKind.chargeLength:
      return writer.chargeLength();
    case functionKind.markRange:
      return writer.markRange(a);
    case functionKind.grow:
      return writer.grow(a);
    case functionKind.fill:
      return writer.fill(a);
    case functionKind.copy:
      return writer.copy(a, b);
    case functionKind.init:
      return writer.init(a, b);
    case functionKind.growTable:
      return writer.growTable(a);
    case functionKind.fillTable:
      return writer.fillTable(a);
    case functionKind.copyTable:
      return writer.copyTable(a, b);
    case functionKind.initTable:
      return writer.initTable(a, b);
    case functionKind.restore:
      return restoreFunction(entities, a);
    case functionKind.sweep:
      return sweepFunction(entities, a);
    case functionKind.runInit:
      return initFunction(entities);
    case functionKind.runReset:
      return resetFunction(module, entities);
    default:
      return bug(`no injected function is of kind ${kind}`);
  }
}

class FunctionWriter {
  readonly #entities: Entities;

  constructor(entities: Entities) {
    this.#entities = entities;
  }

  tick(): InjectedFunction {
    const { fuel, id, hooks, tickType } = this.#entities;
    return {
      type: signature([]),
      body: assembleBody(
        [],
        `
        global.get ${id} global.get ${fuel} i32.const 0 call_indirect ${tickType} ${hooks}
        global.set ${fuel}
        global.get ${fuel} i32.const 0 i32.le_s if unreachable end`,
      ),
    };
  }

  chargeLength(): InjectedFunction {
    return {
      type: signature(["i32"]),
      body: assembleBody([], this.#charge(`local.get 0 i32.const ${bulkElementsShift} i32.shr_u`)),
    };
  }

  markRange(memory: number): InjectedFunction {
    const { map, type: { addressType: at } } = this.#entities.memory(memory);
    const last = `local.get 0 local.get 1 ${at}.add ${at}.const 1 ${at}.sub`;
    return {
      type: signature([at, at]),
      body: assembleBody(
        [],
        `
        local.get 1 ${at}.eqz if return end
        ${pageOf(at, last)} ${pageOf(at, "local.get 0")} i32.sub i32.const 1 i32.le_u
        if
          ${pageOf(at, "local.get 0")} i32.const 1 i32.store8 ${this.#side(memory)} 0
          ${pageOf(at, last)} i32.const 1 i32.store8 ${this.#side(memory)} 0
          return
        end
        ${pageOf(at, "local.get 0")} i32.const ${map} i32.add
        i32.const 1
        ${pageOf(at, last)} ${pageOf(at, "local.get 0")} i32.sub i32.const 1 i32.add
        memory.fill ${this.#entities.sideMemory}`,
      ),
    };
  }

  grow(memory: number): InjectedFunction {
    const { type: { addressType: at, limits }, hiddenGlobal } = this.#entities.memory(memory);
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
        ${this.#ask(at, memory, `local.get 1 ${wide(at)}`, `local.get 0 ${wide(at)}`, 2)}
        ${effect}`,
      ),
    };
  }

  fill(memory: number): InjectedFunction {
    const { addressType: at } = this.#entities.memory(memory).type;
    const mark = this.#markRange(memory, at, at);
    return {
      type: signature([at, "i32", at]),
      body: assembleBody(
        [],
        this.#inPieces({
          length: at,
          beyond: beyond(at, 0, at, 2, totalBytes(memory, at)),
          whole: `local.get 0 local.get 1 local.get 2 memory.fill ${memory}`,
          piece: `local.get 0 local.get 1 ${at}.const ${bulkBytesMax} memory.fill ${memory}`,
          steps: [[0, at]],
          lengthLocal: 2,
          most: bulkBytesMax,
          shift: bulkBytesShift,
          mark,
        }),
      ),
    };
  }

  copy(to: number, from: number): InjectedFunction {
    const toType = this.#entities.memory(to).type.addressType;
    const fromType = this.#entities.memory(from).type.addressType;
    const length = toType === "i64" && fromType === "i64" ? "i64" : "i32";
    return {
      type: signature([toType, fromType, length]),
      body: assembleBody(
        [],
        this.#copyInPieces({
          toType,
          fromType,
          length,
          same: to === from,
          beyond: `${beyond(toType, 0, length, 2, totalBytes(to, toType))}
            ${beyond(fromType, 1, length, 2, totalBytes(from, fromType))} i32.or`,
          operation: `memory.copy ${to} ${from}`,
          most: bulkBytesMax,
          shift: bulkBytesShift,
          mark: this.#markRange(to, toType, length),
        }),
      ),
    };
  }

  init(segment: number, memory: number): InjectedFunction {
    const { addressType: at } = this.#entities.memory(memory).type;
    const dropped = this.#entities.droppedData.get(segment);
    const operands = "local.get 0 local.get 1 local.get 2";
    return {
      type: signature([at, "i32", "i32"]),
      body: assembleBody(
        [],
        `
        ${unlessDropped(dropped, (used) => `${operands} memory.init ${used} ${memory}`, segment)}
        ${this.#markRange(memory, at, "i32")}
        ${this.#charge(`local.get 2 i32.const ${bulkBytesShift} i32.shr_u`)}`,
      ),
    };
  }

  growTable(table: number): InjectedFunction {
    const { addressType: at, element } = this.#entities.tableType(table);
    const { discard } = this.#entities;
    return {
      type: signature([element, at], [at]),
      body: assembleBody(
        [codes.i32],
        `
        local.get 1 ${at}.eqz if table.size ${table} return end
        ${
          this.#ask(at, -1 - table, `table.size ${table} ${wide(at)}`, `local.get 1 ${wide(at)}`, 2)
        }
        ${discard === undefined ? "" : `i32.const 1 global.set ${discard}`}
        local.get 0 local.get 1 table.grow ${table}
        ${this.#charge("i32.const 256")}`,
      ),
    };
  }

  fillTable(table: number): InjectedFunction {
    const { addressType: at, element } = this.#entities.tableType(table);
    return {
      type: signature([at, element, at]),
      body: assembleBody(
        [],
        this.#changed(table) + this.#inPieces({
          length: at,
          beyond: beyond(at, 0, at, 2, `table.size ${table} ${wide(at)}`),
          whole: `local.get 0 local.get 1 local.get 2 table.fill ${table}`,
          piece: `local.get 0 local.get 1 ${at}.const ${bulkElementsMax} table.fill ${table}`,
          steps: [[0, at]],
          lengthLocal: 2,
          most: bulkElementsMax,
          shift: bulkElementsShift,
          mark: "",
        }),
      ),
    };
  }

  copyTable(to: number, from: number): InjectedFunction {
    const toType = this.#entities.tableType(to).addressType;
    const fromType = this.#entities.tableType(from).addressType;
    const length = toType === "i64" && fromType === "i64" ? "i64" : "i32";
    return {
      type: signature([toType, fromType, length]),
      body: assembleBody(
        [],
        this.#changed(to) + this.#copyInPieces({
          toType,
          fromType,
          length,
          same: to === from,
          beyond: `${beyond(toType, 0, length, 2, `table.size ${to} ${wide(toType)}`)}
            ${beyond(fromType, 1, length, 2, `table.size ${from} ${wide(fromType)}`)} i32.or`,
          operation: `table.copy ${to} ${from}`,
          most: bulkElementsMax,
          shift: bulkElementsShift,
          mark: "",
        }),
      ),
    };
  }

  initTable(segment: number, table: number): InjectedFunction {
    const { addressType: at } = this.#entities.tableType(table);
    const dropped = this.#entities.droppedElements.get(segment);
    const operands = "local.get 0 local.get 1 local.get 2";
    return {
      type: signature([at, "i32", "i32"]),
      body: assembleBody(
        [],
        `
        ${this.#changed(table)}
        ${unlessDropped(dropped, (used) => `${operands} table.init ${used} ${table}`, segment)}
        ${this.#charge(`local.get 2 i32.const ${bulkElementsShift} i32.shr_u`)}`,
      ),
    };
  }

  #inPieces(bulk: {
    length: AddressType;
    beyond: string;
    whole: string;
    piece: string;
    steps: readonly (readonly [local: number, type: AddressType])[];
    lengthLocal: number;
    most: number;
    shift: number;
    mark: string;
  }): string {
    const { length, most, shift } = bulk;
    return `
      local.get 2 ${length}.const ${most} ${length}.gt_u
      if
        ${bulk.beyond} if ${bulk.whole} unreachable end
        ${bulk.mark}
        ${this.#piecesUpwards(bulk)}
      end
      ${bulk.whole}
      ${bulk.mark}
      ${this.#charge(`local.get 2 ${narrow(length)} i32.const ${shift} i32.shr_u`)}`;
  }

  #piecesUpwards(bulk: {
    length: AddressType;
    piece: string;
    steps: readonly (readonly [local: number, type: AddressType])[];
    most: number;
    shift: number;
  }): string {
    const { length, most, shift } = bulk;
    const steps = bulk.steps.map(([local, type]) =>
      `local.get ${local} ${type}.const ${most} ${type}.add local.set ${local}`
    );
    return `
      loop
        ${bulk.piece}
        ${steps.join(" ")}
        local.get 2 ${length}.const ${most} ${length}.sub local.set 2
        ${this.#charge(`i32.const ${most >> shift}`)}
        local.get 2 ${length}.const ${most} ${length}.gt_u br_if 0
      end`;
  }

  #copyInPieces(bulk: {
    toType: AddressType;
    fromType: AddressType;
    length: AddressType;
    same: boolean;
    beyond: string;
    operation: string;
    most: number;
    shift: number;
    mark: string;
  }): string {
    const { toType: at, length, most, shift, operation } = bulk;
    const whole = `local.get 0 local.get 1 local.get 2 ${operation}`;
    const upwards = this.#piecesUpwards({
      ...bulk,
      piece: `local.get 0 local.get 1 ${length}.const ${most} ${operation}`,
      steps: [[0, at], [1, bulk.fromType]],
    });
    const downwards = `
      loop
        local.get 2 ${length}.const ${most} ${length}.sub local.set 2
        local.get 0 local.get 2 ${at}.add local.get 1 local.get 2 ${at}.add
        ${at}.const ${most} ${operation}
        ${this.#charge(`i32.const ${most >> shift}`)}
        local.get 2 ${length}.const ${most} ${length}.gt_u br_if 0
      end`;
    return `
      local.get 2 ${length}.const ${most} ${length}.gt_u
      if
        ${bulk.beyond} if ${whole} unreachable end
        ${bulk.mark}
        ${
      bulk.same ? `local.get 0 local.get 1 ${at}.gt_u if ${downwards} else ${upwards} end` : upwards
    }
      end
      ${whole}
      ${bulk.mark}
      ${this.#charge(`local.get 2 ${narrow(length)} i32.const ${shift} i32.shr_u`)}`;
  }

  #charge(units: string): string {
    const { fuel, tick } = this.#entities;
    if (fuel === undefined || tick === undefined) return "";
    return `global.get ${fuel} ${units} i32.sub global.set ${fuel}
      global.get ${fuel} i32.const 0 i32.lt_s if call ${tick} end`;
  }

  /** Asks the host; the answer goes to a local. */
  #ask(at: AddressType, index: number, size: string, delta: string, answer: number): string {
    const { id, growType, hooks } = this.#entities;
    return `
      global.get ${id} i32.const ${index} ${size} ${delta} i32.const 1
      call_indirect ${growType} ${hooks} local.tee ${answer}
      i32.eqz if ${at}.const -1 return end
      local.get ${answer} i32.const 0 i32.lt_s if unreachable end`;
  }

  #changed(table: number): string {
    const global = this.#entities.changedGlobal(table);
    return global === undefined ? "" : `i32.const 1 global.set ${global} `;
  }

  #markRange(memory: number, at: AddressType, length: AddressType): string {
    if (this.#entities.memory(memory).mode !== memoryMode.barrier) return "";
    const widened = at === "i64" && length === "i32" ? "i64.extend_i32_u" : "";
    const call = this.#entities.functionOf(functionKind.markRange, memory);
    return `local.get 0 local.get 2 ${widened} call ${call}`;
  }

  #side(memory: number): string {
    return `${this.#entities.sideMemory} ${this.#entities.memory(memory).map}`;
  }
}

/** A memory's size as its guest sees it. */
function sizeOf(memory: number, at: AddressType, hiddenGlobal: number | undefined): string {
  if (hiddenGlobal === undefined) return `memory.size ${memory}`;
  return `memory.size ${memory} global.get ${hiddenGlobal} ${at}.sub`;
}

/** The number of the page that an address lies in, as an i32. */
export function pageOf(at: AddressType, address: string): string {
  return `${address} ${at}.const ${pageShift} ${at}.shr_u ${narrow(at)}`;
}

function narrow(at: AddressType): string {
  return at === "i64" ? "i32.wrap_i64" : "";
}

function wide(at: AddressType): string {
  return at === "i32" ? "i64.extend_i32_u" : "";
}

function totalBytes(memory: number, at: AddressType): string {
  return `memory.size ${memory} ${wide(at)} i64.const 16 i64.shl`;
}

/** Whether a range of some length from a start goes beyond a total. */
function beyond(
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

function unlessDropped(
  dropped: { readonly global: number; readonly empty: number } | undefined,
  operation: (segment: number) => string,
  segment: number,
): string {
  if (dropped === undefined) return operation(segment);
  return `global.get ${dropped.global} if ${operation(dropped.empty)} else ${
    operation(segment)
  } end`;
}
