/** What an artifact's own section says of the guest's memories: a reader of its own (docs/artifact.md). */

import { ByteReader, decodeModule } from "@skerry/wasm";

/** One of the guest's memories in an artifact. */
export interface MemoryFacts {
  readonly mode: "not reset" | "barrier" | "whole";
  /** Where its dirty map begins in the memory `skerry:side`. */
  readonly mapOffset: number;
}

/** The guest's memories, in order. */
export function memoryFacts(artifact: Uint8Array): readonly MemoryFacts[] {
  const decoded = decodeModule(artifact);
  if (!decoded.ok) throw new Error("the artifact is not a module");
  const section = decoded.value.customs.find(({ name }) => name === "skerry");
  if (section === undefined) throw new Error("the artifact has no section of its own");
  const { bytes, start, end } = section.content;
  const reader = new ByteReader(bytes, start, end);
  const version = reader.readU32();
  if (version !== 1) throw new Error(`the artifact is of version ${version}`);
  reader.readU32(); // passes
  const counts = Array.from({ length: 7 }, () => reader.readU32());
  for (let optional = 0; optional < 5; optional += 1) reader.readU32();
  return Array.from({ length: counts[3] ?? 0 }, () => {
    const mode = (["not reset", "barrier", "whole"] as const)[reader.readU32()];
    if (mode === undefined) throw new Error("a memory has an unknown mode");
    const mapOffset = reader.readU32();
    reader.readU32(); // hidden global
    return { mode, mapOffset };
  });
}
