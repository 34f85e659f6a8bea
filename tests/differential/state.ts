/** The state of two instances of one module, compared: memories, tables and globals. */

import { indexSpaces, type WasmModule } from "@skerry/wasm";
import { firstDifference, firstNonZero } from "./bytes.ts";
import type { HostValues } from "./descriptions.ts";
import { exposedName } from "./exposed.ts";

/** An instance whose state is exported, with the values that its host gave it. */
export interface Side {
  readonly exports: WebAssembly.Exports;
  readonly values: HostValues;
}

/** Whether the memories' sizes must be the same, or the right one may have zeros beyond. */
export type Sizes = "same" | "zeros beyond";

/** All differences, as texts. */
export function stateDifferences(
  module: WasmModule,
  left: Side,
  right: Side,
  sizes: Sizes,
): string[] {
  const { memories, tables, globals } = indexSpaces(module);
  return [
    ...memories.flatMap((_, index) => memoryDifferences(left, right, index, sizes)),
    ...tables.flatMap((_, index) => tableDifferences(left, right, index)),
    ...globals.flatMap((_, index) => {
      const was = globalText(left, index);
      const is = globalText(right, index);
      return was === is ? [] : [`global ${index} is ${is}, not ${was}`];
    }),
  ];
}

function memoryDifferences(left: Side, right: Side, index: number, sizes: Sizes): string[] {
  const name = exposedName("memory", index);
  const was = bufferOf(left.exports[name]);
  const is = bufferOf(right.exports[name]);
  if (was.byteLength !== is.byteLength && (sizes === "same" || is.byteLength < was.byteLength)) {
    return [`memory ${index} has ${is.byteLength} bytes, not ${was.byteLength}`];
  }
  const at = firstDifference(was, is, was.byteLength);
  if (at >= 0) return [`memory ${index} differs at ${at}`];
  const beyond = firstNonZero(is, was.byteLength);
  return beyond < 0 ? [] : [`memory ${index} is not zero beyond its size, at ${beyond}`];
}

/** The bytes of an exported memory. */
export function bufferOf(memory: unknown): ArrayBufferLike {
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("a memory is not exported");
  return memory.buffer;
}

function tableDifferences(left: Side, right: Side, index: number): string[] {
  const name = exposedName("table", index);
  const was = elementTexts(left, name);
  const is = elementTexts(right, name);
  if (was.length !== is.length) {
    return [`table ${index} has ${is.length} elements, not ${was.length}`];
  }
  const at = was.findIndex((text, element) => text !== is[element]);
  return at < 0 ? [] : [`element ${at} of table ${index} is ${is[at]}, not ${was[at]}`];
}

function elementTexts({ exports, values }: Side, name: string): string[] {
  const table = exports[name];
  if (!(table instanceof WebAssembly.Table)) throw new Error("a table is not exported");
  // Sizes and indexes of a table with 64-bit addresses are bigints.
  const length: number | bigint = table.length;
  return Array.from({ length: Number(length) }, (_, element) => {
    const index = typeof length === "bigint" ? BigInt(element) as unknown as number : element;
    return readable(() => values.describe(table.get(index)));
  });
}

function globalText({ exports, values }: Side, index: number): string {
  const global = exports[exposedName("global", index)];
  if (!(global instanceof WebAssembly.Global)) throw new Error("a global is not exported");
  return readable(() => values.describe(global.value));
}

/** Vectors and exceptions cannot be read from outside. */
function readable(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return "unreadable";
    throw error;
  }
}
