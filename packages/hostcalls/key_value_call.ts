/** How a function of `skerry_kv` is declared, and what its functions have in common. */

import { decodeUtf8 } from "@skerry/base";
import {
  type Guest,
  GuestMemoryFault,
  type HostFunction,
  type NumberOf,
  type NumberType,
} from "@skerry/sandbox";
import type { KeyValueAccess } from "./key_value_access.ts";
import { KeyValueRefusal, type KeyValueStatus, refuse, statusOf } from "./key_value_status.ts";
import type { Failed, StoreName } from "./key_values_port.ts";
import { keyValueLimits as limits, keyValueRequestLimits } from "./limits.ts";

/** The guest that makes a call. */
export type KeyValueGuest = Guest<KeyValueAccess>;

type Arguments<Params extends readonly NumberType[]> = {
  [Index in keyof Params]: NumberOf<Params[Index]>;
};

type Status = KeyValueStatus | Promise<KeyValueStatus>;

/** What a call counts as: it takes as long as some ten small ones. */
const charge = 10;

/** A call: what it answers, or throws as a refusal, the guest is told as a number. */
export function keyValueCall<const Params extends readonly NumberType[]>(
  params: Params,
  act: (guest: KeyValueGuest, ...args: Arguments<Params>) => Status,
): HostFunction<KeyValueAccess> {
  const acts = act as (guest: KeyValueGuest, ...args: unknown[]) => Status;
  const answer = (guest: KeyValueGuest, ...args: unknown[]) => {
    try {
      guest.state.countCall();
      const status = acts(guest, ...args);
      if (typeof status !== "string") return status.then(statusOf, statusFor);
      // A call can take as long as a slice: others have their turn between two of them.
      return guest.turn()?.then(() => statusOf(status)) ?? statusOf(status);
    } catch (error) {
      return statusFor(error);
    }
  };
  return { params, results: ["i32"], suspends: true, charge, call: answer };
}

function statusFor(error: unknown): number {
  if (error instanceof KeyValueRefusal) return statusOf(error.status);
  if (error instanceof GuestMemoryFault) return statusOf("FAULT");
  throw error;
}

/** A store's name. */
export function readStore(
  { memory, state }: KeyValueGuest,
  pointer: number,
  length: number,
): StoreName {
  const bytes = memory.view(pointer, length);
  return bytes.length > 63 ? refuse("INVALID") : state.store(decodeUtf8(bytes));
}

/** A copy of a key, or of the beginning of keys, which alone may be empty. */
export function readKey(
  { memory }: KeyValueGuest,
  pointer: number,
  length: number,
  what: "key" | "beginning" = "key",
): Uint8Array {
  memory.check(pointer, length);
  if (length >>> 0 > limits.keyBytesMax) refuse("TOO_LARGE");
  if (length === 0 && what === "key") refuse("INVALID");
  return memory.copy(pointer, length);
}

/** Does something with the store, and tries again for a while where that is locked; nothing once its service is gone. */
export function attemptCall<Outcome extends { readonly kind: string }>(
  guest: KeyValueGuest,
  reach: () => Outcome | Failed,
): Outcome | Promise<Outcome> {
  const act = () => guest.state.isGone ? refuse("FAILED") : reach();
  const outcome = act();
  if (!isFailed(outcome)) return outcome;
  return outcome.why === "busy" ? tryAgain(guest, act) : giveUp(guest, outcome);
}

async function tryAgain<Outcome extends { readonly kind: string }>(
  guest: KeyValueGuest,
  act: () => Outcome | Failed,
): Promise<Outcome> {
  let outcome: Outcome | Failed | undefined;
  for (const waitMs of keyValueRequestLimits.busyWaitsMs) {
    await guest.state.clock.sleep(waitMs, guest.signal);
    // A guest that was ended while it waited writes nothing any more.
    if (guest.signal.aborted) return refuse("BUSY");
    outcome = act();
    if (!isFailed(outcome)) return outcome;
    if (outcome.why !== "busy") break;
  }
  return giveUp(guest, outcome as Failed);
}

function giveUp({ state }: KeyValueGuest, failed: Failed): never {
  state.failed(failed);
  return refuse(failed.why === "busy" ? "BUSY" : "FAILED");
}

function isFailed(outcome: { readonly kind: string }): outcome is Failed {
  return outcome.kind === "failed";
}
