/** Where fragments are kept, found and purged: the sets of a store, as all responses are. */

import type { Clock } from "@skerry/base";
import { variantOf } from "@skerry/http";
import type { KeptBody } from "../body.ts";
import type { CacheKey } from "../key.ts";
import { candidatesOf } from "../kept.ts";
import { KeptSets } from "../kept_sets.ts";
import type { PurgeMode, PurgeRecords } from "../purge_records.ts";
import { type PurgeScope, scopesOf, scopeText } from "../purge_scope.ts";
import type { SetStore } from "../set_store.ts";
import { type CacheSettings, defaultCacheSettings } from "../settings.ts";
import type { StoredResponse } from "../stored_response.ts";
import { fragmentKey, type FragmentName } from "./fragment.ts";
import { type FoundFragment, foundKept, newestOf } from "./found_fragment.ts";
import { HitCounts } from "./hit_counts.ts";
import { fragmentLimits, fragmentThreadLimits } from "./limits.ts";

/** What fragments are kept by: what the responses of the same thread are kept by, or another store. */
export interface FragmentParts {
  readonly store: SetStore;
  readonly purges: PurgeRecords;
  readonly clock: Clock;
}

/** Fragments are whole, so that of the rules for responses those for their number alone count. */
const fragmentSettings: CacheSettings = { ...defaultCacheSettings, ...fragmentLimits };

/** See the head of this file. */
export class FragmentShelf {
  readonly #sets: KeptSets;
  readonly #purges: PurgeRecords;
  readonly #clock: Clock;
  readonly #hits = new HitCounts(fragmentThreadLimits.countedKeysMax);

  constructor({ store, purges, clock }: FragmentParts) {
    this.#sets = new KeptSets(store, purges, undefined);
    this.#purges = purges;
    this.#clock = clock;
  }

  /** The number of the last purge: what is begun now is stamped with. To be read before anything is looked for. */
  get epoch(): number {
    return this.#purges.epoch;
  }

  /** Milliseconds since 1970. */
  get nowMs(): number {
    return this.#clock.wallMs?.() ?? Math.floor(Number(this.#clock.wallNs()) / 1e6);
  }

  /** What is kept under a name, of use or to be updated. */
  find(name: FragmentName): FoundFragment | undefined {
    const { nowMs } = this;
    const key = fragmentKey(name);
    const candidates = candidatesOf(key, this.#sets.get(key), this.#purges, nowMs);
    const newest = newestOf(candidates, name);
    if (newest === undefined) return undefined;
    return foundKept(newest, nowMs, this.#hits.count(key.text, newest.stored));
  }

  keep(key: CacheKey, stored: StoredResponse, body: KeptBody): "kept" | "dropped" {
    const place = { key, asked: { settings: fragmentSettings } };
    return this.#sets.add(place, { stored, body }, this.nowMs);
  }

  /**
   * Whether one who came at `joined` may have what was begun at `epoch`: no purge of it lies between, and it is the same
   * variant.
   *
   * @param stored what it will be; undefined while that is not known
   */
  mayShare(
    key: CacheKey,
    epoch: number,
    stored: StoredResponse | undefined,
    { fields }: Pick<FragmentName, "fields">,
    joined: number,
  ): boolean {
    if (this.#purges.parts(epoch, joined, scopesOf(key, stored?.surrogateKeys ?? []))) return false;
    return stored === undefined || variantOf(fields, stored.vary) === stored.variant;
  }

  /** Gives the purge's epoch. */
  purge(scopes: readonly PurgeScope[], mode: PurgeMode): number {
    return this.#purges.purge(scopes.map(scopeText), mode, this.nowMs);
  }
}
