/**
 * Who has tried tokens that are none, lately: a pure table of addresses and times. It slows nobody down who has a
 * token: behind one address (a proxy, this machine) there may be others than who guesses.
 */

import { RecentMap } from "@skerry/base";

/** So many may fail in so long, from one address. */
const failuresMax = 20;
const windowMs = 60_000;

/** Addresses that are remembered; the ones that failed the longest ago are forgotten first. */
const addressesMax = 10_000;

/** What is known of an address. */
interface Failures {
  readonly sinceMs: number;
  readonly count: number;
}

/** Counts failures by address. */
export class Attempts {
  readonly #failures = new RecentMap<string, Failures>();

  /**
   * Notes a failure.
   *
   * @returns how long the address is to wait, where it has failed too often
   */
  fail(address: string, nowMs: number): number | undefined {
    const from = neighbourhood(address);
    const known = this.#failures.peek(from);
    const isOld = known === undefined || nowMs - known.sinceMs >= windowMs;
    const next = isOld ? { sinceMs: nowMs, count: 1 } : { ...known, count: known.count + 1 };
    this.#failures.set(from, next);
    if (this.#failures.size > addressesMax) this.#forgetOldest();
    return next.count > failuresMax ? next.sinceMs + windowMs - nowMs : undefined;
  }

  #forgetOldest(): void {
    const oldest = this.#failures.oldestKey();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}

/** Who has an IPv6 address has 2^64 of them: they count as one (RFC 6177). */
function neighbourhood(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const last = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros = tail === undefined
    ? []
    : Array(Math.max(0, 8 - groups.length - last.length)).fill("0");
  return [...groups, ...zeros, ...last].slice(0, 4).join(":");
}
