/** Looks up what a plan has added, by what it is for. */

import { bug } from "@skerry/base";
import type { TableType } from "@skerry/wasm";
import type { Image } from "./image.ts";
import { type DroppedSegment, type Plan, type PlannedMemory } from "./plan.ts";

/** A table that can be changed, with its copy. */
export interface Snapshot {
  readonly table: number;
  readonly snapshot: number;
  readonly changedGlobal: number;
}

/** An image with the segment that holds it. */
export interface PlacedImage extends Image {
  readonly segment: number;
}

/** Indexes of an artifact. */
export class Entities {
  readonly fuel: number | undefined;
  readonly id: number | undefined;
  readonly discard: number | undefined;
  readonly hooks: number | undefined;
  readonly sideMemory: number | undefined;
  readonly tick: number | undefined;
  readonly tickType: number;
  readonly growType: number;
  readonly memories: readonly PlannedMemory[];
  readonly images: readonly PlacedImage[];
  readonly snapshots: readonly Snapshot[];
  readonly droppedData: ReadonlyMap<number, DroppedSegment>;
  readonly droppedElements: ReadonlyMap<number, DroppedSegment>;
  readonly #plan: Plan;
  readonly #functions: ReadonlyMap<string, number>;

  /**
   * @param dataSegments how many the module has: the images stand after them
   * @param hookTypes type indexes of the host's two functions
   */
  constructor(
    plan: Plan,
    dataSegments: number,
    hookTypes: { readonly tick: number; readonly grow: number },
  ) {
    const first = plan.spaces.functions.length;
    this.#plan = plan;
    this.#functions = new Map(
      plan.functions.map(({ kind, a, b }, index) => [`${kind} ${a} ${b}`, first + index]),
    );
    this.fuel = plan.fuelGlobal;
    this.id = plan.idGlobal;
    this.discard = plan.discardGlobal;
    this.hooks = plan.hooksTable;
    this.sideMemory = plan.sideMemory;
    this.tick = this.#functions.get("0 0 0");
    this.tickType = hookTypes.tick;
    this.growType = hookTypes.grow;
    this.memories = plan.memories;
    this.images = plan.images.map((image, index) => ({ ...image, segment: dataSegments + index }));
    this.snapshots = plan.tables.flatMap(({ snapshot, changedGlobal }, table) =>
      snapshot === undefined || changedGlobal === undefined
        ? []
        : [{ table, snapshot, changedGlobal }]
    );
    this.droppedData = new Map(plan.droppedData.map((dropped) => [dropped.segment, dropped]));
    this.droppedElements = new Map(
      plan.droppedElements.map((dropped) => [dropped.segment, dropped]),
    );
  }

  /** A memory of the module. */
  memory(index: number): PlannedMemory {
    return this.memories[index] ?? missingMemory;
  }

  /** Images of one memory, in ascending order. */
  imagesOf(memory: number): readonly PlacedImage[] {
    return this.images.filter((image) => image.memory === memory);
  }

  /** The type of a table of the module. */
  tableType(index: number): TableType {
    return this.#plan.spaces.tables[index] ?? missingTable;
  }

  /** The flag that says whether a table was changed. */
  changedGlobal(table: number): number | undefined {
    return this.#plan.tables[table]?.changedGlobal;
  }

  /** The index of a function of ours, or undefined where the plan has none. */
  findFunction(kind: number, a = 0, b = 0): number | undefined {
    return this.#functions.get(`${kind} ${a} ${b}`);
  }

  /** The index of a function of ours. */
  functionOf(kind: number, a = 0, b = 0): number {
    return this.findFunction(kind, a, b) ?? bug(`the plan has no function ${kind} ${a} ${b}`);
  }
}

// A module may name what it does not have: the engine refuses it, after us.
const missingMemory: PlannedMemory = {
  type: { addressType: "i32", limits: { min: 0n, max: 0n }, shared: false },
  mode: 0,
  map: 0,
  hiddenGlobal: undefined,
};
const missingTable: TableType = {
  element: { nullable: true, heap: "func" },
  addressType: "i32",
  limits: { min: 0n, max: 0n },
};
