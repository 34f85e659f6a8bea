/** What a cache keeps in: a port, since it may be a thread's own or shared by a whole node. */

import type { KeptSet } from "./kept.ts";

/** Where sets of variants are kept, by tenant and key. A set is never changed: another takes its place. */
export interface SetStore {
  /** A set, which counts as used; undefined where there is none, or no longer. */
  get(tenant: string, key: string): KeptSet | undefined;
  /** A set, which does not count as used by this. Where it is missing, `get` does as well. */
  peek?(tenant: string, key: string): KeptSet | undefined;
  /**
   * Keeps a set in place of another; `refused` where there is no room for it, and then there is none.
   *
   * @param bytes what it costs in memory, bodies included
   */
  set(tenant: string, key: string, set: KeptSet, bytes: number): "kept" | "refused";
  delete(tenant: string, key: string): boolean;
}
