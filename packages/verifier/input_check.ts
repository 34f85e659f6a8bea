/** Compares an artifact with the module that it says it was made of. */

import { bytesEqual } from "@skerry/base";
import { decodeModule, sectionId } from "@skerry/wasm";
import { type OffsetMap, Runs } from "./offset_map.ts";
import type { Plan } from "./plan.ts";
import type { Violations } from "./violation.ts";

/** Digest, length, where bodies lie, and every byte of every run. */
export async function checkInput(
  plan: Plan,
  offsets: OffsetMap,
  input: Uint8Array,
  violations: Violations,
): Promise<void> {
  const { inputLength, inputCodeOffset, inputDigest } = plan.metadata;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(input)));
  if (inputLength !== input.length || !bytesEqual(digest, inputDigest)) {
    return violations.add("digest", "the artifact was made of another module");
  }
  const decoded = decodeModule(input);
  if (!decoded.ok) return violations.add("offsets", "the module cannot be decoded");
  const { code, sections } = decoded.value;
  const codeOffset = sections.find(({ id }) => id === sectionId.code)?.start ?? 0;
  if (codeOffset !== inputCodeOffset || code.starts.length !== plan.guestBodies) {
    return violations.add("offsets", "the module's code lies elsewhere");
  }
  const runs = new Runs(offsets);
  for (let body = 0; body < plan.guestBodies && !violations.full; body += 1) {
    const place = { functionIndex: body + plan.spaces.importedFunctions };
    if (offsets.inputStarts[body] !== code.starts[body]) {
      violations.add("offsets", "the function's body began elsewhere", place);
      continue;
    }
    const mistake = compareRuns(plan, runs, body, input, code.ends[body] ?? 0);
    if (mistake >= 0) {
      violations.add("offsets", "a run differs from the module", { ...place, offset: mistake });
    }
  }
}

/** Where a run is not as it was; -1 where all are. A run of one byte may be what replaces something. */
function compareRuns(
  plan: Plan,
  runs: Runs,
  body: number,
  input: Uint8Array,
  inputEnd: number,
): number {
  const { bytes, starts } = plan.module.code;
  runs.enter(body, starts[body] ?? 0);
  const { inputStart } = runs;
  while (runs.next()) {
    const length = runs.end - runs.start;
    if (runs.inputStart < inputStart || runs.inputStart + length > inputEnd) return runs.start;
    if (length === 1) continue;
    for (let index = 0; index < length; index += 1) {
      if (bytes[runs.start + index] !== input[runs.inputStart + index]) return runs.start + index;
    }
  }
  return -1;
}
