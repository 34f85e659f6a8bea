/**
 * The cache as programs use it: for what they have computed, under keys of their own. One for each thread, over a store
 * and purges that it may share with others.
 */

import type { PurgeMode } from "../purge_records.ts";
import type { Owner } from "../request.ts";
import { FillingFragment } from "./filling_fragment.ts";
import { FillingRoom } from "./filling_room.ts";
import { type Fill, FragmentFlights, type Patience, type Transaction } from "./flights.ts";
import {
  fragmentKey,
  type FragmentName,
  fragmentOf,
  type FragmentTerms,
  isKeepable,
} from "./fragment.ts";
import { type FragmentParts, FragmentShelf } from "./fragment_shelf.ts";
import type { FoundFragment } from "./found_fragment.ts";
import { fragmentLimits, fragmentThreadLimits as limits } from "./limits.ts";

/** See the head of this file. */
export class Fragments {
  readonly #shelf: FragmentShelf;
  readonly #flights: FragmentFlights;
  readonly #room = new FillingRoom(limits.fillingBytesMax, limits.tenantFillingBytesMax);
  readonly #parts: FragmentParts;

  constructor(parts: FragmentParts) {
    this.#parts = parts;
    this.#shelf = new FragmentShelf(parts);
    this.#flights = new FragmentFlights(this.#shelf, parts.clock, this.#fill);
  }

  /** The number of the last purge: what a computation that begins now is stamped with. */
  get epoch(): number {
    return this.#shelf.epoch;
  }

  /** Bytes that are being written. */
  get fillingBytes(): number {
    return this.#room.bytes;
  }

  /** A fragment that is fresh, or may be served stale. */
  find(name: FragmentName): FoundFragment | undefined {
    const found = this.#shelf.find(name);
    return found?.freshness === "expired" ? undefined : found;
  }

  /**
   * Begins to write a fragment, for nobody who waits.
   *
   * @param epoch the purge epoch when its computation began
   */
  insert(
    name: FragmentName,
    terms: FragmentTerms,
    epoch: number,
    announcedBytes?: number,
  ): FillingFragment {
    const stored = fragmentOf(terms, name.fields, epoch, this.#shelf.nowMs);
    return this.#fill(fragmentKey(name), stored, announcedBytes, () => {});
  }

  /** Finds a fragment, waits for whoever brings it, or has to bring it. It never rejects. */
  transact(name: FragmentName, patience: Patience): Transaction | Promise<Transaction> {
    return this.#flights.transact(name, patience);
  }

  /** Whether nothing that was begun at `epoch` under this name was purged since, whatever its surrogate keys. */
  isCurrent(name: FragmentName, epoch: number): boolean {
    return this.#shelf.mayShare(fragmentKey(name), epoch, undefined, name, this.epoch);
  }

  /** Purges a fragment in all its variants. Gives the purge's epoch. */
  purge(name: Omit<FragmentName, "fields">, mode: PurgeMode): number {
    const { resource } = fragmentKey(name);
    return this.#shelf.purge([{ kind: "resource", resource }], mode);
  }

  /** Purges all that a service has answered or computed under these surrogate keys. Gives the purge's epoch. */
  purgeSurrogateKeys(owner: Owner, keys: readonly string[], mode: PurgeMode): number {
    return this.#shelf.purge(keys.map((key) => ({ kind: "surrogate key", owner, key })), mode);
  }

  /** Purges all that a service has answered or computed. Gives the purge's epoch. */
  purgeAll(owner: Owner, mode: PurgeMode): number {
    return this.#shelf.purge([{ kind: "service", owner }], mode);
  }

  readonly #fill: Fill = (key, stored, announcedBytes, ended) => {
    const { owner: { tenant } } = key;
    const { clock } = this.#parts;
    return new FillingFragment(stored, announcedBytes, {
      bodyBytesMax: fragmentLimits.bodyBytesMax,
      take: (bytes) => this.#room.take(tenant, bytes),
      give: (bytes) => this.#room.give(tenant, bytes),
      keep: (stored, body) => isKeepable(stored) ? this.#shelf.keep(key, stored, body) : "dropped",
      ended,
      nowMs: () => clock.monotonicMs?.() ?? Number(clock.monotonicNs()) / 1e6,
    });
  };
}
