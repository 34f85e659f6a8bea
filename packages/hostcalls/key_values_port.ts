/**
 * The key-value store as its callers know it. What happens is told as one of a closed union of outcomes: nothing
 * that a disk or another process does is thrown.
 */

/** One tenant's keys under one store's name. */
export interface StoreName {
  readonly tenant: string;
  readonly store: string;
}

/** What a tenant may keep in all of its stores together. Bytes are those of keys, values and metadata. */
export interface KeyValueBudget {
  readonly bytesMax: number;
  readonly keysMax: number;
}

/** What is known of a key. */
export interface KeyInfo {
  /** Which write made it what it is: no two writes of a tenant's have the same, and later ones have higher numbers. */
  readonly generation: number;
  /** Since 1970, in milliseconds; from then on the key is not there. */
  readonly expiresMs: number | undefined;
}

/** A key's contents. */
export interface Entry extends KeyInfo {
  readonly value: Uint8Array;
  readonly metadata: Uint8Array;
}

/** A key as a list tells it. */
export interface ListedKey extends KeyInfo {
  readonly key: Uint8Array;
  readonly valueBytes: number;
  readonly metadata: Uint8Array;
}

/** A key still has the generation that it had. */
export interface Unchanged {
  readonly generation: number;
}

/** When a write is done: always, only where there is no such key, or only where it is as it was. */
export type Condition = "always" | "absent" | Unchanged;

/** What is written under a key. */
export interface Write {
  readonly value: Uint8Array;
  readonly metadata?: Uint8Array;
  /** How long it stays, in whole milliseconds from 1 on; for good where none is told. */
  readonly ttlMs?: number;
  readonly condition?: Condition;
}

/** Why nothing could be done: others were writing all the time; there is no space left; anything else. */
export interface Failed {
  readonly kind: "failed";
  readonly why: "busy" | "full" | "broken";
  /** For operators. */
  readonly message: string;
}

export type GetOutcome =
  | { readonly kind: "ok"; readonly entry: Entry }
  | { readonly kind: "not found" }
  | { readonly kind: "too large" }
  | Failed;

export type PutOutcome =
  | { readonly kind: "ok"; readonly generation: number }
  /** The condition did not hold; the generation that the key has, or 0 where there is none. */
  | { readonly kind: "conflict"; readonly generation: number }
  | { readonly kind: "over budget"; readonly which: "bytes" | "keys" }
  | { readonly kind: "too large" }
  | Failed;

export type DeleteOutcome =
  | { readonly kind: "ok" }
  | { readonly kind: "not found" }
  | { readonly kind: "conflict"; readonly generation: number }
  | { readonly kind: "too large" }
  | Failed;

export type ListOutcome =
  | {
    readonly kind: "ok";
    readonly keys: readonly ListedKey[];
    /** Where to go on; undefined at the end. A page that is not the last may be short, or empty. */
    readonly after: Uint8Array | undefined;
  }
  | { readonly kind: "too large" }
  | Failed;

/** Which keys are listed: in the order of their bytes. */
export interface Listing {
  readonly prefix: Uint8Array;
  /** Only those that come after this key. */
  readonly after?: Uint8Array;
  readonly keysMax: number;
}

/** A store for many tenants, none of whom can name another's keys. */
export interface KeyValues {
  get(name: StoreName, key: Uint8Array): GetOutcome;
  put(name: StoreName, key: Uint8Array, write: Write, budget: KeyValueBudget): PutOutcome;
  delete(name: StoreName, key: Uint8Array, condition: "always" | Unchanged): DeleteOutcome;
  list(name: StoreName, listing: Listing): ListOutcome;
}

const unusable: Failed = { kind: "failed", why: "broken", message: "there is no key-value store" };

/** No store at all. */
export const noKeyValues: KeyValues = {
  get: () => unusable,
  put: () => unusable,
  delete: () => unusable,
  list: () => unusable,
};
