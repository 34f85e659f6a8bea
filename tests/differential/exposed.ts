/** A module with all of its state in sight: every memory, table and global exported. */

import { type Export, type ExternKind, indexSpaces, type WasmModule } from "@skerry/wasm";

/** What the exports that were added begin with. */
export const exposedPrefix = "exposed:";

/** The module with exports for everything that holds state. */
export function exposed(module: WasmModule): WasmModule {
  const { memories, tables, globals } = indexSpaces(module);
  return {
    ...module,
    exports: [
      ...module.exports,
      ...exportsOf("memory", memories.length),
      ...exportsOf("table", tables.length),
      ...exportsOf("global", globals.length),
    ],
  };
}

/** The module whose start function is an export, to be called when the test says so. */
export function withoutStart(module: WasmModule): WasmModule {
  if (module.start === undefined) return module;
  const start: Export = { name: startExport, kind: "function", index: module.start };
  return { ...module, start: undefined, exports: [...module.exports, start] };
}

/** Under which name {@link withoutStart} exports the start function. */
export const startExport = `${exposedPrefix}start`;

/** The name of an export that was added. */
export function exposedName(kind: ExternKind, index: number): string {
  return `${exposedPrefix}${kind}:${index}`;
}

function exportsOf(kind: ExternKind, count: number): Export[] {
  return Array.from({ length: count }, (_, index) => ({
    name: exposedName(kind, index),
    kind,
    index,
  }));
}
