/** Writes the section `skerry`, without the digest that ends it (docs/artifact.md). */

import { ByteWriter } from "@skerry/wasm";
import type { ArtifactSection } from "../../packages/compiler/testing/artifact_section.ts";

/** The section's bytes, whether they make sense or not. */
export function writeArtifactSection(section: ArtifactSection): Uint8Array {
  const writer = new ByteWriter();
  const optional = (value: number | undefined) => writer.u32(value === undefined ? 0 : value + 1);
  const { counts, side, hooks, fuel, id, discard } = section;
  writer.u32(section.version).u32(section.passes);
  const { types, functions, tables, memories, globals, elements, data } = counts;
  for (const count of [types, functions, tables, memories, globals, elements, data]) {
    writer.u32(count);
  }
  for (const index of [side, hooks, fuel, id, discard]) optional(index);
  for (const { mode, map, hidden } of section.memories) {
    writer.u32(mode).u32(map);
    optional(hidden);
  }
  for (const { snapshot, changed } of section.tables) {
    optional(snapshot);
    optional(changed);
  }
  writer.u32(section.droppedData.length);
  for (const { segment, flag } of section.droppedData) writer.u32(segment).u32(flag);
  optional(section.emptyData);
  writer.u32(section.droppedElements.length);
  for (const { segment, flag, empty } of section.droppedElements) {
    writer.u32(segment).u32(flag).u32(empty);
  }
  writer.u32(section.images.length);
  for (const { memory, start, length, segment } of section.images) {
    writer.u32(memory).u64(start).u32(length).u32(segment);
  }
  writer.u32(section.functions.length);
  for (const { kind, a, b } of section.functions) writer.u32(kind).u32(a).u32(b);
  optional(section.start);
  writer.u32(section.notResettable.length);
  for (const reason of section.notResettable) writer.name(reason);
  writer.u32(section.moduleBytes).u32(section.codeOffset).raw(section.moduleDigest);
  return writer.toBytes();
}
