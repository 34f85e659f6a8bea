import type { WasiGuest } from "./call.ts";

/**
 * Does something after all else on this thread has had a turn: for a call that is not to wait and finds nothing.
 * What it asks for may be there, and not have come to us because the guest has the thread; one that asks again
 * and again would never get it.
 */
export async function afterTurn<Result>(
  { state, signal }: WasiGuest,
  act: () => Result | Promise<Result>,
): Promise<Result> {
  await state.clock.sleep(0, signal);
  return await act();
}
