/** Sets of variants in a store, changed as a whole each: what is read is never half of a change. */

import { combined, isSame } from "./combine.ts";
import type { CacheKey } from "./key.ts";
import {
  candidatesOf,
  emptySet,
  type KeptSet,
  type KeptVariant,
  setBytes,
  withVariant,
} from "./kept.ts";
import type { PurgeRecords } from "./purge_records.ts";
import { scopesOf } from "./purge_scope.ts";
import type { SetStore } from "./set_store.ts";
import type { CacheSettings } from "./settings.ts";
import type { StoredResponse } from "./stored_response.ts";

/** Where a variant is added: an `Outbound` is one. */
export interface Place {
  readonly key: CacheKey;
  readonly asked: { readonly settings: CacheSettings };
}

/** What is kept, by key. */
export class KeptSets {
  readonly #store: SetStore;
  readonly #purges: PurgeRecords;

  constructor(store: SetStore, purges: PurgeRecords) {
    this.#store = store;
    this.#purges = purges;
  }

  /** An empty one where nothing is kept. */
  get(key: CacheKey): KeptSet {
    return this.#store.get(key.owner.tenant, key.text) ?? emptySet;
  }

  /** Keeps a variant that has come whole, unless it is purged already, or a newer one is there. */
  add({ key, asked }: Place, added: KeptVariant, nowMs: number): "kept" | "dropped" {
    const { stored } = added;
    // A purge beats a fill that began before it.
    const scopes = scopesOf(key, stored.surrogateKeys);
    if (this.#purges.judge(stored.epoch, scopes).kind === "purged") return "dropped";
    const set = this.get(key);
    const isOlder = set.variants.some(({ stored: other }) =>
      other.variant === stored.variant && other.responseMs > stored.responseMs &&
      !isSame(other, stored)
    );
    if (isOlder) return "dropped";
    const { variantsMax } = asked.settings;
    const whole = combined(
      added,
      candidatesOf(key, set, this.#purges, nowMs),
      asked.settings,
    );
    const changed = withVariant(key, set, whole, this.#purges, nowMs, variantsMax);
    return this.#put(key, changed) === "kept" ? "kept" : "dropped";
  }

  /** Lets go of a variant: its origin has said something else since. */
  drop(key: CacheKey, gone: StoredResponse): void {
    this.#change(key, gone, undefined);
  }

  /** Has a variant be stale from now on (RFC 9111 §4.3.5). */
  age(key: CacheKey, aged: StoredResponse): void {
    this.#change(key, aged, { ...aged, lifetimeMs: 0 });
  }

  /** Remembers that an answer could not be kept: those who ask next do not wait for each other. */
  mark(key: CacheKey, untilMs: number): void {
    this.#put(key, { ...this.get(key), hitForMissUntilMs: untilMs });
  }

  #change(key: CacheKey, old: StoredResponse, next: StoredResponse | undefined): void {
    const set = this.get(key);
    if (!set.variants.some(({ stored }) => stored === old)) return;
    const variants = set.variants.flatMap((one) => {
      if (one.stored !== old) return [one];
      return next === undefined ? [] : [{ ...one, stored: next }];
    });
    this.#put(key, { ...set, variants });
  }

  #put(key: CacheKey, set: KeptSet): "kept" | "refused" {
    const { tenant } = key.owner;
    if (set.variants.length === 0 && set.hitForMissUntilMs === 0) {
      this.#store.delete(tenant, key.text);
      return "kept";
    }
    return this.#store.set(tenant, key.text, set, setBytes(key, set));
  }
}
