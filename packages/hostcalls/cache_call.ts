/** How a function of `skerry_cache` is declared, and what its functions have in common. */

import { fragmentLimits } from "@skerry/cache";
import {
  type Guest,
  GuestMemoryFault,
  type HostFunction,
  type NumberOf,
  type NumberType,
} from "@skerry/sandbox";
import { ErrnoError, errnoOf, fail } from "@skerry/base";
import type { CacheAccess } from "./cache_access.ts";

/** The guest that makes a call. */
export type CacheGuest = Guest<CacheAccess>;

type Arguments<Params extends readonly NumberType[]> = {
  [Index in keyof Params]: NumberOf<Params[Index]>;
};

/** What a call counts as: it takes as long as some ten small ones. */
const charge = 10;

/** A call: it is done, or it throws, which the guest is told as an error of WASI's. */
export function cacheCall<const Params extends readonly NumberType[]>(
  params: Params,
  act: (guest: CacheGuest, ...args: Arguments<Params>) => void | Promise<void>,
): HostFunction<CacheAccess> {
  const acts = act as (guest: CacheGuest, ...args: unknown[]) => void | Promise<void>;
  const answer = (guest: CacheGuest, ...args: unknown[]) => {
    try {
      guest.state.countCall();
      const done = acts(guest, ...args);
      if (done !== undefined) return done.then(() => 0, errorOf);
      // A call can take as long as a slice: others have their turn between two of them.
      return guest.turn()?.then(() => 0) ?? 0;
    } catch (error) {
      return errorOf(error);
    }
  };
  return { params, results: ["i32"], suspends: true, charge, call: answer };
}

/** A copy of a key. */
export function readKey({ memory }: CacheGuest, pointer: number, length: number): Uint8Array {
  memory.check(pointer, length);
  if (length >>> 0 > fragmentLimits.keyBytesMax) fail("E2BIG");
  if (length === 0) fail("EINVAL");
  return memory.copy(pointer, length);
}

/** Which kind of purge: hard, or soft. */
export function readMode(soft: number): "hard" | "soft" {
  return soft === 0 ? "hard" : soft === 1 ? "soft" : fail("EINVAL");
}

function errorOf(error: unknown): number {
  if (error instanceof ErrnoError) return errnoOf(error.errno);
  if (error instanceof GuestMemoryFault) return errnoOf("EFAULT");
  throw error;
}
