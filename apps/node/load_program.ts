/** From an artifact on disk to a program: read, verified, compiled by the engine. */

import { formatDiagnostic, limits, SkerryError } from "@skerry/base";
import { readFile } from "@skerry/platform";
import { compile, type Program } from "@skerry/sandbox";
import { guestInterfaces } from "./guest_interfaces.ts";

/** Programs that are served can be interrupted wherever they are. */
export const required = ["preempt"] as const;

/**
 * Loads an artifact.
 *
 * @throws SkerryError with every reason against it
 */
export async function loadArtifact(path: string, memoryBytesMax?: number): Promise<Program> {
  const bytes = await readFile(path, limits.artifactBytesMax);
  const compiled = await compile(bytes, {
    interfaces: guestInterfaces,
    isolation: "none",
    requires: required,
    memoryBytesMax: memoryBytesMax ?? limits.memoryBytesMax,
    tableElementsMax: limits.tableElementsMax,
    engineHeap: "refused",
  });
  if (compiled.ok) return compiled.value;
  const { diagnostics } = compiled.error;
  throw new SkerryError(
    "SKERRY_MODULE_REFUSED",
    diagnostics.map((diagnostic) => formatDiagnostic("the artifact", diagnostic)).join("\n"),
    { where: path },
  );
}
