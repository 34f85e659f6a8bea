/** What of a module's state its own code can change, and what of that no snapshot can hold. */

import {
  type ByteRange,
  type IndexSpaces,
  indexSpaces,
  InstructionCursor,
  type ValueType,
  type WasmModule,
} from "@skerry/wasm";
import { allocationObstacles } from "./reset_obstacles.ts";
import { exposedPrefix } from "./snapshot.ts";
import { type Survey, survey, unpair } from "./survey.ts";

/** What a snapshot reads, by index. All memories are read. */
export interface State {
  readonly spaces: IndexSpaces;
  /** Mutable globals. */
  readonly globals: readonly number[];
  /** Tables that code changes; all others are as the module makes them. */
  readonly tables: readonly number[];
  /** Passive segments that code drops, and that have anything in them. */
  readonly droppedData: readonly number[];
  readonly droppedElements: readonly number[];
  /** Functions that a reference in a table or global may be to; none where nothing that is read holds references. */
  readonly functions: readonly number[];
  /** Why there can be no snapshot. */
  readonly obstacles: readonly string[];
}

/** Finds what a snapshot has to read. */
export function stateOf(module: WasmModule): State {
  const spaces = indexSpaces(module);
  const found = survey(module);
  const globals = spaces.globals.flatMap(({ mutable }, index) => mutable ? [index] : []);
  const tables = changedTables(found);
  const holdsReferences = tables.length > 0 ||
    globals.some((index) => typeof spaces.globals[index]?.value === "object");
  const obstacles = [
    ...importObstacles(module),
    ...exceptionObstacles(spaces, globals, tables),
    ...allocationObstacles(module),
  ];
  const droppedData = [...found.droppedData].filter((index) => {
    const segment = module.data[index];
    return segment?.mode.kind === "passive" && segment.content.end > segment.content.start;
  });
  if (droppedData.length > 0 && spaces.memories.length === 0) {
    obstacles.push("it drops data segments, and has no memory to look at them with");
  }
  if (module.exports.some(({ name }) => name.startsWith(exposedPrefix))) {
    obstacles.push(`it has an export whose name begins with "${exposedPrefix}"`);
  }
  return {
    spaces,
    globals,
    tables,
    droppedData,
    droppedElements: [...found.droppedElements].filter((index) => {
      const segment = module.elements[index];
      return segment?.mode.kind === "passive" && elementCount(module, index) > 0;
    }),
    functions: holdsReferences ? [...referredFunctions(module)] : [],
    obstacles: [...new Set(obstacles)],
  };
}

/** How many elements a segment has. */
export function elementCount({ elements }: WasmModule, index: number): number {
  const items = elements[index]?.items;
  if (items === undefined) return 0;
  return items.kind === "functions" ? items.indexes.length : items.offsets.length - 1;
}

/** Whether references of a type are to functions. */
export function isFunctionReference({ types }: IndexSpaces, type: ValueType | undefined): boolean {
  if (typeof type !== "object") return false;
  const { heap } = type;
  if (typeof heap === "number") return types[heap]?.composite.kind === "function";
  return heap === "func" || heap === "nofunc";
}

/**
 * The functions that are named outside of code. A body may refer to no others (WebAssembly core specification,
 * 3.4.12: "C.refs"), so these are all that a table can come to hold.
 */
export function referredFunctions(module: WasmModule): Set<number> {
  const found = new Set<number>();
  for (const { kind, index } of module.exports) if (kind === "function") found.add(index);
  for (const { init } of module.globals) addReferred(found, init);
  for (const { init } of module.tables) if (init !== undefined) addReferred(found, init);
  for (const { items } of module.elements) {
    if (items.kind === "functions") items.indexes.forEach((index) => found.add(index));
    else {
      const { bytes, offsets } = items;
      addReferred(found, { bytes, start: offsets[0] ?? 0, end: offsets.at(-1) ?? 0 });
    }
  }
  return found;
}

/** From one constant expression, or several one after the other. */
function addReferred(found: Set<number>, range: ByteRange): void {
  const cursor = new InstructionCursor(range.bytes);
  cursor.enter(range.start, range.end);
  while (cursor.next()) {
    if (cursor.opcode === 0xd2) found.add(cursor.index()); // ref.func
  }
}

function changedTables(found: Survey): number[] {
  const changed = new Set([...found.tableSet, ...found.tableFill, ...found.tableGrow]);
  for (const entry of found.tableCopy) changed.add(unpair(entry)[0]);
  for (const entry of found.tableInit) changed.add(unpair(entry)[1]);
  return [...changed].sort((left, right) => left - right);
}

/** What is imported is its owner's, and no part of the module. */
function importObstacles({ imports }: WasmModule): string[] {
  return imports.flatMap(({ type }) => {
    if (type.kind === "memory" || type.kind === "table") return [`it imports a ${type.kind}`];
    return type.kind === "global" && type.type.mutable ? ["it imports a mutable global"] : [];
  });
}

/** References to exceptions cannot even be looked at from outside (WebAssembly JavaScript interface, ToJSValue). */
function exceptionObstacles(
  { globals, tables }: IndexSpaces,
  mutable: readonly number[],
  changed: readonly number[],
): string[] {
  const holdsExceptions = (type: ValueType | undefined) =>
    typeof type === "object" && (type.heap === "exn" || type.heap === "noexn");
  return [
    ...mutable.filter((index) => holdsExceptions(globals[index]?.value))
      .map((index) => `the mutable global ${index} holds exceptions`),
    ...changed.filter((index) => holdsExceptions(tables[index]?.element))
      .map((index) => `it changes table ${index}, which holds exceptions`),
  ];
}
