/**
 * The contents that a memory begins with, laid out from its active data segments: a few contiguous ranges,
 * which the reset copies from and fills around with zeros.
 */

import type { DataSegment } from "@skerry/wasm";
import { constantAddress } from "./constant_values.ts";

/** Bytes that a memory has at `start` when it begins. */
export interface Image {
  readonly memory: number;
  readonly start: bigint;
  readonly content: Uint8Array;
}

/** A gap that is not worth a range of its own: restoring walks through all ranges of a memory. */
const gapBytesMax = 4096;
/** Ranges of one memory; beyond, the smallest gaps are filled. */
const imagesMax = 64;
/** Filled gaps may make the images this much larger than twice the data. */
const filledBytesMax = 8 * 2 ** 20;

interface Placed {
  readonly start: bigint;
  readonly end: bigint;
  readonly segment: DataSegment;
}

/**
 * Lays out a memory's active segments, in their order: later ones overwrite.
 *
 * @param memoryBytes the memory's size when it begins
 * @returns the images, or why there are none
 */
export function layImages(
  segments: readonly DataSegment[],
  memory: number,
  memoryBytes: bigint,
): Image[] | string {
  const placed: Placed[] = [];
  let dataBytes = 0n;
  for (const segment of segments) {
    const { mode, content } = segment;
    if (mode.kind !== "active" || mode.index !== memory) continue;
    const start = constantAddress(mode.offset);
    if (start === undefined) return "where a data segment goes depends on an import";
    const end = start + BigInt(content.end - content.start);
    if (end > memoryBytes) return "a data segment lies outside of its memory";
    if (end > start) placed.push({ start, end, segment });
    dataBytes += end - start;
  }
  const ranges = rangesOf(placed);
  const imageBytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0n);
  if (imageBytes > 2n * dataBytes + BigInt(filledBytesMax)) {
    return "its data segments are scattered over the memory";
  }
  return ranges.map(({ start, end }) => ({
    memory,
    start,
    content: new Uint8Array(Number(end - start)),
  })).map((image) => fill(image, placed));
}

function rangesOf(placed: readonly Placed[]): { start: bigint; end: bigint }[] {
  const sorted = [...placed].sort((left, right) =>
    left.start < right.start ? -1 : left.start > right.start ? 1 : 0
  );
  const gaps: bigint[] = [];
  let reached: bigint | undefined;
  for (const { start, end } of sorted) {
    if (reached !== undefined && start > reached) gaps.push(start - reached);
    if (reached === undefined || end > reached) reached = end;
  }
  gaps.sort((left, right) => left > right ? -1 : left < right ? 1 : 0);
  const widest = gaps[imagesMax - 1] ?? 0n;
  const joinable = widest > BigInt(gapBytesMax) ? widest : BigInt(gapBytesMax);
  const ranges: { start: bigint; end: bigint }[] = [];
  for (const { start, end } of sorted) {
    const last = ranges.at(-1);
    if (last === undefined || start > last.end + joinable) ranges.push({ start, end });
    else if (end > last.end) last.end = end;
  }
  return ranges;
}

function fill(image: Image, placed: readonly Placed[]): Image {
  const end = image.start + BigInt(image.content.length);
  for (const { start, segment } of placed) {
    if (start < image.start || start >= end) continue;
    const { bytes, start: from, end: to } = segment.content;
    image.content.set(bytes.subarray(from, to), Number(start - image.start));
  }
  return image;
}
