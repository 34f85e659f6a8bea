/** Whether what came of a command is what its script expects. */

import type { Literals } from "./literals.ts";
import type { Observation, ObservedValue } from "./observation.ts";
import type { Command } from "./wast_command.ts";
import type { Expected, NanLane, ReferenceKind } from "./wast_values.ts";

/** Whether an observation meets its command. */
export function meets(command: Command, { ending }: Observation, literals: Literals): boolean {
  switch (command.kind) {
    case "return":
      return ending.kind === "returned" && ending.values.length === command.expected.length &&
        command.expected.every((expected, index) => {
          const value = ending.values[index];
          return value !== undefined && valueMeets(expected, value, literals);
        });
    case "failure":
      return ending.kind === endings[command.failure];
    case "refusal":
      return ending.kind === endings[command.refusal];
    default:
      return ending.kind === "returned";
  }
}

const endings = {
  trap: "trapped",
  exhaustion: "exhausted",
  exception: "threw",
  invalid: "refused",
  malformed: "refused",
  unlinkable: "unlinkable",
} as const;

/** Whether a value is one that is expected. */
export function valueMeets(expected: Expected, value: ObservedValue, literals: Literals): boolean {
  switch (expected.kind) {
    case "either":
      return expected.alternatives.some((one) => valueMeets(one, value, literals));
    case "number": {
      const bits = literals.get(expected.literal);
      return bits !== undefined && value.kind === "number" && value.type === expected.type &&
        bitsMeet(bits, expected.nans, value.bits);
    }
    case "null":
      return value.kind === "null";
    case "host":
      return value.kind === "host" && value.number === expected.number;
    case "reference":
      return referenceMeets(expected.of, value);
  }
}

function bitsMeet(expected: bigint, nans: readonly NanLane[], observed: bigint): boolean {
  let differing = expected ^ observed;
  for (const { kind, shiftBits, widthBits } of nans) {
    const lane = BigInt.asUintN(widthBits, observed >> BigInt(shiftBits));
    if (!isNan(kind, widthBits, lane)) return false;
    differing &= ~(((1n << BigInt(widthBits)) - 1n) << BigInt(shiftBits));
  }
  return differing === 0n;
}

/** Canonical: no bit of the payload but its highest. Arithmetic: at least that bit. Any sign (2.1.3, 4.3.3). */
function isNan(kind: NanLane["kind"], widthBits: 32 | 64, lane: bigint): boolean {
  const quiet = widthBits === 32 ? 0x7fc00000n : 0x7ff8000000000000n;
  const mask = kind === "arithmetic" ? quiet : (1n << BigInt(widthBits - 1)) - 1n;
  return (lane & mask) === quiet;
}

/** Which observed references are of an expected kind (3.3.3 Heap Types). */
function referenceMeets(of: ReferenceKind, value: ObservedValue): boolean {
  if (value.kind === "null" || value.kind === "number") return false;
  if (of === "extern" || of === "any") return !(value.kind === "reference" && value.of === "exn");
  if (value.kind === "i31") return of === "i31" || of === "eq";
  if (value.kind === "host") return false;
  return value.of === of || (of === "eq" && (value.of === "struct" || value.of === "array"));
}
