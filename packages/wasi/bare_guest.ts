/**
 * A guest without a sandbox: one instance that somebody else makes, and WASI's calls for it.
 *
 * What always holds: nothing but the stop trap passes through the guest's frames, which no handler of the guest's
 * catches; and once there is a verdict every further call ends the guest again, as in a sandbox.
 */

import {
  type Guest,
  GuestMemory,
  GuestMemoryFault,
  guestValues,
  type HostFunction,
  type Outcome,
  stopGuest,
} from "@skerry/sandbox";
import { judgeGuest, judgeHostCall, noFrames } from "./bare_outcome.ts";
import type { WasiContext } from "./context.ts";

/** The guest, and how it ended. */
export class BareGuest implements Guest<WasiContext> {
  readonly state: WasiContext;
  readonly #controller = new AbortController();
  #memory: GuestMemory | undefined;
  #verdict: Outcome | undefined;
  /** Lets calls that wait go on, into their stop traps: several, where exports are called while others wait. */
  readonly #interrupts = new Set<() => void>();

  constructor(context: WasiContext) {
    this.state = context;
  }

  get memory(): GuestMemory {
    return this.#memory ?? noMemory();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How it ended, for good: a guest that has returned can be called again. */
  get verdict(): Outcome | undefined {
    return this.#verdict;
  }

  /** Says whose memory the calls are about. */
  attach({ memory }: WebAssembly.Exports): void {
    if (this.#memory === undefined && memory instanceof WebAssembly.Memory) {
      this.#memory = new GuestMemory(memory);
    }
  }

  exit(code: number): never {
    return this.#stop({ kind: "exited", code: code >>> 0 });
  }

  /** Nobody else waits for the thread: whoever works for long goes on. */
  turn(): undefined {}

  yield(): Promise<never> {
    return Promise.reject(new Error("nobody steps a guest without a sandbox"));
  }

  /** Ends it where it waits, or else at its next call: there is nothing that would stop it while it computes. */
  kill(reason: string): void {
    this.#decide({ kind: "killed", reason, ...noFrames });
  }

  /**
   * A function for the guest to call.
   *
   * @param wait what to answer instead of a promise
   */
  bound(declared: HostFunction<WasiContext>, wait?: (answer: Promise<unknown>) => unknown) {
    const call = declared.call as (guest: Guest<WasiContext>, ...args: unknown[]) => unknown;
    return (...args: unknown[]): unknown => {
      if (this.#verdict !== undefined) return stopGuest();
      let answer: unknown;
      try {
        answer = call(this, ...args);
      } catch (thrown) {
        return this.#stop(judgeHostCall(thrown));
      }
      if (this.#verdict !== undefined) return stopGuest();
      return wait !== undefined && answer instanceof Promise ? wait(answer) : answer;
    };
  }

  /** Waits for a call's answer, or for whatever ends the guest first. */
  async wait(answer: Promise<unknown> | undefined): Promise<unknown> {
    const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<void>();
    this.#interrupts.add(interrupt);
    try {
      const value = await Promise.race([answer, interrupted]);
      return this.#verdict === undefined ? value : stopGuest();
    } catch (thrown) {
      return this.#stop(judgeHostCall(thrown));
    } finally {
      this.#interrupts.delete(interrupt);
    }
  }

  /** Ends the guest from inside a call, with a verdict unless there is one. */
  fault(error: unknown): never {
    return this.#stop({ kind: "hostFault", error, ...noFrames });
  }

  /** An export came back. */
  returned(result: unknown): Outcome {
    return this.#verdict ?? { kind: "returned", values: guestValues(result) };
  }

  /** An export threw: the guest is not to be used again. */
  threw(thrown: unknown): Outcome {
    return this.#decide(judgeGuest(thrown));
  }

  #stop(verdict: Outcome): never {
    this.#decide(verdict);
    return stopGuest();
  }

  /** The first verdict is the last. From then on nothing of the host's reaches the guest's memory. */
  #decide(verdict: Outcome): Outcome {
    if (this.#verdict !== undefined) return this.#verdict;
    this.#verdict = verdict;
    this.#controller.abort(new Error("the guest has ended"));
    this.#memory?.revoke();
    for (const interrupt of this.#interrupts) interrupt();
    return verdict;
  }
}

/** EFAULT for the guest. */
function noMemory(): never {
  throw new GuestMemoryFault(
    "the guest exports no memory named `memory`, or has not been attached",
  );
}
