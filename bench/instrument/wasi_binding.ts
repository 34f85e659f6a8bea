/**
 * The WASI calls of packages/wasi for a guest without a sandbox.
 *
 * A sandbox runs its guest on a stack of its own, and a round has to answer at once. Streams here never
 * wait and the clock stands still, so that every run is the same.
 */

import type { Clock, RandomSource } from "@skerry/base";
import { type Guest, GuestMemory } from "@skerry/sandbox";
import {
  createWasiContext,
  type WasiContext,
  type WasiContextOptions,
  wasiPreview1,
} from "@skerry/wasi";

/** A clock that stands still. */
export const stillClock: Clock = {
  resolutionNs: 1000n,
  wallNs: () => 1_700_000_000_000_000_000n,
  monotonicNs: () => 0n,
  sleep: () => Promise.resolve(),
};

/** Chance that has no surprises. */
const zeroRandom: RandomSource = { fill: (bytes) => void bytes.fill(0) };

/** The guest called `proc_exit`. */
export class GuestExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** WASI for one instance that is yet to be made. */
export interface WasiBinding {
  readonly imports: WebAssembly.Imports;
  /** To be called with the instance before any of its functions. */
  attach(instance: WebAssembly.Instance): void;
}

/** Binds WASI to a context with these arguments, streams and directories. */
export function bindWasi(options: Partial<WasiContextOptions> = {}): WasiBinding {
  let memory: GuestMemory | undefined;
  const guest: Guest<WasiContext> = {
    state: createWasiContext({ clock: stillClock, random: zeroRandom, ...options }),
    get memory() {
      if (memory === undefined) throw new Error("the guest called before it was attached");
      return memory;
    },
    signal: new AbortController().signal,
    exit(code) {
      throw new GuestExit(code);
    },
    turn: () => undefined,
    yield: () => Promise.reject(new Error("nobody steps this guest")),
  };
  const functions = Object.entries(wasiPreview1.functions).map(([name, { call }]) => {
    const untyped = call as (guest: Guest<WasiContext>, ...args: unknown[]) => unknown;
    return [name, (...args: unknown[]) => untyped(guest, ...args)] as const;
  });
  return {
    imports: { [wasiPreview1.module]: Object.fromEntries(functions) },
    attach({ exports }) {
      if (!(exports["memory"] instanceof WebAssembly.Memory)) {
        throw new Error("a guest of WASI exports its memory");
      }
      memory = new GuestMemory(exports["memory"]);
    },
  };
}
