/** The module's index spaces: imports first, then what the module defines (2.5.1 Indices). */

import type { WasmModule } from "./module.ts";
import type { FunctionType, GlobalType, MemoryType, SubType, TableType } from "./types.ts";

/** What each index means. */
export interface IndexSpaces {
  /** All types, out of their recursion groups. */
  readonly types: readonly SubType[];
  /** Of each function, its type's index. */
  readonly functions: Uint32Array;
  readonly tables: readonly TableType[];
  readonly memories: readonly MemoryType[];
  readonly globals: readonly GlobalType[];
  /** Of each tag, its type's index. */
  readonly tags: Uint32Array;
  /** How many of the first functions are imported: body i is that of function i plus this. */
  readonly importedFunctions: number;
}

/** Lays out the index spaces of a module. */
export function indexSpaces(module: WasmModule): IndexSpaces {
  const functions: number[] = [];
  const tables: TableType[] = [];
  const memories: MemoryType[] = [];
  const globals: GlobalType[] = [];
  const tags: number[] = [];
  for (const { type } of module.imports) {
    if (type.kind === "function") functions.push(type.type);
    else if (type.kind === "table") tables.push(type.type);
    else if (type.kind === "memory") memories.push(type.type);
    else if (type.kind === "global") globals.push(type.type);
    else tags.push(type.type);
  }
  return {
    types: module.types.flatMap((group) => group.types),
    functions: joined(functions, module.functions),
    tables: [...tables, ...module.tables.map((table) => table.type)],
    memories: [...memories, ...module.memories],
    globals: [...globals, ...module.globals.map((global) => global.type)],
    tags: joined(tags, module.tags),
    importedFunctions: functions.length,
  };
}

/** The type of a function by its index; undefined where the module, which may be invalid, has none. */
export function functionType(spaces: IndexSpaces, functionIndex: number): FunctionType | undefined {
  const composite = spaces.types[spaces.functions[functionIndex] ?? -1]?.composite;
  return composite?.kind === "function" ? composite : undefined;
}

function joined(first: readonly number[], rest: Uint32Array): Uint32Array {
  const whole = new Uint32Array(first.length + rest.length);
  whole.set(first);
  whole.set(rest, first.length);
  return whole;
}
