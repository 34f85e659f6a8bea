/**
 * Decides what a module needs, before a byte is written: which memories are reset and how, which tables and
 * segments, which functions of ours, and the index of each. Everything that is added stands after what the
 * module has (docs/artifact.md).
 */

import { type IndexSpaces, indexSpaces, type MemoryType, type WasmModule } from "@skerry/wasm";
import { memoryPagesMax, pagesPerMemoryPage, wholeRestorePagesMax } from "./constants.ts";
import { type Image, layImages } from "./image.ts";
import type { Passes } from "./options.ts";
import { resetObstacles } from "./reset_obstacles.ts";
import { type Survey, unpair } from "./survey.ts";

/** What our functions are for; the numbers are the format's. */
export const functionKind = {
  tick: 0,
  chargeLength: 1,
  markRange: 2,
  grow: 3,
  fill: 4,
  copy: 5,
  init: 6,
  growTable: 7,
  fillTable: 8,
  copyTable: 9,
  initTable: 10,
  restore: 11,
  sweep: 12,
  runInit: 13,
  runReset: 14,
  markSpan: 15,
} as const;

/** A function of ours: what for, and for which memories, tables and segments. */
export interface PlannedFunction {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** How a memory is reset; the numbers are the format's. */
export const memoryMode = { none: 0, barrier: 1, whole: 2 } as const;

/** What becomes of a memory of the module. */
export interface PlannedMemory {
  /** With the maximum that the artifact declares. */
  readonly type: MemoryType;
  readonly mode: 0 | 1 | 2;
  /** Where its dirty map begins in the side memory, in bytes. */
  readonly map: number;
  /** The global with the pages that a reset has taken back, where the module grows it or asks its size. */
  readonly hiddenGlobal: number | undefined;
}

/** What becomes of a table of the module. */
export interface PlannedTable {
  readonly snapshot: number | undefined;
  readonly changedGlobal: number | undefined;
}

/** A segment that the module drops. */
export interface DroppedSegment {
  readonly segment: number;
  readonly global: number;
  /** The segment without content that is used after it was dropped. */
  readonly empty: number;
}

/** The plan. Indexes are the artifact's. */
export interface Plan {
  readonly passes: Passes;
  readonly reset: boolean;
  readonly spaces: IndexSpaces;
  readonly memories: readonly PlannedMemory[];
  readonly tables: readonly PlannedTable[];
  readonly images: readonly Image[];
  readonly droppedData: readonly DroppedSegment[];
  readonly droppedElements: readonly DroppedSegment[];
  readonly functions: readonly PlannedFunction[];
  readonly sideMemory: number | undefined;
  /** Pages of 64 KiB. */
  readonly sidePages: number;
  readonly hooksTable: number | undefined;
  readonly fuelGlobal: number | undefined;
  readonly idGlobal: number | undefined;
  readonly discardGlobal: number | undefined;
  /** Why instances cannot be reset. */
  readonly notResettable: readonly string[];
}

/**
 * Makes the plan.
 *
 * @param memoryPagesMax how far the module's memories will be let grow, where that is less than they say
 */
export function plan(
  module: WasmModule,
  found: Survey,
  passes: Passes,
  memoryPagesMax: readonly bigint[] = [],
): Plan {
  const spaces = indexSpaces(module);
  const images: Image[] = [];
  const obstacles = passes.reset ? resetObstacles(module, spaces, found) : [];
  if (passes.reset) {
    spaces.memories.forEach((memory, index) => {
      const laid = layImages(module.data, index, memory.limits.min * 65_536n);
      if (typeof laid === "string") obstacles.push(laid);
      else images.push(...laid);
    });
  }
  const reset = passes.reset && obstacles.length === 0;
  return new Planner(module, spaces, found, passes, reset, memoryPagesMax).plan(
    reset ? images : [],
    [...new Set(obstacles)],
  );
}

class Planner {
  readonly #module: WasmModule;
  readonly #spaces: IndexSpaces;
  readonly #found: Survey;
  readonly #passes: Passes;
  readonly #reset: boolean;
  readonly #memoryPagesMax: readonly bigint[];
  #nextGlobal: number;

  constructor(
    module: WasmModule,
    spaces: IndexSpaces,
    found: Survey,
    passes: Passes,
    reset: boolean,
    memoryPagesMax: readonly bigint[],
  ) {
    this.#memoryPagesMax = memoryPagesMax;
    this.#module = module;
    this.#spaces = spaces;
    this.#found = found;
    this.#passes = passes;
    this.#reset = reset;
    this.#nextGlobal = spaces.globals.length;
  }

  plan(images: readonly Image[], notResettable: readonly string[]): Plan {
    const found = this.#found;
    const asks = this.#passes.grow && found.memoryGrow.size + found.tableGrow.size > 0;
    const hooks = this.#passes.preempt || asks;
    const fuelGlobal = this.#passes.preempt ? this.#nextGlobal++ : undefined;
    const idGlobal = hooks ? this.#nextGlobal++ : undefined;
    const discardGlobal = this.#reset && found.tableGrow.size > 0 ? this.#nextGlobal++ : undefined;
    const memories = this.#memories();
    const hooksTable = hooks ? this.#spaces.tables.length : undefined;
    const tables = this.#tables(this.#spaces.tables.length + (hooks ? 1 : 0));
    const { droppedData, droppedElements } = this.#dropped(images.length);
    const sideBytes = memories.reduce((sum, { mode, type }) => sum + mapBytes(mode, type), 0);
    return {
      passes: this.#passes,
      reset: this.#reset,
      spaces: this.#spaces,
      memories,
      tables,
      images,
      droppedData,
      droppedElements,
      functions: this.#functions(memories),
      sideMemory: sideBytes > 0 ? this.#spaces.memories.length : undefined,
      sidePages: sideBytes / 65_536,
      hooksTable,
      fuelGlobal,
      idGlobal,
      discardGlobal,
      notResettable,
    };
  }

