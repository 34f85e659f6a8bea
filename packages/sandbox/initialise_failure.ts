/** What stands against a module's initialisation: what, where in the module, and what to do about it. */

import { type Diagnostic, printable } from "@skerry/base";
import { decodeModule, indexSpaces, type WasmModule } from "@skerry/wasm";
import type { CompileFailure } from "./compile.ts";
import type { Frame, Outcome } from "./outcome.ts";
import type { Refusal } from "./pool.ts";

/** Why a module is not initialised. */
export interface InitialiseFailure {
  /**
   * It cannot be run at all; it is an artifact; there is no such export; its run did not return; or the state that it
   * left cannot be written down.
   */
  readonly reason: CompileFailure["reason"] | "artifact" | "export" | "run" | "state";
  /** With offsets in the module; after a run, its backtrace from the second one on. */
  readonly diagnostics: readonly Diagnostic[];
  readonly remedy: string;
  /** How its run ended, where that is the reason. */
  readonly outcome?: Outcome;
}

const remedies = {
  malformed: "build the module again",
  imports: "build it without these imports, or offer them",
  limits: "change the module or the limits it is held to",
  unverified: "build the module again",
  artifact: "initialise the module that it was made of, and compile what comes of that",
  export: "name an export that takes and gives nothing, and that runs all that is needed once",
  run: "mend its initialisation, or name another export",
  state: "leave to each request what cannot be written down, or go without a snapshot",
} as const satisfies Record<InitialiseFailure["reason"], string>;

/** A failure with the usual remedy of its kind. */
export function failure(
  reason: InitialiseFailure["reason"],
  diagnostics: readonly Diagnostic[],
): InitialiseFailure {
  return { reason, diagnostics, remedy: remedies[reason] };
}

/** No snapshot can be taken. */
export function notSnapshot(reasons: readonly string[]): InitialiseFailure {
  return failure("state", reasons.map((reason) => ({ message: `no snapshot: ${reason}` })));
}

/** There is no sandbox to run it in. */
export function leaseRefused(refusal: Refusal): InitialiseFailure {
  return failure("limits", [{ message: `there is no sandbox for its initialisation: ${refusal}` }]);
}

/**
 * A run that did not return.
 *
 * @param name the export, where it was not the start function alone
 * @param ran the module that was run; its functions are the module's, at other offsets
 */
export function notInitialised(
  outcome: Outcome,
  name: string | undefined,
  module: WasmModule,
  ran: Uint8Array,
): InitialiseFailure {
  const backtrace = "backtrace" in outcome ? relocated(outcome.backtrace, module, ran) : [];
  const what = name === undefined ? "its start function" : `"${printable(name)}"`;
  const { message, remedy } = described(outcome);
  const [first, ...others] = backtrace;
  const diagnostics = [
    at(`${what} ${message}${first === undefined ? "" : `, in ${named(first)}`}`, first),
    ...others.map((frame) => at(`called from ${named(frame)}`, frame)),
  ];
  return {
    ...failure("run", diagnostics),
    ...(remedy !== undefined && { remedy }),
    outcome: "backtrace" in outcome ? { ...outcome, backtrace } : outcome,
  };
}

function described(outcome: Outcome): { readonly message: string; readonly remedy?: string } {
  switch (outcome.kind) {
    case "exited":
      return {
        message: `exited with code ${outcome.code}`,
        remedy: "let it return: what has exited cannot be gone on with",
      };
    case "trapped":
      return { message: `trapped: ${outcome.trap}` };
    case "exhausted":
      return {
        message: `ran out of its ${outcome.limit}`,
        remedy: "let it do less, or give it more",
      };
    case "killed":
      return { message: `was ended: ${outcome.reason}` };
    case "hostFault":
      return { message: `ended in a fault of the host: ${printable(String(outcome.error), 1000)}` };
    case "returned":
      return { message: "returned, and its sandbox is gone" };
  }
}

/** Bodies are encoded byte for byte as they came, so a place in a body is the same in both. */
function relocated(frames: readonly Frame[], module: WasmModule, ran: Uint8Array): Frame[] {
  const decoded = decodeModule(ran);
  if (!decoded.ok) return [];
  const { importedFunctions } = indexSpaces(module);
  return frames.flatMap((frame) => {
    const body = frame.functionIndex - importedFunctions;
    const [before, after] = [module.code.starts[body], decoded.value.code.starts[body]];
    if (before === undefined || after === undefined) return [];
    return [{ ...frame, offset: frame.offset - after + before }];
  });
}

function named({ functionIndex, functionName }: Frame): string {
  const name = functionName === undefined ? "" : ` (${printable(functionName)})`;
  return `function ${functionIndex}${name}`;
}

function at(message: string, frame: Frame | undefined): Diagnostic {
  return frame === undefined
    ? { message }
    : { message, at: { kind: "binary", offset: frame.offset } };
}
