/** What this cache tells of an answer (RFC 9211). */

import { type Field, formatCacheStatus } from "@skerry/http";
import type { StatusFacts } from "../exchange.ts";

/** This cache's name in the field (§2). */
const cacheName = "Skerry";

/** This cache's member of `Cache-Status`: a line of its own, behind those of caches before it. */
export function statusField(facts: StatusFacts): Field {
  return ["cache-status", formatCacheStatus({ cache: cacheName, ...facts })];
}
