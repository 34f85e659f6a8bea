/** Reads the section `skerry` of an artifact, after docs/artifact.md and not after the compiler. */

import { bug } from "@skerry/base";
import { ByteReader, type WasmModule } from "@skerry/wasm";

/** What the section says; `undefined` where something is not there. */
export interface ArtifactSection {
  readonly version: number;
  readonly passes: number;
  /** What the module had, imports included. */
  readonly counts: {
    readonly types: number;
    readonly functions: number;
    readonly tables: number;
    readonly memories: number;
    readonly globals: number;
    readonly elements: number;
    readonly data: number;
  };
  readonly side: number | undefined;
  readonly hooks: number | undefined;
  readonly fuel: number | undefined;
  readonly id: number | undefined;
  readonly discard: number | undefined;
  readonly memories: readonly { mode: number; map: number; hidden: number | undefined }[];
  readonly tables: readonly { snapshot: number | undefined; changed: number | undefined }[];
  readonly droppedData: readonly { segment: number; flag: number }[];
  readonly emptyData: number | undefined;
  readonly droppedElements: readonly { segment: number; flag: number; empty: number }[];
  readonly images: readonly { memory: number; start: bigint; length: number; segment: number }[];
  readonly functions: readonly { kind: number; a: number; b: number }[];
  readonly start: number | undefined;
  readonly notResettable: readonly string[];
  readonly moduleBytes: number;
  readonly codeOffset: number;
  readonly moduleDigest: Uint8Array;
  readonly artifactDigest: Uint8Array;
}

/** A custom section's content. */
export function customContent(module: WasmModule, name: string): ByteReader {
  const section = module.customs.find((custom) => custom.name === name);
  const { bytes, start, end } = section?.content ?? bug(`there is no section ${name}`);
  return new ByteReader(bytes, start, end);
}

/** Reads the section to its end. */
export function readArtifactSection(module: WasmModule): ArtifactSection {
  const reader = customContent(module, "skerry");
  const u32 = () => reader.readU32();
  const optional = () => {
    const value = reader.readU32();
    return value === 0 ? undefined : value - 1;
  };
  const list = <Item>(count: number, item: () => Item) => Array.from({ length: count }, item);
  const digest = () => {
    reader.skip(32);
    return reader.bytes.slice(reader.offset - 32, reader.offset);
  };
  const version = u32();
  const passes = u32();
  const counts = {
    ...{ types: u32(), functions: u32(), tables: u32(), memories: u32(), globals: u32() },
    ...{ elements: u32(), data: u32() },
  };
  // Members are read in the order in which they are written here.
  const section = {
    ...{ version, passes, counts },
    ...{ side: optional(), hooks: optional(), fuel: optional(), id: optional() },
    discard: optional(),
    memories: list(counts.memories, () => ({ mode: u32(), map: u32(), hidden: optional() })),
    tables: list(counts.tables, () => ({ snapshot: optional(), changed: optional() })),
    droppedData: list(u32(), () => ({ segment: u32(), flag: u32() })),
    emptyData: optional(),
    droppedElements: list(u32(), () => ({ segment: u32(), flag: u32(), empty: u32() })),
    images: list(u32(), () => ({
      ...{ memory: u32(), start: reader.readU64(), length: u32(), segment: u32() },
    })),
    functions: list(u32(), () => ({ kind: u32(), a: u32(), b: u32() })),
    start: optional(),
    notResettable: list(u32(), () => reader.readName()),
    ...{ moduleBytes: u32(), codeOffset: u32() },
    ...{ moduleDigest: digest(), artifactDigest: digest() },
  };
  if (reader.offset !== reader.end) bug("something stands after the section's end");
  return section;
}
