/** `$grow_table_t`, `$restore_m`, `$sweep_m`, `$init`, `$reset` (docs/artifact.md, "Injected functions"). */

import { assembleCode, type Template } from "./assembler.ts";
import { slackBytes } from "./constants.ts";
import type { Plan } from "./plan.ts";
import { ask, charge } from "./templates_fuel.ts";
import { memoryAddress } from "./templates_memory.ts";

/** `$grow_table_t`. */
export function growTableTemplate(plan: Plan, table: number): Template {
  const type = plan.spaces.tables[table];
  const at = type?.addressType ?? "i32";
  const { discard, passes } = plan.metadata;
  return {
    params: [["v", type?.element ?? { nullable: true, heap: "func" }], ["n", at]],
    results: [at],
    locals: [["a", "i32"]],
    code: `local.get $n ${at}.eqz if table.size ${table} return end
      ${ask(plan, -1 - table, `table.size ${table}`, "local.get $n", at)}
      ${passes.reset ? `i32.const 1 global.set ${discard}` : ""}
      local.get $v local.get $n table.grow ${table}
      ${charge(plan, "i32.const 256")}`,
  };
}

/** `$restore_m`. */
export function restoreTemplate(plan: Plan, memory: number): Template {
  const { at, wrap } = memoryAddress(plan, memory);
  const upTo = (place: bigint): string =>
    `${at}.const ${place} local.get $e ${at}.const ${place} local.get $e ${at}.lt_u select
      local.tee $t local.get $a ${at}.gt_u`;
  const zeros = (end: string): string =>
    `local.get $a i32.const 0 local.get ${end} local.get $a ${at}.sub memory.fill ${memory}`;
  const parts = plan.imagesOf(memory).map(({ first, length, segment }) =>
    `${upTo(first)} if ${zeros("$t")} local.get $t local.set $a end
    ${upTo(first + BigInt(length))}
    if local.get $a local.get $a ${at}.const ${first} ${at}.sub ${wrap}
      local.get $t local.get $a ${at}.sub ${wrap} memory.init ${segment} ${memory}
      local.get $t local.set $a end`
  );
  return {
    params: [["a", at], ["e", at]],
    results: [],
    locals: [["t", at]],
    code: `${parts.join(" ")} local.get $e local.get $a ${at}.gt_u if ${zeros("$e")} end`,
  };
}

/** `$sweep_m`. */
export function sweepTemplate(plan: Plan, memory: number): Template {
  const { at, wrap, extend } = memoryAddress(plan, memory);
  const { side, memories } = plan.metadata;
  const map = memories[memory]?.map;
  const bytes = (local: string): string => `local.get ${local} ${extend} ${at}.const 12 ${at}.shl`;
  return {
    params: [],
    results: [],
    locals: [["p", "i32"], ["q", "i32"], ["limit", "i32"], ["e", at], ["w", "i64"]],
    code: `memory.size ${memory} ${wrap} i32.const 4 i32.shl local.set $limit
      block
        loop
          local.get $p local.get $limit i32.ge_u br_if 1
          local.get $p i64.load ${side} 0 ${map} local.tee $w i64.eqz
          if local.get $p i32.const 8 i32.add local.set $p br 1 end
          local.get $p local.get $w i64.ctz i32.wrap_i64 i32.const 3 i32.shr_u i32.add
          local.tee $p local.set $q
          loop
            local.get $q i32.const 1 i32.add local.tee $q local.get $limit i32.lt_u
            if local.get $q i32.load8_u ${side} 0 ${map} br_if 1 end
          end
          ${bytes("$q")} ${at}.const ${slackBytes} ${at}.add local.set $e
          ${bytes("$limit")} local.get $e ${bytes("$limit")} local.get $e ${at}.lt_u select
          local.set $e
          ${bytes("$p")} local.get $e call ${plan.injected("restore", memory)}
          local.get $p i32.const ${map} i32.add i32.const 0 local.get $q local.get $p i32.sub
          memory.fill ${side}
          local.get $q i32.const -8 i32.and local.set $p
          br 0
        end
      end`,
  };
}

/** `$init`. */
export function initializeTemplate(plan: Plan): Template {
  const images = plan.metadata.images.map(({ memory, first, length, segment }) =>
    `${memoryAddress(plan, memory).at}.const ${first} i32.const 0 i32.const ${length}
    memory.init ${segment} ${memory}`
  );
  const snapshots = plan.metadata.tables.map(({ snapshot }, table) =>
    snapshot === undefined ? "" : tableCopy(plan, table, snapshot, table)
  );
  return { params: [], results: [], locals: [], code: [...images, ...snapshots].join(" ") };
}

/** `$reset`, in pieces: initial expressions are bytes of the module, not text. */
export function resetBody(plan: Plan): Uint8Array[] {
  const { memories, tables, droppedData, droppedElements, discard } = plan.metadata;
  const parts: Uint8Array[] = [Uint8Array.of(0)];
  const add = (code: string): number => parts.push(assembleCode(code));
  const sizeMin = (memory: number): string =>
    `${memoryAddress(plan, memory).at}.const ${plan.spaces.memories[memory]?.limits.min}`;
  memories.forEach(({ mode, hidden }, memory) => {
    const { at } = memoryAddress(plan, memory);
    if (mode === "barrier") add(`call ${plan.injected("sweep", memory)}`);
    if (mode === "whole") {
      add(`${at}.const 0 memory.size ${memory} ${at}.const 16 ${at}.shl
        call ${plan.injected("restore", memory)}`);
    }
    if (mode !== "kept" && hidden !== undefined) {
      add(`memory.size ${memory} ${sizeMin(memory)} ${at}.sub global.set ${hidden}`);
    }
  });
  for (const part of globalResets(plan)) parts.push(part);
  tables.forEach(({ snapshot, changed }, table) => {
    if (snapshot === undefined || changed === undefined) return;
    add(`global.get ${changed} if ${tableCopy(plan, table, table, snapshot)}
      i32.const 0 global.set ${changed} end`);
  });
  for (const flag of droppedData.values()) add(`i32.const 0 global.set ${flag}`);
  for (const { flag } of droppedElements.values()) add(`i32.const 0 global.set ${flag}`);
  add("i32.const 0");
  memories.forEach(({ hidden }, memory) => {
    if (hidden === undefined) return;
    const { at } = memoryAddress(plan, memory);
    add(`memory.size ${memory} ${sizeMin(memory)} ${at}.ne i32.or`);
  });
  if (discard !== undefined) add(`global.get ${discard} i32.const 1 i32.shl i32.or`);
  parts.push(Uint8Array.of(0x0b));
  return parts;
}

/** Each mutable global of the module gets its initial value again. */
function globalResets(plan: Plan): Uint8Array[] {
  const { module, metadata, spaces } = plan;
  const imported = spaces.globals.length - module.globals.length;
  return module.globals.flatMap(({ type, init }, defined) => {
    const index = imported + defined;
    if (!type.mutable || index >= metadata.guest.globals) return [];
    return [init.bytes.subarray(init.start, init.end - 1), assembleCode(`global.set ${index}`)];
  });
}

/** All elements that a table began with, to the first from the second. */
function tableCopy(plan: Plan, table: number, to: number, from: number): string {
  const type = plan.spaces.tables[table];
  const at = type?.addressType ?? "i32";
  return `${at}.const 0 ${at}.const 0 ${at}.const ${type?.limits.min} table.copy ${to} ${from}`;
}
