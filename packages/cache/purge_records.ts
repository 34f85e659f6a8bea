/** Who remembers purges: a port, since it may be one thread or a whole node. */

/** A hard purge makes as if it never had been; after a soft one it is stale. */
export type PurgeMode = "hard" | "soft";

/** What a stored response is, after all purges so far. */
export type PurgeVerdict =
  | { readonly kind: "current" }
  /** To be taken for stale since then; milliseconds since 1970. */
  | { readonly kind: "stale"; readonly sinceMs: number }
  | { readonly kind: "purged" };

/** All purges: `Purges` has them for one thread, `PurgeTable` for a node. Scopes are texts as `scopeText` writes them. */
export interface PurgeRecords {
  /** The number of the last purge: what a fill that begins now is stamped with. It never falls. */
  readonly epoch: number;
  /** How many purges have returned: where it is the epoch, none is under way. (Who was killed at one never returns.) */
  readonly settled: number;
  /** The number of a tenant's last purge, or a later one: what went forward since then is as it was, whatever it is. */
  lastOf(tenant: string): number;
  /** From its return on nothing of these scopes is served that was asked for before. Gives the purge's epoch. */
  purge(scopes: readonly string[], mode: PurgeMode, nowMs: number): number;
  /** What became of a response whose request went forward at `epoch`, and which is in these scopes. */
  judge(epoch: number, scopes: readonly string[]): PurgeVerdict;
  /** Whether a request that came at `joined` must not be given the answer to one that went forward at `epoch`. */
  parts(epoch: number, joined: number, scopes: readonly string[]): boolean;
}
