/** Reads the section `skerry.offsets` of an artifact, after docs/artifact.md. */

import type { Code, WasmModule } from "@skerry/wasm";
import { customContent } from "./artifact_section.ts";

/** Bytes that are the same in the artifact and the module, or one byte for an instruction that is not. */
export interface Run {
  /** From the body's start. */
  readonly artifactAt: number;
  /** From the module's start. */
  readonly moduleAt: number;
  readonly length: number;
}

/** The map of one function. */
export interface BodyOffsets {
  /** Where its body starts in the module. */
  readonly start: number;
  readonly runs: readonly Run[];
}

/** Where a body starts in the artifact. */
export function bodyOffset({ starts }: Code, body: number): number {
  return starts[body] ?? 0;
}

/** Reads the section to its end. */
export function readOffsets(artifact: WasmModule, functions: number): BodyOffsets[] {
  const reader = customContent(artifact, "skerry.offsets");
  let start = 0;
  const bodies = Array.from({ length: functions }, () => {
    start += reader.readS33();
    let artifactAt = 0;
    let moduleAt = start;
    const runs = Array.from({ length: reader.readU32() }, (): Run => {
      artifactAt += reader.readU32();
      moduleAt += reader.readS33();
      const length = reader.readU32();
      const run = { artifactAt, moduleAt, length };
      artifactAt += length;
      moduleAt += length;
      return run;
    });
    return { start, runs };
  });
  if (reader.offset !== reader.end) throw new Error("something stands after the section's end");
  return bodies;
}
