/**
 * Whether two engines did the same with a command.
 *
 * Messages of traps are compared word for word. The bits of a NaN are free only where the script leaves them
 * free (4.3.3 Floating-Point Operations): the same engine may choose them differently in different code.
 */

import { valueMeets } from "./expectation.ts";
import type { Literals } from "./literals.ts";
import { describeValue, type Ending, type Observation, type ObservedValue } from "./observation.ts";
import type { Command } from "./wast_command.ts";
import type { Expected } from "./wast_values.ts";

/** Whether two observations of a command are the same. */
export function agree(
  command: Command,
  left: Observation,
  right: Observation,
  literals: Literals,
): boolean {
  if (left.printed.join("\n") !== right.printed.join("\n")) return false;
  if (left.ending.kind === "returned" && right.ending.kind === "returned") {
    return valuesAgree(command, left.ending.values, right.ending.values, literals);
  }
  return sameEnding(left.ending, right.ending);
}

/** Why a module is refused is told in each engine's own words; why a guest trapped is not. */
function sameEnding(left: Ending, right: Ending): boolean {
  if (left.kind === "trapped") return right.kind === "trapped" && left.message === right.message;
  if (left.kind === "failed") return right.kind === "failed" && left.message === right.message;
  return left.kind === right.kind;
}

function valuesAgree(
  command: Command,
  left: readonly ObservedValue[],
  right: readonly ObservedValue[],
  literals: Literals,
): boolean {
  return left.length === right.length && left.every((value, index) => {
    const other = right[index];
    if (other === undefined) return false;
    if (describeValue(value) === describeValue(other)) return true;
    const expected = command.kind === "return" ? command.expected[index] : undefined;
    return expected !== undefined && bothNan(expected, value, other, literals);
  });
}

/** Whether two values are different spellings of one expected NaN. */
function bothNan(
  expected: Expected,
  left: ObservedValue,
  right: ObservedValue,
  literals: Literals,
): boolean {
  if (expected.kind === "either") {
    return expected.alternatives.some((one) => bothNan(one, left, right, literals));
  }
  return expected.kind === "number" && valueMeets(expected, left, literals) &&
    valueMeets(expected, right, literals);
}
