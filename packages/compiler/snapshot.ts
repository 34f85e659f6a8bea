/**
 * A module that begins where an instance of it has come to: its own initialisation is run once, when it is
 * deployed, and every sandbox starts behind it.
 *
 * Three functions, around a run that is the caller's: `exposeState` (snapshot_expose.ts) gives a module whose
 * state can be read from outside (compile that, and run it within limits); `takeSnapshot` (snapshot_take.ts)
 * reads the state; and `applySnapshot` (snapshot_apply.ts) writes it into the module as segments and constants.
 * What comes out is a module like any other: its artifact is verified as every artifact is.
 *
 * Nothing is renumbered on the way, so that an index means the same in the module, in the exposed one, in that
 * one's artifact and in what comes out.
 */

/**
 * What a mutable global holds: the bits of a number or vector, the index of a function, or null.
 */
export type SnapshotValue = bigint | number | null;

/** What a snapshot holds. */
export interface Snapshot {
  /** The contents of each memory. */
  readonly memories: readonly Uint8Array[];
  /** The values of the mutable globals, by their index. */
  readonly globals: ReadonlyMap<number, SnapshotValue>;
  /** The elements of the tables that the module's code changes, by their index: functions, or -1 for null. */
  readonly tables: ReadonlyMap<number, Int32Array>;
  /** Passive segments that were dropped. */
  readonly droppedData: ReadonlySet<number>;
  readonly droppedElements: ReadonlySet<number>;
}

/** How the names of all exports begin that an exposed module has and its module has not. */
export const exposedPrefix = "snapshot:";

/** An export of an exposed module that does nothing: for a host that wants the start function run, and no more. */
export const nothingExport = `${exposedPrefix}nothing`;

/** What an exposed module exports for a snapshot. A segment's export is a function that traps where it was dropped. */
export type Exposed = "memory" | "global" | "table" | "function" | "data" | "elements";

/** The name of such an export. */
export function exposedName(what: Exposed, index: number): string {
  return `${exposedPrefix}${what} ${index}`;
}

/** What such a name stands for; undefined for any other name. */
export function readExposedName(
  name: string,
): { readonly what: string; readonly index: number } | undefined {
  const match = /^snapshot:(\w+) (\d+)$/.exec(name);
  return match === null ? undefined : { what: match[1] ?? "", index: Number(match[2]) };
}
