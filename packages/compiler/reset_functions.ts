/**
 * The functions that make an instance as good as new: they restore what was written of its memories, then
 * globals, tables and dropped segments (docs/artifact.md, "Injected functions").
 */

import type { ByteRange, WasmModule } from "@skerry/wasm";
import { ByteWriter } from "@skerry/wasm";
import { assembleBody } from "./assemble.ts";
import { pageShift, slackBytes } from "./constants.ts";
import type { Entities } from "./entities.ts";
import { type InjectedFunction, localCodes as codes } from "./function_text.ts";
import { functionKind, memoryMode } from "./plan.ts";

/** From an address to another: copies where there is an image, zeros elsewhere. */
export function restoreFunction(entities: Entities, memory: number): InjectedFunction {
  const { addressType: at } = entities.memory(memory).type;
  const wrap = at === "i64" ? "i32.wrap_i64" : "";
  const upTo = (bound: bigint, effect: string) => `
    ${at}.const ${bound} local.get 1 ${at}.const ${bound} local.get 1 ${at}.lt_u select
    local.tee 2 local.get 0 ${at}.gt_u
    if ${effect} local.get 2 local.set 0 end`;
  const steps = entities.imagesOf(memory).map(({ start, content, segment }) => `
    ${
    upTo(start, `local.get 0 i32.const 0 local.get 2 local.get 0 ${at}.sub memory.fill ${memory}`)
  }
    ${
    upTo(
      start + BigInt(content.length),
      `local.get 0 local.get 0 ${at}.const ${start} ${at}.sub ${wrap}
       local.get 2 local.get 0 ${at}.sub ${wrap} memory.init ${segment} ${memory}`,
    )
  }`);
  return {
    type: { kind: "function", params: [at, at], results: [] },
    body: assembleBody(
      [codes[at]],
      `
      ${steps.join("")}
      local.get 1 local.get 0 ${at}.gt_u
      if local.get 0 i32.const 0 local.get 1 local.get 0 ${at}.sub memory.fill ${memory} end`,
    ),
  };
}

/** Restores the pages that are marked, and clears their marks. */
export function sweepFunction(entities: Entities, memory: number): InjectedFunction {
  const { map, type: { addressType: at } } = entities.memory(memory);
  const side = entities.sideMemory;
  const wide = at === "i64" ? "i64.extend_i32_u" : "";
  const bytes = (local: number) => `local.get ${local} ${wide} ${at}.const ${pageShift} ${at}.shl`;
  return {
    type: { kind: "function", params: [], results: [] },
    body: assembleBody(
      [codes.i32, codes.i32, codes.i32, codes[at], codes.i64],
      `
      memory.size ${memory} ${at === "i64" ? "i32.wrap_i64" : ""} i32.const 4 i32.shl local.set 2
      block
        loop
          local.get 0 local.get 2 i32.ge_u br_if 1
          local.get 0 i64.load ${side} ${map} 0 local.tee 4 i64.eqz
          if local.get 0 i32.const 8 i32.add local.set 0 br 1 end
          local.get 0 local.get 4 i64.ctz i32.wrap_i64 i32.const 3 i32.shr_u i32.add
          local.tee 0 local.set 1
          loop
            local.get 1 i32.const 1 i32.add local.tee 1 local.get 2 i32.lt_u
            if local.get 1 i32.load8_u ${side} ${map} 0 br_if 1 end
          end
          ${bytes(1)} ${at}.const ${slackBytes} ${at}.add local.set 3
          ${bytes(2)} local.get 3 ${bytes(2)} local.get 3 ${at}.lt_u select local.set 3
          ${bytes(0)} local.get 3 call ${entities.functionOf(functionKind.restore, memory)}
          local.get 0 i32.const ${map} i32.add i32.const 0 local.get 1 local.get 0 i32.sub
          memory.fill ${side}
          local.get 1 i32.const -8 i32.and local.set 0
          br 0
        end
      end`,
    ),
  };
}

/** What an instance needs once, before anything else. */
export function initFunction(entities: Entities): InjectedFunction {
  const images = entities.images.map(({ memory, start, content, segment }) => {
    const { addressType: at } = entities.memory(memory).type;
    return `${at}.const ${start} i32.const 0 i32.const ${content.length} memory.init ${segment} ${memory}`;
  });
  const snapshots = entities.snapshots.map(({ table, snapshot }) =>
    tableCopy(entities, snapshot, table, table)
  );
  return {
    type: { kind: "function", params: [], results: [] },
    body: assembleBody([], [...images, ...snapshots].join(" ")),
  };
}

/** The reset. */
export function resetFunction(module: WasmModule, entities: Entities): InjectedFunction {
  const importedGlobals = module.imports.filter(({ type }) => type.kind === "global").length;
  const writer = new ByteWriter();
  writer.u32(0);
  const append = (text: string) => {
    const body = assembleBody([], text);
    writer.raw(body, 1, body.length - 1);
  };
  entities.memories.forEach((_, memory) => append(resetMemory(entities, memory)));
  module.globals.forEach(({ type, init }, index) => {
    if (!type.mutable) return;
    writeWithoutEnd(writer, init);
    append(`global.set ${importedGlobals + index}`);
  });
  for (const { table, snapshot, changedGlobal } of entities.snapshots) {
    append(`global.get ${changedGlobal}
      if ${
      tableCopy(entities, table, snapshot, table)
    } i32.const 0 global.set ${changedGlobal} end`);
  }
  for (
    const { global } of [...entities.droppedData.values(), ...entities.droppedElements.values()]
  ) {
    append(`i32.const 0 global.set ${global}`);
  }
  append(`i32.const 0 ${grownBits(entities)}`);
  if (entities.discard !== undefined) {
    append(`global.get ${entities.discard} i32.const 1 i32.shl i32.or`);
  }
  return {
    type: { kind: "function", params: [], results: ["i32"] },
    body: writer.u8(0x0b).toBytes(),
  };
}

function resetMemory(entities: Entities, memory: number): string {
  const { mode, hiddenGlobal, type: { addressType: at, limits } } = entities.memory(memory);
  const restore = mode === memoryMode.barrier
    ? `call ${entities.functionOf(functionKind.sweep, memory)}`
    : `${at}.const 0 memory.size ${memory} ${at}.const 16 ${at}.shl
       call ${entities.functionOf(functionKind.restore, memory)}`;
  if (hiddenGlobal === undefined) return restore;
  return `${restore} memory.size ${memory} ${at}.const ${limits.min} ${at}.sub global.set ${hiddenGlobal}`;
}

function grownBits(entities: Entities): string {
  return entities.memories.map(({ hiddenGlobal, type: { addressType: at, limits } }, memory) =>
    hiddenGlobal === undefined
      ? ""
      : `memory.size ${memory} ${at}.const ${limits.min} ${at}.ne i32.or`
  ).join(" ");
}

/** All elements that the guest's table begins with. */
function tableCopy(entities: Entities, to: number, from: number, guest: number): string {
  const { addressType: at, limits } = entities.tableType(guest);
  return `${at}.const 0 ${at}.const 0 ${at}.const ${limits.min} table.copy ${to} ${from}`;
}

function writeWithoutEnd(writer: ByteWriter, { bytes, start, end }: ByteRange): void {
  writer.raw(bytes, start, end - 1);
}
