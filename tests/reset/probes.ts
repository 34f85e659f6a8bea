/** Functions that tell what JavaScript cannot see: bits of globals, sizes as the guest has them, dropped segments. */

import type { IndexSpaces, ReferenceType, TableType, WasmModule } from "@skerry/wasm";
import type { AddedFunctions } from "./added_functions.ts";

/** A function that answers bits (of a vector in two halves), or a size. */
export interface ValueProbe {
  readonly name: string;
  readonly index: number;
  readonly results: readonly ("i32" | "i64")[];
}

/** What can be asked. */
export interface Probes {
  readonly values: readonly ValueProbe[];
  /** Each traps where its segment has been dropped, and does nothing otherwise. */
  readonly segments: readonly string[];
}

/** Adds them. */
export function addProbes(
  added: AddedFunctions,
  module: WasmModule,
  spaces: IndexSpaces,
): Probes {
  const values: ValueProbe[] = [];
  spaces.memories.forEach(({ addressType }, memory) => {
    const name = `probe:size:${memory}`;
    const results = [addressType];
    const index = added.add(name, { results }, (code) => code.at("memory.size", memory));
    values.push({ name, index, results });
  });
  spaces.globals.forEach(({ value, mutable }, index) => {
    if (!mutable || typeof value !== "string") return;
    const name = `probe:global:${index}`;
    const halves: ValueProbe["results"] = value === "v128" ? ["i64", "i64"] : ["i64"];
    const probe = added.add(name, { results: halves }, (code) => {
      halves.forEach((_, half) => {
        code.at("global.get", index);
        if (value === "v128") code.op("i64x2.extract_lane").u8(half);
        else if (value === "f64") code.op("i64.reinterpret_f64");
        else if (value === "f32") code.op("i32.reinterpret_f32").op("i64.extend_i32_u");
        else if (value === "i32") code.op("i64.extend_i32_u");
      });
    });
    values.push({ name, index: probe, results: halves });
  });
  return {
    values,
    segments: [...dataProbes(added, module, spaces), ...elementProbes(added, module, spaces)],
  };
}

/** `memory.init` of no bytes at the segment's end: a dropped segment ends at 0 (4.4.7). */
function dataProbes(added: AddedFunctions, module: WasmModule, spaces: IndexSpaces): string[] {
  const at = spaces.memories[0]?.addressType;
  if (at === undefined) return [];
  return module.data.map(({ content }, segment) => {
    const name = `probe:data:${segment}`;
    added.add(name, {}, (code) => {
      code.address(at, 0).i32(content.end - content.start).i32(0).at("memory.init", segment, 0);
    });
    return name;
  });
}

function elementProbes(added: AddedFunctions, module: WasmModule, spaces: IndexSpaces): string[] {
  return module.elements.flatMap(({ items }, segment) => {
    const type = items.kind === "functions"
      ? { nullable: false, heap: "func" } as const
      : items.type;
    const table = spaces.tables.findIndex((candidate) => takes(candidate, type));
    const length = items.kind === "functions" ? items.indexes.length : items.offsets.length - 1;
    if (table < 0) return [];
    const name = `probe:element:${segment}`;
    added.add(name, {}, (code) => {
      code.address(spaces.tables[table]?.addressType ?? "i32", 0);
      code.i32(length).i32(0).at("table.init", segment, table);
    });
    return [name];
  });
}

function takes({ element }: TableType, type: ReferenceType): boolean {
  return element.heap === type.heap && (element.nullable || !type.nullable);
}
