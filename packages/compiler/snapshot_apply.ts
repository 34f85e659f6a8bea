/** A module that starts from a snapshot of it. */

import {
  type DataSegment,
  type ElementItems,
  type ElementSegment,
  type Global,
  indexSpaces,
  rangeOf,
  type Table,
  type WasmModule,
} from "@skerry/wasm";
import type { Snapshot, SnapshotValue } from "./snapshot.ts";
import { constantOf } from "./snapshot_constants.ts";
import { dataSegments, elementSegments } from "./snapshot_segments.ts";
import { referredFunctions } from "./snapshot_state.ts";

/**
 * The module that starts from a snapshot of it.
 *
 * @param finished exports that have been called, and are not to be called again, such as `_initialize`
 */
export function applySnapshot(
  module: WasmModule,
  snapshot: Snapshot,
  finished: readonly string[] = [],
): WasmModule {
  const importedGlobals = module.imports.filter(({ type }) => type.kind === "global").length;
  const data = dataOf(module, snapshot);
  const applied: WasmModule = {
    ...module,
    start: undefined,
    exports: module.exports.filter(({ name }) => !finished.includes(name)),
    memories: module.memories.map((type, index) => ({
      ...type,
      limits: { ...type.limits, min: BigInt((snapshot.memories[index]?.length ?? 0) / 65_536) },
    })),
    tables: module.tables.map((table, index) => grownTable(table, snapshot.tables.get(index))),
    globals: module.globals.map((global, index) =>
      constantGlobal(global, snapshot.globals.get(importedGlobals + index))
    ),
    elements: elementsOf(module, snapshot),
    data,
    dataCount: module.dataCount === undefined ? undefined : data.length,
  };
  return { ...applied, elements: [...applied.elements, ...declarations(module, applied)] };
}

/** A segment that was active has been dropped, and one that is not keeps its place. */
function dataOf(module: WasmModule, { memories, droppedData }: Snapshot): DataSegment[] {
  const dropped: DataSegment = { mode: { kind: "passive" }, content: rangeOf(new Uint8Array(0)) };
  const contents = memories.flatMap((bytes, memory) =>
    dataSegments(bytes, memory, module.memories[memory]?.addressType === "i64")
  );
  const own = module.data.map((segment, index) =>
    segment.mode.kind === "active" || droppedData.has(index) ? dropped : segment
  );
  return [...own, ...contents];
}

/** Tables that no code changes are as their segments make them. */
function elementsOf(module: WasmModule, { tables, droppedElements }: Snapshot): ElementSegment[] {
  const { tables: types } = indexSpaces(module);
  const own = module.elements.map((segment, index): ElementSegment => {
    const { mode, items } = segment;
    const gone = mode.kind === "active" ? tables.has(mode.index) : droppedElements.has(index);
    return gone ? { mode: { kind: "passive" }, items: nothingOf(items) } : segment;
  });
  const contents = [...tables].flatMap(([index, elements]) => {
    const type = types[index];
    return type === undefined ? [] : elementSegments(elements, index, type);
  });
  return [...own, ...contents];
}

function nothingOf(items: ElementItems): ElementItems {
  return items.kind === "functions"
    ? { kind: "functions", indexes: new Uint32Array(0) }
    : { ...items, bytes: new Uint8Array(0), offsets: new Uint32Array(1) };
}

/**
 * Functions that nothing names any more outside of code, where code may refer to them still (WebAssembly core
 * specification, 3.4.12: "C.refs").
 */
function declarations(before: WasmModule, after: WasmModule): ElementSegment[] {
  const named = referredFunctions(after);
  const lost = [...referredFunctions(before)].filter((index) => !named.has(index));
  if (lost.length === 0) return [];
  const indexes = Uint32Array.from(lost);
  return [{ mode: { kind: "declarative" }, items: { kind: "functions", indexes } }];
}

/** All that is not null is in segments, so that a table's own expression is only needed where null is no element. */
function grownTable({ type, init }: Table, elements: Int32Array | undefined): Table {
  if (elements === undefined) return { type, init };
  return {
    type: { ...type, limits: { ...type.limits, min: BigInt(elements.length) } },
    init: type.element.nullable ? undefined : init,
  };
}

function constantGlobal({ type, init }: Global, value: SnapshotValue | undefined): Global {
  if (value === undefined) return { type, init };
  return { type, init: rangeOf(constantOf(type.value, value)) };
}
