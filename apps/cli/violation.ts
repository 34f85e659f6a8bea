/** What the verifier holds against an artifact, as a line for people. */

import { formatDiagnostic, printable } from "@skerry/base";
import type { Violation } from "@skerry/verifier";

/** Characters of a line that are shown; the names in it are a module's. */
const lineLengthMax = 1000;

/**
 * One line: `FILE: at offset 0x1f: function 12 (name): preempt: …`, with the place as far as it is known.
 *
 * @param file name of the artifact
 */
export function formatViolation(file: string, violation: Violation): string {
  const { property, message, functionIndex, functionName, offset } = violation;
  const name = functionName === undefined ? "" : ` (${functionName})`;
  const place = functionIndex === undefined ? "" : `function ${functionIndex}${name}: `;
  const line = formatDiagnostic(file, {
    message: `${place}${property}: ${message}`,
    ...(offset !== undefined && { at: { kind: "binary", offset } }),
  });
  return printable(line, lineLengthMax);
}
