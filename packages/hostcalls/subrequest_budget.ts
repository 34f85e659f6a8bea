/** What one request may still ask of backends. */

import { fail } from "@skerry/base";
import { subrequestLimits as limits } from "./limits.ts";

/** A running account; nothing but a place among those that are open is given back. */
export class SubrequestBudget {
  #left: number = limits.subrequestsMax;
  #open = 0;
  #sentLeft: number = limits.sentBytesMax;
  #receivedLeft: number = limits.receivedBytesMax;

  /** One more: EDQUOT where there have been too many, EAGAIN where too many are open. */
  open(): void {
    if (this.#left === 0) fail("EDQUOT");
    if (this.#open >= limits.concurrentMax) fail("EAGAIN");
    this.#left -= 1;
    this.#open += 1;
  }

  close(): void {
    this.#open -= 1;
  }

  /** So many bytes are sent (EDQUOT). */
  sent(bytes: number): void {
    if (bytes > this.#sentLeft) fail("EDQUOT");
    this.#sentLeft -= bytes;
  }

  /** So many bytes have come (EDQUOT). */
  received(bytes: number): void {
    if (bytes > this.#receivedLeft) fail("EDQUOT");
    this.#receivedLeft -= bytes;
  }
}
