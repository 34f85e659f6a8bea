/**
 * Bulk operations on memories and tables, cut into pieces (docs/artifact.md, "Injected functions"). What the
 * two have in common is written once, over a *store*: a memory or a table.
 */

import type { Template } from "./assembler.ts";
import {
  bulkBytesMax,
  bulkBytesPerUnitShift,
  bulkElementsMax,
  bulkElementsPerUnitShift,
  slackBytes,
} from "./constants.ts";
import type { ValueType } from "@skerry/wasm";
import type { Plan } from "./plan.ts";
import { charge } from "./templates_fuel.ts";
import { memoryAddress } from "./templates_memory.ts";

/** A memory or a table, for what is done with it in bulk. */
interface Store {
  readonly name: "memory" | "table";
  readonly index: number;
  readonly at: "i32" | "i64";
  readonly value: ValueType;
  /** A piece, and how its size becomes units. */
  readonly max: number;
  readonly shift: number;
  /** The end of it as i64. */
  readonly total: string;
  /** What comes before all else. */
  readonly prologue: string;
  /** MARK for a length of this type. */
  readonly mark: (lengthType: "i32" | "i64") => string;
  /** SHORT: the whole operation where one mark covers it, and what pays for it. */
  readonly short: (lengthType: "i32" | "i64", operation: string, pay: string) => string;
}

/** A memory. */
export function memoryStore(plan: Plan, index: number): Store {
  const { at, wrap } = memoryAddress(plan, index);
  const { side, memories } = plan.metadata;
  const { mode, map } = memories[index] ?? {};
  const marked = mode === "barrier";
  return {
    name: "memory",
    index,
    at,
    value: "i32",
    max: bulkBytesMax,
    shift: bulkBytesPerUnitShift,
    total: `memory.size ${index} ${at === "i32" ? "i64.extend_i32_u" : ""} i64.const 16 i64.shl`,
    prologue: "",
    mark: (lengthType) =>
      !marked ? "" : `local.get $d local.get $n
        ${at === "i64" && lengthType === "i32" ? "i64.extend_i32_u" : ""}
        call ${plan.injected("mark_range", index)}`,
    short: (lengthType, operation, pay) =>
      !marked ? "" : `local.get $n ${lengthType}.const 1 ${lengthType}.sub
        ${lengthType}.const ${slackBytes} ${lengthType}.lt_u
        if
          ${pay} ${operation}
          local.get $d ${at}.const 12 ${at}.shr_u ${wrap} i32.const 1 i32.store8 ${side} 0 ${map}
          return
        end`,
  };
}

/** A table. */
export function tableStore(plan: Plan, index: number): Store {
  const type = plan.spaces.tables[index];
  const at = type?.addressType ?? "i32";
  const changed = plan.metadata.tables[index]?.changed;
  return {
    name: "table",
    index,
    at,
    value: type?.element ?? { nullable: true, heap: "func" },
    max: bulkElementsMax,
    shift: bulkElementsPerUnitShift,
    total: `table.size ${index} ${at === "i32" ? "i64.extend_i32_u" : ""}`,
    prologue: changed === undefined ? "" : `i32.const 1 global.set ${changed}`,
    mark: () => "",
    short: () => "",
  };
}

/** `$fill_m`, `$fill_table_t`. */
export function fillTemplate(plan: Plan, store: Store): Template {
  const { at, max, name, index } = store;
  const operation = `${name}.fill ${index}`;
  return {
    params: [["d", at], ["v", store.value], ["n", at]],
    results: [],
    locals: [],
    code: `${store.prologue}
      ${
      store.short(
        at,
        `local.get $d local.get $v local.get $n ${operation}`,
        chargeRest(plan, store, at),
      )
    }
      local.get $n ${at}.const ${max} ${at}.gt_u
      if
        ${beyond("$d", at, at, store.total)}
        if local.get $d local.get $v local.get $n ${operation} unreachable end
        ${store.mark(at)}
        loop
          local.get $d local.get $v ${at}.const ${max} ${operation}
          local.get $d ${at}.const ${max} ${at}.add local.set $d
          ${pieceDone(plan, store, at)}
        end
      end
      local.get $d local.get $v local.get $n ${operation}
      ${store.mark(at)}
      ${chargeRest(plan, store, at)}`,
  };
}

