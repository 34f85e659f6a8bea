/**
 * How a WASI call is declared: what it takes, what it does, and that every failure which the guest is to
 * know of comes back as an errno. A fault of ours passes through and becomes a host fault.
 *
 * A call checks the memory that its results go to before it has any effect.
 */

import {
  type Guest,
  GuestMemoryFault,
  type HostFunction,
  immediate,
  type NumberOf,
  type NumberType,
  suspending,
} from "@skerry/sandbox";
import type { WasiContext } from "./context.ts";
import { ErrnoError, errnoOf } from "./errno.ts";

/** The guest that makes a call. */
export type WasiGuest = Guest<WasiContext>;

/** One function of the interface. */
export type WasiFunction = HostFunction<WasiContext>;

type Arguments<Params extends readonly NumberType[]> = {
  [Index in keyof Params]: NumberOf<Params[Index]>;
};

/** A call that never waits. */
export function call<const Params extends readonly NumberType[]>(
  params: Params,
  act: (guest: WasiGuest, ...args: Arguments<Params>) => void,
): WasiFunction {
  return immediate<WasiContext, Params, ["i32"]>(params, ["i32"], (guest, ...args) => {
    try {
      act(guest, ...args);
      return 0;
    } catch (error) {
      return errnoFor(error);
    }
  });
}

/** A call that may wait; it is done when its promise is. */
export function waitingCall<const Params extends readonly NumberType[]>(
  params: Params,
  act: (guest: WasiGuest, ...args: Arguments<Params>) => void | Promise<void>,
): WasiFunction {
  return suspending<WasiContext, Params, ["i32"]>(params, ["i32"], (guest, ...args) => {
    try {
      return act(guest, ...args)?.then(() => 0, errnoFor) ?? 0;
    } catch (error) {
      return errnoFor(error);
    }
  });
}

function errnoFor(error: unknown): number {
  if (error instanceof ErrnoError) return errnoOf(error.errno);
  if (error instanceof GuestMemoryFault) return errnoOf("EFAULT");
  throw error;
}
