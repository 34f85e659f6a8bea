/**
 * Binding a socket that others may hold for a moment yet: where a node was killed, its cells let requests end before
 * they let go of its address.
 */

import { SkerryError } from "@skerry/base";
import { bindShared, type SharedSocket } from "@skerry/platform";

/** How long cells of a node that was killed may take (`orphanDrainMs` and their end), in milliseconds; and how often is tried. */
const [waitMsMax, tryEveryMs] = [8_000, 100];

/**
 * Binds an address, once it is free.
 *
 * @param onWait told once where it has to wait
 * @throws SkerryError where the address cannot be had
 */
export async function bindWhenFree(
  wanted: Parameters<typeof bindShared>[0],
  onWait: (what: string) => void,
): Promise<SharedSocket> {
  for (const endMs = performance.now() + waitMsMax;;) {
    try {
      return bindShared(wanted);
    } catch (error) {
      const isTaken = error instanceof SkerryError && error.cause instanceof Deno.errors.AddrInUse;
      if (!isTaken || performance.now() > endMs) throw error;
      onWait(`${error.where} is in use, perhaps by cells of a node that was killed: waiting`);
      onWait = () => {};
      await new Promise((resolve) => setTimeout(resolve, tryEveryMs));
    }
  }
}
