/**
 * A module that begins where an instance of it has come to: its own initialisation is run once, when it is
 * deployed, and every sandbox starts behind it.
 *
 * Three functions, around a run that is the caller's: {@link exposeState} gives a module whose state can be
 * read from outside (compile that, and run it within limits); {@link takeSnapshot} reads the state; and
 * {@link applySnapshot} writes it into the module as data and constants. What comes out is a module like
 * any other: its artifact is verified as every artifact is.
 */

import { err, ok, type Result } from "@skerry/base";
import {
  ByteWriter,
  type DataSegment,
  type Export,
  type Global,
  type IndexSpaces,
  indexSpaces,
  rangeOf,
  type ValueType,
  type WasmModule,
} from "@skerry/wasm";
import { survey } from "./survey.ts";

/** What a snapshot holds. */
export interface Snapshot {
  /** The contents of each memory. */
  readonly memories: readonly Uint8Array[];
  /** The values of the mutable globals, by their index. */
  readonly globals: ReadonlyMap<number, number | bigint>;
}

const exposedPrefix = "snapshot:";
/** Zeros in a row that end a segment. */
const gapBytes = 4096;

/** The module with everything exported that a snapshot reads; or why there can be no snapshot of it. */
export function exposeState(module: WasmModule): Result<WasmModule, string[]> {
  const spaces = indexSpaces(module);
  const obstacles = obstaclesOf(module, spaces);
  if (obstacles.length > 0) return err(obstacles);
  const exports: Export[] = [...module.exports];
  spaces.memories.forEach((_, index) =>
    exports.push({ name: `${exposedPrefix}memory ${index}`, kind: "memory", index })
  );
  for (const index of mutableGlobals(spaces)) {
    exports.push({ name: `${exposedPrefix}global ${index}`, kind: "global", index });
  }
  return ok({ ...module, exports });
}

/**
 * Reads the state of an instance of an exposed module, between two calls of it.
 *
 * @param exports those of the instance
 */
export function takeSnapshot(
  module: WasmModule,
  exports: WebAssembly.Exports,
): Result<Snapshot, string[]> {
  const spaces = indexSpaces(module);
  const reasons: string[] = [];
  const memories = spaces.memories.map((_, index) => {
    const memory = exports[`${exposedPrefix}memory ${index}`];
    if (memory instanceof WebAssembly.Memory) return new Uint8Array(memory.buffer).slice();
    reasons.push(`memory ${index} is not exported: the instance is not of an exposed module`);
    return new Uint8Array(0);
  });
  const globals = new Map<number, number | bigint>();
  for (const index of mutableGlobals(spaces)) {
    const global = exports[`${exposedPrefix}global ${index}`];
    const value: unknown = global instanceof WebAssembly.Global ? global.value : undefined;
    if (typeof value !== "number" && typeof value !== "bigint") {
      reasons.push(`global ${index} is not exported: the instance is not of an exposed module`);
    } else if (Number.isNaN(value)) {
      reasons.push(`global ${index} is not a number, and its bits cannot be read`);
    } else globals.set(index, value);
  }
  return reasons.length > 0 ? err(reasons) : ok({ memories, globals });
}

/**
 * The module that starts from a snapshot of it.
 *
 * @param finished exports that have been called, and are not to be called again, such as `_initialize`
 */
export function applySnapshot(
  module: WasmModule,
  { memories, globals }: Snapshot,
  finished: readonly string[] = [],
): WasmModule {
  const importedGlobals = module.imports.filter(({ type }) => type.kind === "global").length;
  const done: DataSegment["mode"] = { kind: "passive" };
  const nothing = rangeOf(new Uint8Array(0));
  const contents = memories.flatMap((bytes, memory) =>
    segmentsOf(bytes, memory, module.memories[memory]?.addressType === "i64")
  );
  const data = [
    // A segment that was active has been dropped, and one that is passive keeps its place.
    ...module.data.map((segment) =>
      segment.mode.kind === "active" ? { mode: done, content: nothing } : segment
    ),
    ...contents,
  ];
  return {
    ...module,
    start: undefined,
    exports: module.exports.filter(({ name }) => !finished.includes(name)),
    memories: module.memories.map((type, index) => ({
      ...type,
      limits: { ...type.limits, min: BigInt((memories[index]?.length ?? 0) / 65_536) },
    })),
    globals: module.globals.map((global, index) => {
      const value = globals.get(importedGlobals + index);
      return value === undefined ? global : constantGlobal(global, value);
    }),
    data,
    dataCount: module.dataCount === undefined ? undefined : data.length,
  };
}

function obstaclesOf(module: WasmModule, spaces: IndexSpaces): string[] {
  const reasons: string[] = [];
  const found = survey(module);
  for (const { type } of module.imports) {
    if (type.kind === "memory" || type.kind === "table") reasons.push(`it imports a ${type.kind}`);
    if (type.kind === "global" && type.type.mutable) reasons.push("it imports a mutable global");
  }
  for (const index of mutableGlobals(spaces)) {
    const type = spaces.globals[index]?.value;
    if (!isNumber(type)) {
      reasons.push(`global ${index} is mutable, and its value cannot be written down`);
    }
  }
  const changes = [
    found.tableSet,
    found.tableGrow,
    found.tableFill,
    found.tableCopy,
    found.tableInit,
  ];
  if (changes.some((tables) => tables.size > 0)) reasons.push("it changes tables");
  if (found.droppedData.size + found.droppedElements.size > 0) reasons.push("it drops segments");
  return [...new Set(reasons)];
}

function mutableGlobals({ globals }: IndexSpaces): number[] {
  return globals.flatMap(({ mutable }, index) => mutable ? [index] : []);
}

function isNumber(type: ValueType | undefined): boolean {
  return typeof type === "string" && type !== "v128";
}

/** What is not zero, in as many segments as have long gaps between them. */
function segmentsOf(bytes: Uint8Array, memory: number, wide: boolean): DataSegment[] {
  const segments: DataSegment[] = [];
  for (let at = firstOther(bytes, 0); at < bytes.length;) {
    let end = at;
    for (let next = at; next < bytes.length && next - end < gapBytes; next += 1) {
      if (bytes[next] !== 0) end = next + 1;
    }
    const offset = new ByteWriter().u8(wide ? 0x42 : 0x41);
    if (wide) offset.s64(BigInt(at));
    else offset.s33(at | 0);
    segments.push({
      mode: {
        kind: "active",
        index: memory,
        explicit: memory !== 0,
        offset: rangeOf(offset.u8(0x0b).toBytes()),
      },
      content: { bytes, start: at, end },
    });
    at = firstOther(bytes, end);
  }
  return segments;
}

/** The first byte that is not zero, from an offset on. */
function firstOther(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] === 0) at += 1;
  return at;
}

function constantGlobal(global: Global, value: number | bigint): Global {
  const writer = new ByteWriter();
  const bytes = new DataView(new ArrayBuffer(8));
  switch (global.type.value) {
    case "i32":
      writer.u8(0x41).s33(Number(value) | 0);
      break;
    case "i64":
      writer.u8(0x42).s64(BigInt(value));
      break;
    case "f32":
      bytes.setFloat32(0, Number(value), true);
      writer.u8(0x43).raw(new Uint8Array(bytes.buffer, 0, 4));
      break;
    default:
      bytes.setFloat64(0, Number(value), true);
      writer.u8(0x44).raw(new Uint8Array(bytes.buffer));
  }
  return { ...global, init: rangeOf(writer.u8(0x0b).toBytes()) };
}
