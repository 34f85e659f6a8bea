/**
 * Sets of variants in a store, changed as a whole each: what is read is never half of a change. Beside it there may be a
 * slower store, which has what is too large, and copies of what was used: what changes here is let go of there.
 */

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
import type { ObjectStore } from "./object_store.ts";
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
  readonly #objects: ObjectStore | undefined;

  constructor(store: SetStore, purges: PurgeRecords, objects: ObjectStore | undefined) {
    this.#store = store;
    this.#purges = purges;
    this.#objects = objects;
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
    if (isNewerIn(set, stored)) return "dropped";
    const { variantsMax } = asked.settings;
    if (this.#objects?.has(added.body) === true) {
      const changed = withVariant(key, set, added, this.#purges, nowMs, variantsMax);
      const result = this.#objects.put(key, added);
      this.#put(key, { ...changed, variants: changed.variants.filter((one) => one !== added) });
      return result;
    }
    const others = candidatesOf(key, set, this.#purges, nowMs);
    const whole = combined(added, others, asked.settings);
    const changed = withVariant(key, set, whole, this.#purges, nowMs, variantsMax);
    const result = this.#put(key, changed) === "kept" ? "kept" : "dropped";
    // From now on what is there is older.
    this.#objects?.forget(key, stored);
    return result;
  }

  /**
   * Brings into memory what was found in the slower store. Somebody may let go of it in the meantime, who removes it there
   * before and after: where it is still there afterwards, it will be removed here too.
   */
  restore(key: CacheKey, found: KeptVariant, nowMs: number, variantsMax: number): void {
    const { stored } = found;
    this.#put(key, withVariant(key, this.get(key), found, this.#purges, nowMs, variantsMax));
    if (this.#objects?.holds(key, stored) !== true) this.#change(key, stored, undefined);
  }

  /** Whether something newer is in memory for the same requests. */
  isNewerThan(key: CacheKey, stored: StoredResponse): boolean {
    return isNewerIn(this.get(key), stored);
  }

  /** Whether what is kept for the same requests came from the very same answer. */
  isCurrent(key: CacheKey, stored: StoredResponse): boolean {
    const { tenant } = key.owner;
    const set = this.#store.peek === undefined
      ? this.get(key)
      : this.#store.peek(tenant, key.text) ?? emptySet;
    return set.variants.some((one) => isSameAnswer(one.stored, stored));
  }

  /** Lets go of a variant: its origin has said something else since. */
  drop(key: CacheKey, gone: StoredResponse): void {
    this.#objects?.forget(key, gone);
    this.#change(key, gone, undefined);
    this.#objects?.forget(key, gone);
  }

  /** Has a variant be stale from now on (RFC 9111 §4.3.5). */
  age(key: CacheKey, { stored, body }: KeptVariant): void {
    const aged = { ...stored, lifetimeMs: 0 };
    if (this.#objects?.has(body) === true) {
      this.#objects.put(key, { stored: aged, body });
      return;
    }
    this.#change(key, stored, aged);
    this.#objects?.forget(key, stored);
  }

  /** Remembers that an answer could not be kept: those who ask next do not wait for each other. */
  mark(key: CacheKey, untilMs: number): void {
    this.#put(key, { ...this.get(key), hitForMissUntilMs: untilMs });
  }

  #change(key: CacheKey, old: StoredResponse, next: StoredResponse | undefined): void {
    const set = this.get(key);
    // A store may give another object each time.
    const isOld = ({ stored }: KeptVariant) =>
      stored === old || isSameAnswer(stored, old) && stored.lifetimeMs === old.lifetimeMs;
    if (!set.variants.some(isOld)) return;
    const variants = set.variants.flatMap((one) => {
      if (!isOld(one)) return [one];
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
    // Where there is no room for all of them, the oldest goes.
    for (let variants = set.variants;; variants = variants.slice(1)) {
      const some = { ...set, variants };
      const result = this.#store.set(tenant, key.text, some, setBytes(key, some));
      if (result === "kept" || variants.length <= 1) return result;
    }
  }
}

/** Whether both came from the very same answer. */
function isSameAnswer(one: StoredResponse, other: StoredResponse): boolean {
  return one.variant === other.variant && one.responseMs === other.responseMs &&
    one.epoch === other.epoch && one.status === other.status &&
    firstByte(one) === firstByte(other);
}

function firstByte({ extent }: StoredResponse): number {
  return extent.kind === "part" ? extent.range.first : -1;
}

function isNewerIn({ variants }: KeptSet, stored: StoredResponse): boolean {
  return variants.some(({ stored: other }) =>
    other.variant === stored.variant && other.responseMs > stored.responseMs &&
    !isSame(other, stored)
  );
}
