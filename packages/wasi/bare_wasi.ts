/**
 * WASI for an instance that is made without a sandbox: the imports, and how a run ended as a value.
 *
 * What a sandbox adds is missing: nothing bounds the guest's time or memory, and nobody else has a turn while it
 * computes. What it can reach is bounded as ever, by its context.
 */

import { SkerryError } from "@skerry/base";
import { type HostInterface, type Outcome, promising } from "@skerry/sandbox";
import { BareGuest } from "./bare_guest.ts";
import { atOnce, detours, immediateFunctions } from "./bare_imports.ts";
import type { WasiContext } from "./context.ts";
import { wasiPreview1 } from "./preview1.ts";
import { wasiUnstable } from "./snapshot0.ts";

/** What is needed of an instance. */
export interface Instantiated {
  readonly exports: WebAssembly.Exports;
}

/** WASI for one instance. What its functions answer is an {@link Outcome}, later or at once. */
export interface BareBinding<Answer> {
  /** For the instance that is yet to be made; a module's other imports come beside them. */
  readonly imports: WebAssembly.Imports;
  /** Says whose memory the calls are about. The functions below do so themselves. */
  attach(instance: Instantiated): void;
  /** Runs a command: `_start`. */
  start(instance: Instantiated): Answer;
  /** Readies a reactor: `_initialize`, where there is one. */
  initialize(instance: Instantiated): Answer;
  /**
   * Calls an export. Nothing that the guest or a host function does is thrown; and a guest that has ended otherwise than
   * by returning is not called again, but answers as it ended.
   *
   * @throws SkerryError SKERRY_USAGE where there is no such function
   */
  call(instance: Instantiated, name: string, args?: readonly (number | bigint)[]): Answer;
  /** Ends the guest where it waits; one that computes ends at its next call of the host. */
  kill(reason: string): void;
}

/**
 * Binds WASI to a context, for one instance. A call that has to wait suspends the guest (JSPI: Deno 2.9, Node 26,
 * Chromium 137), so its exports are to be called through the binding, or through `WebAssembly.promising`.
 */
export function bareWasi(context: WasiContext): BareBinding<Promise<Outcome>> {
  const guest = new BareGuest(context);
  return binding(guest, (offered) => detours(guest, offered), async (callee, args) => {
    try {
      return guest.returned(await promising(callee)(...args));
    } catch (thrown) {
      return guest.threw(thrown);
    }
  }, (outcome) => Promise.resolve(outcome));
}

/**
 * As {@link bareWasi}, on any engine and with every answer at once. A call that would have to wait (a sleep, a stream
 * that has nothing yet) is a fault of the host's, which gave the guest something to wait for.
 */
export function bareWasiNow(context: WasiContext): BareBinding<Outcome> {
  const guest = new BareGuest(context);
  return binding(guest, (offered) => atOnce(guest, offered), (callee, args) => {
    try {
      return guest.returned(callee(...args));
    } catch (thrown) {
      return guest.threw(thrown);
    }
  }, (outcome) => outcome);
}

type Interface = HostInterface<WasiContext>;
type Callee = (...args: readonly unknown[]) => unknown;

/** What guests may be linked against. */
const interfaces: readonly Interface[] = [wasiPreview1, wasiUnstable];

function binding<Answer>(
  guest: BareGuest,
  waitingFunctions: (offered: Interface) => WebAssembly.ModuleImports,
  run: (callee: Callee, args: readonly (number | bigint)[]) => Answer,
  answered: (outcome: Outcome) => Answer,
): BareBinding<Answer> {
  const call: BareBinding<Answer>["call"] = ({ exports }, name, args = []) => {
    const callee = exports[name];
    if (typeof callee !== "function") {
      throw new SkerryError("SKERRY_USAGE", `the guest exports no function "${name}"`);
    }
    guest.attach(exports);
    return guest.verdict === undefined ? run(callee as Callee, args) : answered(guest.verdict);
  };
  const imports = interfaces.map((offered) => {
    const functions = { ...immediateFunctions(guest, offered), ...waitingFunctions(offered) };
    return [offered.module, functions] as const;
  });
  return {
    imports: Object.fromEntries(imports),
    attach: ({ exports }) => guest.attach(exports),
    start: (instance) => call(instance, "_start"),
    initialize(instance) {
      const needed = "_initialize" in instance.exports;
      return needed ? call(instance, "_initialize") : answered(guest.returned(undefined));
    },
    call,
    kill: (reason) => guest.kill(reason),
  };
}
