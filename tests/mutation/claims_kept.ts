/** Whether a claim may be turned round, since nothing in the artifact hangs on it. */

import type { ArtifactView } from "./artifact_view.ts";

/** The rule by which a changed claim is no lie, if there is one. */
export function vacuousClaim(view: ArtifactView, pass: string): string | undefined {
  const bit = { preempt: 1, grow: 2, reset: 4, dirty: 8 }[pass] ?? 0;
  if ((view.section.passes & bit) !== 0) return "it claims less than it does";
  if (pass === "dirty" && view.section.memories.every(({ mode }) => mode !== 1)) {
    return "no memory has a barrier";
  }
  return undefined;
}
