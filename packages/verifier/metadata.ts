/**
 * Reads the custom section `skerry` (docs/artifact.md). Only its grammar is checked here: that the numbers
 * fit the module is for entities.ts.
 */

import { decodeUtf8 } from "@skerry/base";
import { type ByteRange, ByteReader } from "@skerry/wasm";

/** The passes that an artifact says it went through. */
export interface Passes {
  readonly preempt: boolean;
  readonly grow: boolean;
  readonly reset: boolean;
  readonly dirty: boolean;
}

/** How many of each the module had, imports included. */
export interface GuestCounts {
  readonly types: number;
  readonly functions: number;
  readonly tables: number;
  readonly memories: number;
  readonly globals: number;
  readonly elements: number;
  readonly data: number;
}

/** A guest memory. */
export interface MemoryPlan {
  readonly mode: "kept" | "barrier" | "whole";
  /** Where its byte map starts in the side memory. */
  readonly map: number;
  /** The global that says how many of its pages the guest must not see. */
  readonly hidden: number | undefined;
}

/** A guest table. */
export interface TablePlan {
  readonly snapshot: number | undefined;
  readonly changed: number | undefined;
}

/** A run of bytes that a memory starts with. */
export interface Image {
  readonly memory: number;
  readonly first: bigint;
  readonly length: number;
  readonly segment: number;
}

/** An injected function: the index of its kind in the list of docs/artifact.md, and what it is for. */
export interface InjectedFunction {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

/** All that the section says. */
export interface Metadata {
  readonly passes: Passes;
  readonly guest: GuestCounts;
  readonly side: number | undefined;
  readonly hooks: number | undefined;
  readonly fuel: number | undefined;
  readonly id: number | undefined;
  readonly discard: number | undefined;
  readonly memories: readonly MemoryPlan[];
  readonly tables: readonly TablePlan[];
  /** Flags by segment. */
  readonly droppedData: ReadonlyMap<number, number>;
  readonly emptyData: number | undefined;
  readonly droppedElements: ReadonlyMap<number, { readonly flag: number; readonly empty: number }>;
  readonly images: readonly Image[];
  readonly functions: readonly InjectedFunction[];
  readonly start: number | undefined;
  readonly reasons: readonly string[];
  readonly inputLength: number;
  readonly inputCodeOffset: number;
  readonly inputDigest: Uint8Array;
  readonly digest: Uint8Array;
}

/** Bytes of a SHA-256. */
export const digestBytes = 32;

/** @throws Malformed where the section is not as the document says */
export function readMetadata(section: ByteRange): Metadata {
  const reader = new ByteReader(section.bytes, section.start, section.end);
  const version = reader.readU32();
  if (version !== 1) {
    reader.fail(`unknown version ${version} of the section "skerry"`, section.start);
  }
  const passes = readPasses(reader);
  const guest = readGuestCounts(reader);
  const [side, hooks, fuel, id, discard] = times(5, () => optional(reader));
  const memories = list(reader, guest.memories, readMemory);
  const tables = list(
    reader,
    guest.tables,
    () => ({ snapshot: optional(reader), changed: optional(reader) }),
  );
  const droppedData = new Map(
    counted(reader, () => [reader.readU32(), reader.readU32()] as const),
  );
  const emptyData = optional(reader);
  const droppedElements = new Map(
    counted(
      reader,
      () => [reader.readU32(), { flag: reader.readU32(), empty: reader.readU32() }] as const,
    ),
  );
  const images = counted(reader, () => ({
    memory: reader.readU32(),
    first: reader.readU64(),
    length: reader.readU32(),
    segment: reader.readU32(),
  }));
  const functions = counted(
    reader,
    () => ({ kind: reader.readU32(), a: reader.readU32(), b: reader.readU32() }),
  );
  const start = optional(reader);
  const reasons = counted(reader, () => text(reader));
  const inputLength = reader.readU32();
  const inputCodeOffset = reader.readU32();
  const inputDigest = raw(reader, digestBytes);
  const digest = raw(reader, digestBytes);
  if (reader.offset !== reader.end) reader.fail("bytes after the section's digest");
  return {
    passes,
    guest,
    side,
    hooks,
    fuel,
    id,
    discard,
    memories,
    tables,
    droppedData,
    emptyData,
    droppedElements,
    images,
    functions,
    start,
    reasons,
    inputLength,
    inputCodeOffset,
    inputDigest,
    digest,
  };
}

function readPasses(reader: ByteReader): Passes {
  const bits = reader.readU32();
  if (bits > 15) reader.fail(`unknown passes ${bits}`);
  return {
    preempt: (bits & 1) !== 0,
    grow: (bits & 2) !== 0,
    reset: (bits & 4) !== 0,
    dirty: (bits & 8) !== 0,
  };
}

function readGuestCounts(reader: ByteReader): GuestCounts {
  return {
    types: reader.readU32(),
    functions: reader.readU32(),
    tables: reader.readU32(),
    memories: reader.readU32(),
    globals: reader.readU32(),
    elements: reader.readU32(),
    data: reader.readU32(),
  };
}

function readMemory(reader: ByteReader): MemoryPlan {
  const mode = modes[reader.readU32()] ?? reader.fail("unknown mode of a memory");
  return { mode, map: reader.readU32(), hidden: optional(reader) };
}

const modes = ["kept", "barrier", "whole"] as const;

/** `x?`: 0 for none, else x + 1. */
function optional(reader: ByteReader): number | undefined {
  const value = reader.readU32();
  return value === 0 ? undefined : value - 1;
}

function text(reader: ByteReader): string {
  return decodeUtf8(raw(reader, reader.readU32()));
}

function raw(reader: ByteReader, length: number): Uint8Array {
  const start = reader.offset;
  reader.skip(length);
  return reader.bytes.subarray(start, start + length);
}

function counted<Item>(reader: ByteReader, read: () => Item): Item[] {
  return times(reader.readCount(Infinity, "entries"), read);
}

/** Entries whose count was read before; each takes a byte at least. */
function list<Item>(
  reader: ByteReader,
  count: number,
  read: (reader: ByteReader) => Item,
): Item[] {
  if (count > reader.end - reader.offset) reader.fail(`unexpected end: ${count} entries`);
  return times(count, () => read(reader));
}

function times<Item>(count: number, read: () => Item): Item[] {
  const items: Item[] = [];
  for (let index = 0; index < count; index += 1) items.push(read());
  return items;
}
