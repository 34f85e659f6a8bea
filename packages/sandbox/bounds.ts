/**
 * Bounds on memories and tables, written into the module: the engine itself then answers −1 to a growth
 * that goes beyond, as the specification allows for any growth.
 */

import { type Diagnostic, err, formatSize, limits, ok, type Result } from "@skerry/base";
import {
  indexSpaces,
  type Limits,
  type MemoryType,
  type Table,
  usedFeatures,
  type WasmModule,
} from "@skerry/wasm";

/** A page of linear memory. */
const pageBytes = 65_536;

/** The memories with maximums that together stay within the bound. */
export function boundMemories(
  memories: readonly MemoryType[],
  bytesMax: number,
): Result<MemoryType[], Diagnostic[]> {
  if (memories.some(({ shared }) => shared)) {
    return refuse(
      "it declares a shared memory: threads are not offered, and a guest that waits on one would stop its thread",
    );
  }
  if (memories.length > limits.memoriesMax) {
    return refuse(`it has ${memories.length} memories, and ${limits.memoriesMax} are allowed`);
  }
  const bounded = share(
    memories.map((memory) => memory.limits),
    BigInt(Math.floor(bytesMax / pageBytes)),
  );
  if (bounded === undefined) {
    const least = memories.reduce((sum, memory) => sum + memory.limits.min, 0n);
    const needed = formatSize(Number(least) * pageBytes);
    return refuse(`its memory begins with ${needed}, and ${formatSize(bytesMax)} are allowed`);
  }
  return ok(
    memories.map((memory, index) => ({ ...memory, limits: bounded[index] ?? memory.limits })),
  );
}

/** The tables with maximums that together stay within the bound. */
export function boundTables(
  tables: readonly Table[],
  elementsMax: number,
): Result<Table[], Diagnostic[]> {
  if (tables.length > limits.tablesMax) {
    return refuse(`it has ${tables.length} tables, and ${limits.tablesMax} are allowed`);
  }
  const bounded = share(tables.map(({ type }) => type.limits), BigInt(elementsMax));
  if (bounded === undefined) {
    return refuse(`its tables begin with more than ${elementsMax} elements`);
  }
  return ok(tables.map((table, index) => ({
    ...table,
    type: { ...table.type, limits: bounded[index] ?? table.type.limits },
  })));
}

/** Why a module could make objects on the engine's heap without end. */
export function heapProblems(module: WasmModule): Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (usedFeatures(module).includes("gc")) {
    problems.push({
      message: "it uses garbage collection, whose objects are not bounded for each request",
    });
  }
  const { types, tags } = indexSpaces(module);
  const carriesReference = Array.from(tags).some((tag) => {
    const composite = types[tag]?.composite;
    return composite?.kind === "function" &&
      composite.params.some((type) => typeof type !== "string");
  });
  if (carriesReference) {
    problems.push({
      message: "its exceptions carry references, whose chains are not bounded for each request",
    });
  }
  return problems;
}

/** Gives each its minimum and an equal part of what is left; undefined where the minimums exceed it. */
function share(all: readonly Limits[], total: bigint): Limits[] | undefined {
  const least = all.reduce((sum, { min }) => sum + min, 0n);
  if (least > total) return undefined;
  const extra = all.length === 0 ? 0n : (total - least) / BigInt(all.length);
  return all.map(({ min, max }) => ({
    min,
    max: max === undefined || max > min + extra ? min + extra : max,
  }));
}

function refuse(message: string): Result<never, Diagnostic[]> {
  return err([{ message }]);
}
