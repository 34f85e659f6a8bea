/** What makes a module impossible to reset: its instances are used once. */

import type { IndexSpaces, WasmModule } from "@skerry/wasm";
import { memoryPagesMax } from "./constants.ts";
import { allocates } from "./constant_values.ts";
import type { Survey } from "./survey.ts";

/** Each reason, in words for the one who wrote the module. */
export function resetObstacles(module: WasmModule, spaces: IndexSpaces, found: Survey): string[] {
  return [
    ...importObstacles(module),
    ...memoryObstacles(spaces),
    ...allocationObstacles(module),
    ...segmentObstacles(found),
  ];
}

function importObstacles(module: WasmModule): string[] {
  const reasons: string[] = [];
  for (const { type } of module.imports) {
    if (type.kind === "memory") reasons.push("it imports a memory");
    if (type.kind === "table") reasons.push("it imports a table");
    if (type.kind === "global" && type.type.mutable) reasons.push("it imports a mutable global");
  }
  return reasons;
}

function memoryObstacles(spaces: IndexSpaces): string[] {
  const reasons: string[] = [];
  for (const { shared, addressType, limits } of spaces.memories) {
    if (shared) reasons.push("it has a shared memory");
    const most = addressType === "i32" ? BigInt(memoryPagesMax) : 2n ** 18n;
    if (limits.min > most) reasons.push(`a memory begins with more than ${most} pages`);
  }
  return reasons;
}

/** Objects that every run would find as the last one left them: neither a reset nor a snapshot reaches them. */
export function allocationObstacles(module: WasmModule): string[] {
  const reasons: string[] = [];
  const what = "of the engine's heap that no reset reaches";
  for (const { type, init } of module.globals) {
    if (!type.mutable && allocates(init)) {
      reasons.push(`an immutable global holds an object ${what}`);
    }
  }
  for (const { init } of module.tables) {
    if (init !== undefined && allocates(init)) reasons.push(`a table holds an object ${what}`);
  }
  for (const { items } of module.elements) {
    if (items.kind !== "expressions") continue;
    const { bytes, offsets } = items;
    if (allocatesAny(bytes, offsets)) {
      reasons.push(`an element segment holds an object ${what}`);
    }
  }
  return reasons;
}

function allocatesAny(bytes: Uint8Array, offsets: Uint32Array): boolean {
  for (let index = 1; index < offsets.length; index += 1) {
    const start = offsets[index - 1] ?? 0;
    if (allocates({ bytes, start, end: offsets[index] ?? start })) return true;
  }
  return false;
}

function segmentObstacles(found: Survey): string[] {
  const reasons: string[] = [];
  const both = (left: ReadonlySet<number>, right: ReadonlySet<number>) =>
    [...left].some((item) => right.has(item));
  if (
    both(found.droppedData, found.arrayData) || both(found.droppedElements, found.arrayElements)
  ) {
    reasons.push("it makes arrays from a segment that it also drops");
  }
  return reasons;
}
