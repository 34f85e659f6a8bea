/** Compiles a module in a variant, and has the artifact verified. */

import { compileModule, type CompileReport, openPolicy } from "@skerry/compiler";
import { verify } from "@skerry/verifier";
import { type MemoryFacts, memoryFacts } from "./artifact_facts.ts";
import type { Tally } from "./tally.ts";
import type { Variant } from "./variants.ts";

/** An artifact that the engine takes. */
export interface Artifact {
  readonly module: WebAssembly.Module;
  readonly memories: readonly MemoryFacts[];
}

/** The artifact, or a text that says what is wrong with it. */
export async function artifactOf(
  module: Uint8Array<ArrayBuffer>,
  { passes }: Variant,
  tally: Tally,
): Promise<Artifact | string> {
  const compiled = await compileModule(module, { passes, policy: openPolicy });
  if (!compiled.ok) return `not compiled: ${compiled.error.diagnostics[0]?.message}`;
  const { artifact, report } = compiled.value;
  count(report, tally);
  try {
    const made = { module: new WebAssembly.Module(artifact), memories: memoryFacts(artifact) };
    await verifyArtifact(artifact, module, tally);
    return made;
  } catch (error) {
    return `the artifact is refused: ${error}`;
  }
}

function count({ stores, elidedMarks, loopChecks }: CompileReport, tally: Tally): void {
  tally.artifacts += 1;
  tally.stores += stores;
  tally.elidedMarks += elidedMarks;
  tally.loopChecks += loopChecks;
}

/** What the verifier objects to is counted by kind: it is no difference in what the module does. */
async function verifyArtifact(
  artifact: Uint8Array,
  input: Uint8Array,
  tally: Tally,
): Promise<void> {
  const verified = await verify(artifact, { input, diagnosticsMax: 1 });
  if (verified.ok) {
    tally.verified += 1;
    return;
  }
  for (const { property, message } of verified.error) {
    const kind = `${property}: ${message.replaceAll(/\d+/g, "…")}`;
    tally.violations.set(kind, (tally.violations.get(kind) ?? 0) + 1);
  }
}
