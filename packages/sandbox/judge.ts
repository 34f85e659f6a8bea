/** What it means that something was thrown: by the guest, or by a host function that it called. */

import { engineFrames } from "./backtrace.ts";
import { GuestMemoryFault } from "./guest_memory.ts";
import type { Frame, GuestValue, Outcome } from "./outcome.ts";
import type { Program } from "./program.ts";
import { classify } from "./trap.ts";

/** The guest's frames in an error's stack, in terms of the module that was given; none for what is no error. */
export function backtraceOf(program: Program, error: unknown): Frame[] {
  return engineFrames(error).flatMap((offset) => program.locate(offset) ?? []);
}

/** A judgement of what was thrown, which may be anything: to look at it may throw, too. */
function guarded(thrown: unknown, judge: () => Outcome): Outcome {
  try {
    return judge();
  } catch {
    return { kind: "hostFault", error: thrown, backtrace: [] };
  }
}

/** What an exception that left the guest means. */
export function judgeGuest(program: Program, thrown: unknown): Outcome {
  return guarded(thrown, () => judgedGuest(program, thrown));
}

function judgedGuest(program: Program, thrown: unknown): Outcome {
  const backtrace = backtraceOf(program, thrown);
  const classified = classify(thrown);
  switch (classified.kind) {
    case "trap":
      return { kind: "trapped", trap: classified.trap, message: classified.message, backtrace };
    case "stack overflow":
      return { kind: "exhausted", limit: "stack", backtrace };
    case "not the guest's":
      return { kind: "hostFault", error: thrown, backtrace };
  }
}

/**
 * A host function threw: the guest's doing only where it had no stack left, or no memory to speak of.
 *
 * @param where an error that was made where the guest called
 */
export function judgeHostCall(program: Program, thrown: unknown, where: unknown): Outcome {
  return guarded(thrown, () => judgedHostCall(program, thrown, where));
}

function judgedHostCall(program: Program, thrown: unknown, where: unknown): Outcome {
  const backtrace = backtraceOf(program, where);
  if (classify(thrown).kind === "stack overflow") {
    return { kind: "exhausted", limit: "stack", backtrace };
  }
  if (thrown instanceof GuestMemoryFault) {
    const trap = "out of bounds memory access";
    return { kind: "trapped", trap, message: thrown.message, backtrace };
  }
  return { kind: "hostFault", error: thrown, backtrace };
}

/** Results of an export as plain values; a reference is told by its type and never handed out. */
export function guestValues(result: unknown): GuestValue[] {
  if (result === undefined) return [];
  const values: unknown[] = Array.isArray(result) ? result : [result];
  return values.map((value) =>
    typeof value === "number" || typeof value === "bigint" ? value : `<${typeof value}>`
  );
}