/** `$copy_m_k`, `$copy_table_t_u`: from the second to the first. */
export function copyTemplate(plan: Plan, store: Store, from: Store): Template {
  const lengthType = store.at === "i64" && from.at === "i64" ? "i64" : "i32";
  const operation = `${store.name}.copy ${store.index} ${from.index}`;
  const piece = `${lengthType}.const ${store.max}`;
  const advance = (local: string, at: string): string =>
    `local.get ${local} ${at}.const ${store.max} ${at}.add local.set ${local}`;
  const forward = `loop
      local.get $d local.get $s ${piece} ${operation}
      ${advance("$d", store.at)} ${advance("$s", from.at)}
      ${pieceDone(plan, store, lengthType)}
    end`;
  // Within one store both addresses have the length's type.
  const backward = `local.get $d local.get $s ${store.at}.gt_u
    if
      loop
        local.get $n ${piece} ${lengthType}.sub local.set $n
        local.get $d local.get $n ${store.at}.add local.get $s local.get $n ${store.at}.add
        ${piece} ${operation}
        ${charge(plan, `i32.const ${store.max >> store.shift}`)}
        local.get $n ${piece} ${lengthType}.gt_u br_if 0
      end
    else`;
  const within = store.index === from.index;
  return {
    params: [["d", store.at], ["s", from.at], ["n", lengthType]],
    results: [],
    locals: [],
    code: `${store.prologue}
      ${
      store.short(
        lengthType,
        `local.get $d local.get $s local.get $n ${operation}`,
        chargeRest(plan, store, lengthType),
      )
    }
      local.get $n ${piece} ${lengthType}.gt_u
      if
        ${beyond("$d", store.at, lengthType, store.total)}
        ${beyond("$s", from.at, lengthType, from.total)} i32.or
        if local.get $d local.get $s local.get $n ${operation} unreachable end
        ${store.mark(lengthType)}
        ${within ? backward : ""} ${forward} ${within ? "end" : ""}
      end
      local.get $d local.get $s local.get $n ${operation}
      ${store.mark(lengthType)}
      ${chargeRest(plan, store, lengthType)}`,
  };
}

/** `$init_s_m`, `$init_table_e_t`; `dropped` says what stands for a segment that can be dropped. */
export function initTemplate(
  plan: Plan,
  store: Store,
  segment: number,
  dropped: { readonly flag: number; readonly empty: number } | undefined,
): Template {
  const operation = (from: number): string =>
    `local.get $d local.get $s local.get $n ${store.name}.init ${from} ${store.index}`;
  return {
    params: [["d", store.at], ["s", "i32"], ["n", "i32"]],
    results: [],
    locals: [],
    code: `${store.prologue}
      ${
      dropped === undefined
        ? operation(segment)
        : `global.get ${dropped.flag} if ${operation(dropped.empty)} else ${operation(segment)} end`
    }
      ${store.mark("i32")}
      ${chargeRest(plan, store, "i32")}`,
  };
}

/** BEYOND(x, n, total). */
function beyond(x: string, at: string, lengthType: string, total: string): string {
  const start = `local.get ${x} ${at === "i32" ? "i64.extend_i32_u" : ""}`;
  const length = `local.get $n ${lengthType === "i32" ? "i64.extend_i32_u" : ""}`;
  return `${start} ${total} i64.gt_u ${length} ${total} ${start} i64.sub i64.gt_u i32.or`;
}

/** After a piece from the front: the rest is shorter, the piece is paid, and on it goes. */
function pieceDone(plan: Plan, store: Store, lengthType: string): string {
  return `local.get $n ${lengthType}.const ${store.max} ${lengthType}.sub local.set $n
    ${charge(plan, `i32.const ${store.max >> store.shift}`)}
    local.get $n ${lengthType}.const ${store.max} ${lengthType}.gt_u br_if 0`;
}

function chargeRest(plan: Plan, store: Store, lengthType: string): string {
  const wrap = lengthType === "i64" ? "i32.wrap_i64" : "";
  return charge(plan, `local.get $n ${wrap} i32.const ${store.shift} i32.shr_u`);
}