  #memories(): PlannedMemory[] {
    let map = 0;
    return this.#spaces.memories.map((type, index) => {
      const mode = this.#mode(type);
      const planned = {
        type: mode === memoryMode.none ? type : bounded(type, this.#memoryPagesMax[index]),
        mode,
        map: mode === memoryMode.barrier ? map : 0,
        hiddenGlobal: this.#reset && this.#found.memorySize.has(index)
          ? this.#nextGlobal++
          : undefined,
      };
      map += mapBytes(mode, planned.type);
      return planned;
    });
  }

  #mode({ limits }: MemoryType): 0 | 1 | 2 {
    if (!this.#reset) return memoryMode.none;
    // Nothing can be written, so there is nothing to mark.
    if (limits.max === 0n) return memoryMode.whole;
    switch (this.#passes.dirty) {
      case "always":
        return memoryMode.barrier;
      case "never":
        return memoryMode.whole;
      case "auto":
        return limits.min > BigInt(wholeRestorePagesMax) ||
            this.#found.lastLoops.every((loop) => loop === 0)
          ? memoryMode.barrier
          : memoryMode.whole;
    }
  }

  #tables(firstSnapshot: number): PlannedTable[] {
    const { tableSet, tableGrow, tableFill, tableCopy, tableInit } = this.#found;
    const changed = new Set([...tableSet, ...tableFill]);
    for (const entry of tableCopy) changed.add(unpair(entry)[0]);
    for (const entry of tableInit) changed.add(unpair(entry)[1]);
    for (const table of tableGrow) changed.add(table);
    let snapshot = firstSnapshot;
    return this.#spaces.tables.map((_, index) =>
      this.#reset && changed.has(index)
        ? { snapshot: snapshot++, changedGlobal: this.#nextGlobal++ }
        : { snapshot: undefined, changedGlobal: undefined }
    );
  }

  #dropped(images: number): { droppedData: DroppedSegment[]; droppedElements: DroppedSegment[] } {
    if (!this.#reset) return { droppedData: [], droppedElements: [] };
    const ascending = (set: ReadonlySet<number>) => [...set].sort((left, right) => left - right);
    const emptyData = this.#module.data.length + images;
    const droppedData = ascending(this.#found.droppedData).map((segment) => ({
      segment,
      global: this.#nextGlobal++,
      empty: emptyData,
    }));
    const droppedElements = ascending(this.#found.droppedElements).map((segment, index) => ({
      segment,
      global: this.#nextGlobal++,
      empty: this.#module.elements.length + index,
    }));
    return { droppedData, droppedElements };
  }

  /** Functions that others call come before them. */
  #functions(memories: readonly PlannedMemory[]): PlannedFunction[] {
    const found = this.#found;
    const { preempt, grow } = this.#passes;
    const functions: PlannedFunction[] = [];
    const add = (kind: number, a = 0, b = 0) => functions.push({ kind, a, b });
    const addEach = (kind: number, items: ReadonlySet<number>) =>
      ascending(items).forEach((item) => add(kind, item));
    const addPairs = (kind: number, items: ReadonlySet<number>) =>
      ascending(items).forEach((item) => add(kind, ...unpair(item)));
    if (preempt) {
      add(functionKind.tick);
      if (found.arrayLengths) add(functionKind.chargeLength);
    }
    memories.forEach(({ mode }, index) => {
      if (mode === memoryMode.barrier) add(functionKind.markRange, index);
    });
    memories.forEach(({ mode, type }, index) => {
      const hasSpans = found.spanLoops && type.addressType === "i32";
      if (mode === memoryMode.barrier && hasSpans) add(functionKind.markSpan, index);
    });
    if (grow) addEach(functionKind.grow, found.memoryGrow);
    if (preempt || this.#reset) {
      addEach(functionKind.fill, found.memoryFill);
      addPairs(functionKind.copy, found.memoryCopy);
      addPairs(functionKind.init, found.memoryInit);
    }
    if (grow) addEach(functionKind.growTable, found.tableGrow);
    if (preempt || this.#reset) {
      addEach(functionKind.fillTable, found.tableFill);
      addPairs(functionKind.copyTable, found.tableCopy);
      addPairs(functionKind.initTable, found.tableInit);
    }
    if (!this.#reset) return functions;
    memories.forEach((_, index) => add(functionKind.restore, index));
    memories.forEach(({ mode }, index) => {
      if (mode === memoryMode.barrier) add(functionKind.sweep, index);
    });
    add(functionKind.runInit);
    add(functionKind.runReset);
    return functions;
  }
}

function ascending(set: ReadonlySet<number>): number[] {
  return [...set].sort((left, right) => left - right);
}

/** A memory that is reset has a maximum, below which no displacement from an address in bounds wraps. */
function bounded(type: MemoryType, letGrow?: bigint): MemoryType {
  const provable = type.addressType === "i32" ? BigInt(memoryPagesMax) : 2n ** 18n;
  const { min, max } = type.limits;
  const most = letGrow !== undefined && letGrow < provable && letGrow >= min ? letGrow : provable;
  if (max !== undefined && max <= most) return type;
  return { ...type, limits: { min, max: most } };
}

/** A byte for each page that the memory may ever have, in whole pages of WebAssembly's. */
function mapBytes(mode: number, type: MemoryType): number {
  if (mode !== memoryMode.barrier) return 0;
  const pages = Number(bounded(type).limits.max ?? 0n);
  return Math.ceil(Math.max(pages, 1) * pagesPerMemoryPage / 65_536) * 65_536;
}
