/** The functions that stand for growth of tables and for bulk operations on them. */

import { assembleBody } from "./assemble.ts";
import { bulkElementsMax, bulkElementsShift } from "./constants.ts";
import { copyInPieces, inPieces } from "./bulk_pieces.ts";
import type { Entities } from "./entities.ts";
import {
  ask,
  beyond,
  changed,
  charge,
  type InjectedFunction,
  localCodes as codes,
  signature,
  unlessDropped,
  wide,
} from "./function_text.ts";

/** table.grow: asks the host; an instance whose table has grown is used once. */
export function growTableFunction(entities: Entities, table: number): InjectedFunction {
  const { addressType: at, element } = entities.tableType(table);
  const { discard } = entities;
  return {
    type: signature([element, at], [at]),
    body: assembleBody(
      [codes.i32],
      `
      local.get 1 ${at}.eqz if table.size ${table} return end
      ${
        ask(
          entities,
          at,
          -1 - table,
          `table.size ${table} ${wide(at)}`,
          `local.get 1 ${wide(at)}`,
          2,
        )
      }
      ${discard === undefined ? "" : `i32.const 1 global.set ${discard}`}
      local.get 0 local.get 1 table.grow ${table}
      ${charge(entities, "i32.const 256")}`,
    ),
  };
}

/** table.fill */
export function fillTableFunction(entities: Entities, table: number): InjectedFunction {
  const { addressType: at, element } = entities.tableType(table);
  return {
    type: signature([at, element, at]),
    body: assembleBody(
      [],
      changed(entities, table) + inPieces(entities, {
        length: at,
        beyond: beyond(at, 0, at, 2, `table.size ${table} ${wide(at)}`),
        whole: `local.get 0 local.get 1 local.get 2 table.fill ${table}`,
        piece: `local.get 0 local.get 1 ${at}.const ${bulkElementsMax} table.fill ${table}`,
        steps: [[0, at]],
        lengthLocal: 2,
        most: bulkElementsMax,
        shift: bulkElementsShift,
        mark: "",
        short: () => "",
      }),
    ),
  };
}

/** table.copy */
export function copyTableFunction(entities: Entities, to: number, from: number): InjectedFunction {
  const toType = entities.tableType(to).addressType;
  const fromType = entities.tableType(from).addressType;
  const length = toType === "i64" && fromType === "i64" ? "i64" : "i32";
  return {
    type: signature([toType, fromType, length]),
    body: assembleBody(
      [],
      changed(entities, to) + copyInPieces(entities, {
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
        short: () => "",
      }),
    ),
  };
}

/** table.init */
export function initTableFunction(
  entities: Entities,
  segment: number,
  table: number,
): InjectedFunction {
  const { addressType: at } = entities.tableType(table);
  const dropped = entities.droppedElements.get(segment);
  const operands = "local.get 0 local.get 1 local.get 2";
  return {
    type: signature([at, "i32", "i32"]),
    body: assembleBody(
      [],
      `
      ${changed(entities, table)}
      ${unlessDropped(dropped, (used) => `${operands} table.init ${used} ${table}`, segment)}
      ${charge(entities, `local.get 2 i32.const ${bulkElementsShift} i32.shr_u`)}`,
    ),
  };
}
