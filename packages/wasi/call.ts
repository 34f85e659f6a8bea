/**
 * How a WASI call is declared: what it takes, what it does, and that every failure which the guest is to
 * know of comes back as an errno. A fault of ours passes through and becomes a host fault.
 *
 * A call checks the memory that its results go to before it has any effect.
 */

import { ErrnoError, errnoOf } from "@skerry/base";
import {
  type Guest,
  GuestMemoryFault,
  type HostFunction,
  type NumberOf,
  type NumberType,
} from "@skerry/sandbox";
import type { WasiContext } from "./context.ts";

/** The guest that makes a call. */
export type WasiGuest = Guest<WasiContext>;

/** One function of the interface. */
export type WasiFunction = HostFunction<WasiContext>;

type Arguments<Params extends readonly NumberType[]> = {
  [Index in keyof Params]: NumberOf<Params[Index]>;
};

type Act<Returned> = (guest: WasiGuest, ...args: unknown[]) => Returned;

// Arguments are passed on one by one, as far as any function of WASI takes them: a list of them would cost as much as
// a small call does.

/** A call that never waits. */
export function call<const Params extends readonly NumberType[]>(
  params: Params,
  act: (guest: WasiGuest, ...args: Arguments<Params>) => void,
): WasiFunction {
  const acts = act as Act<void>;
  const answer: Act<number> = (guest, a, b, c, d, e, f, g, h, i) => {
    try {
      acts(guest, a, b, c, d, e, f, g, h, i);
      return 0;
    } catch (error) {
      return errnoFor(error);
    }
  };
  return { params, results: ["i32"], suspends: false, charge: 1, call: answer };
}

/** A call that may wait; it is done when its promise is. */
export function waitingCall<const Params extends readonly NumberType[]>(
  params: Params,
  act: (guest: WasiGuest, ...args: Arguments<Params>) => void | Promise<void>,
): WasiFunction {
  const acts = act as Act<void | Promise<void>>;
  const answer: Act<number | Promise<number>> = (guest, a, b, c, d, e, f, g, h, i) => {
    try {
      return acts(guest, a, b, c, d, e, f, g, h, i)?.then(() => 0, errnoFor) ?? 0;
    } catch (error) {
      return errnoFor(error);
    }
  };
  return { params, results: ["i32"], suspends: true, charge: 1, call: answer };
}

function errnoFor(error: unknown): number {
  if (error instanceof ErrnoError) return errnoOf(error.errno);
  if (error instanceof GuestMemoryFault) return errnoOf("EFAULT");
  throw error;
}
