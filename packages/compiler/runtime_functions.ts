/**
 * The functions that stand in an artifact beside the module's own (docs/artifact.md, "Injected functions"):
 * text with the indexes of a plan filled in.
 */

import { bug } from "@skerry/base";
import type { FunctionType, WasmModule } from "@skerry/wasm";
import { assembleBody } from "./assemble.ts";
import { bulkElementsShift } from "./constants.ts";
import type { Entities } from "./entities.ts";
import { charge, type InjectedFunction, signature } from "./function_text.ts";
import {
  copyFunction,
  fillFunction,
  growFunction,
  initMemoryFunction,
  markRangeFunction,
  markSpanFunction,
} from "./memory_functions.ts";
import { functionKind, type PlannedFunction } from "./plan.ts";
import { initFunction, resetFunction, restoreFunction, sweepFunction } from "./reset_functions.ts";
import {
  copyTableFunction,
  fillTableFunction,
  growTableFunction,
  initTableFunction,
} from "./table_functions.ts";

/** What the host is called as. */
export const tickType: FunctionType = signature(["i32", "i32"], ["i32"]);
export const growType: FunctionType = signature(["i32", "i32", "i64", "i64"], ["i32"]);

/** Writes one of the plan's functions. */
export function injectedFunction(
  module: WasmModule,
  entities: Entities,
  { kind, a, b }: PlannedFunction,
): InjectedFunction {
  switch (kind) {
    case functionKind.tick:
      return tickFunction(entities);
    case functionKind.chargeLength:
      return chargeLengthFunction(entities);
    case functionKind.markRange:
      return markRangeFunction(entities, a);
    case functionKind.markSpan:
      return markSpanFunction(entities, a);
    case functionKind.grow:
      return growFunction(entities, a);
    case functionKind.fill:
      return fillFunction(entities, a);
    case functionKind.copy:
      return copyFunction(entities, a, b);
    case functionKind.init:
      return initMemoryFunction(entities, a, b);
    case functionKind.growTable:
      return growTableFunction(entities, a);
    case functionKind.fillTable:
      return fillTableFunction(entities, a);
    case functionKind.copyTable:
      return copyTableFunction(entities, a, b);
    case functionKind.initTable:
      return initTableFunction(entities, a, b);
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

/** Calls the host for another quantum. */
function tickFunction(entities: Entities): InjectedFunction {
  const { fuel, id, hooks, tickType } = entities;
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

/** Pays for the length of an array. */
function chargeLengthFunction(entities: Entities): InjectedFunction {
  return {
    type: signature(["i32"]),
    body: assembleBody(
      [],
      charge(entities, `local.get 0 i32.const ${bulkElementsShift} i32.shr_u`),
    ),
  };
}
