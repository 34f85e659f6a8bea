/** What the edge is told of a cache. */

import type { CacheSettings, Owner, PassRule } from "@skerry/cache";

/** Whose cache a request passes, and by which rules. */
export interface CacheRules {
  readonly owner: Owner;
  readonly settings: CacheSettings;
  /** Requests that pass it. */
  readonly pass?: readonly PassRule[];
}
