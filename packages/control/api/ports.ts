/** What the admin API shows of a node beyond what control knows: taken as parameters. */

import type { ServiceState } from "../model.ts";

/** A tenant's keys, as the node's key-value store has them. What happens is told, never thrown. */
export interface KeyValues {
  get(name: StoreName, key: Uint8Array): GetOutcome;
  put(name: StoreName, key: Uint8Array, write: KeyWrite, budget: KeyBudget): PutOutcome;
  delete(name: StoreName, key: Uint8Array, condition: "always" | Unchanged): DeleteOutcome;
  list(name: StoreName, listing: KeyListing): ListOutcome;
  /** Removes up to so many keys of a tenant. All have gone when none was removed. */
  forget(tenant: string, keysMax: number): ForgetOutcome;
}

/** One tenant's keys under one store's name. */
export interface StoreName {
  readonly tenant: string;
  readonly store: string;
}

/** What a tenant may keep in all of its stores. */
export interface KeyBudget {
  readonly bytesMax: number;
  readonly keysMax: number;
}

/** A key still has the generation that it had. */
export interface Unchanged {
  readonly generation: number;
}

/** What is known of a key. */
export interface KeyInfo {
  readonly generation: number;
  readonly expiresMs: number | undefined;
  readonly metadata: Uint8Array;
}

/** What is written under a key. */
export interface KeyWrite {
  readonly value: Uint8Array;
  readonly metadata?: Uint8Array;
  readonly ttlMs?: number;
  readonly condition?: "always" | "absent" | Unchanged;
}

/** Which keys are listed. */
export interface KeyListing {
  readonly prefix: Uint8Array;
  readonly after?: Uint8Array;
  readonly keysMax: number;
}

/** Why nothing could be done. */
export type KeyFailure =
  | { readonly kind: "too large" }
  | { readonly kind: "failed"; readonly why: "busy" | "full" | "broken"; readonly message: string };

export type GetOutcome =
  | { readonly kind: "ok"; readonly entry: KeyInfo & { readonly value: Uint8Array } }
  | { readonly kind: "not found" }
  | KeyFailure;

export type PutOutcome =
  | { readonly kind: "ok"; readonly generation: number }
  | { readonly kind: "conflict"; readonly generation: number }
  | { readonly kind: "over budget"; readonly which: "bytes" | "keys" }
  | KeyFailure;

export type DeleteOutcome =
  | { readonly kind: "ok" }
  | { readonly kind: "not found" }
  | { readonly kind: "conflict"; readonly generation: number }
  | KeyFailure;

export type ListOutcome =
  | {
    readonly kind: "ok";
    readonly keys: readonly (KeyInfo & { readonly key: Uint8Array; readonly valueBytes: number })[];
    readonly after: Uint8Array | undefined;
  }
  | KeyFailure;

export type ForgetOutcome = { readonly kind: "ok"; readonly removed: number } | KeyFailure;

/** A service that is followed. */
export type FollowedService = Pick<ServiceState, "tenant" | "name" | "key">;

/** What services tell as it happens: events as JSON, one each. */
export interface Tail {
  /**
   * Ends when it is told to or the service is gone, and then lets go of all it has. A reader that is slow misses events.
   * Nothing is told of another service, also where that has its name.
   */
  follow(service: FollowedService, signal: AbortSignal): AsyncIterable<string>;
}

/** What a node tells of itself. */
export interface NodeStatus {
  /** Cells, versions, counts: plain JSON. */
  status(): Readonly<Record<string, unknown>>;
  /** What was counted: of all services, or of one tenant's. Plain JSON. */
  metrics(tenant: string | undefined): Readonly<Record<string, unknown>>;
  /** The same as text for a collector, in the form that it accepts. */
  metricsText(
    tenant: string | undefined,
    accept: string | undefined,
  ): { readonly media: string; readonly text: string };
  /** Where it serves, as URLs of its sockets. */
  addresses(): { readonly http: string; readonly https?: string };
  /** Whether all that is to be served is, and else why not. */
  ready(): { readonly isReady: boolean; readonly why?: string };
}
