/** The contents of memories and tables as active segments. */

import {
  ByteWriter,
  type DataSegment,
  type ElementItems,
  type ElementSegment,
  rangeOf,
  type SegmentMode,
  type TableType,
} from "@skerry/wasm";
import { addressOf, referenceTo } from "./snapshot_constants.ts";

/** Zeros in a row that end a data segment, and nulls that end an element segment. */
const gapBytes = 4096;
const gapElements = 64;

/** What is not zero, in as many segments as have long gaps between them. */
export function dataSegments(bytes: Uint8Array, memory: number, wide: boolean): DataSegment[] {
  return runsOf(bytes, 0, gapBytes).map(({ start, end }) => ({
    mode: active(memory, start, wide),
    content: { bytes, start, end },
  }));
}

/** What is not null, likewise. */
export function elementSegments(
  elements: Int32Array,
  table: number,
  type: TableType,
): ElementSegment[] {
  return runsOf(elements, -1, gapElements).map(({ start, end }) => ({
    mode: active(table, start, type.addressType === "i64"),
    items: itemsOf(elements.subarray(start, end), type),
  }));
}

/** Function indexes make elements of the type `funcref`, and never null. */
function itemsOf(elements: Int32Array, { element }: TableType): ElementItems {
  if (element.heap === "func" && element.nullable && !elements.includes(-1)) {
    return { kind: "functions", indexes: Uint32Array.from(elements) };
  }
  const writer = new ByteWriter(elements.length * 4);
  const offsets = new Uint32Array(elements.length + 1);
  elements.forEach((index, at) => {
    referenceTo(index === -1 ? null : index, element.heap, writer).u8(0x0b);
    offsets[at + 1] = writer.length;
  });
  return { kind: "expressions", type: element, bytes: writer.toBytes(), offsets };
}

function active(index: number, at: number, wide: boolean): SegmentMode & { kind: "active" } {
  return { kind: "active", index, explicit: index !== 0, offset: rangeOf(addressOf(at, wide)) };
}

/** Stretches of what is not empty, each beginning and ending with such an item. */
function runsOf(
  items: Uint8Array | Int32Array,
  empty: number,
  gap: number,
): { readonly start: number; readonly end: number }[] {
  const runs: { start: number; end: number }[] = [];
  const firstOther = (from: number) => {
    let at = from;
    while (at < items.length && items[at] === empty) at += 1;
    return at;
  };
  for (let start = firstOther(0); start < items.length;) {
    let end = start;
    for (let next = start; next < items.length && next - end < gap; next += 1) {
      if (items[next] !== empty) end = next + 1;
    }
    runs.push({ start, end });
    start = firstOther(end);
  }
  return runs;
}
