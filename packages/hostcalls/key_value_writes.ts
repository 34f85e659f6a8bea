/** What a write does inside its transaction. */

import type { SqlRow } from "@skerry/base";
import { isOver, numberOf } from "./key_value_rows.ts";
import type { KeyValueStatements } from "./key_value_tables.ts";
import type {
  Condition,
  DeleteOutcome,
  KeyValueBudget,
  PutOutcome,
  StoreName,
  Unchanged,
  Write,
} from "./key_values_port.ts";
import { keyValueLimits as limits } from "./limits.ts";
import { countsOf, removeRows, saveCounts, type TenantCounts } from "./tenant_counts.ts";

const nothing = new Uint8Array(0);

/** Writes a key, where its condition holds and its tenant has room. */
export function putKey(
  sql: KeyValueStatements,
  { tenant, store }: StoreName,
  key: Uint8Array,
  { value, metadata = nothing, ttlMs, condition = "always" }: Write,
  budget: KeyValueBudget,
  nowMs: number,
): PutOutcome {
  const found = sql.state.get(tenant, store, key);
  const row = found === undefined || isOver(found, nowMs) ? undefined : found;
  const existing = row === undefined ? 0 : numberOf(row["generation"]);
  if (!holds(condition, existing)) return { kind: "conflict", generation: existing };
  const added = {
    keys: row === undefined ? 1 : 0,
    bytes: key.length + metadata.length + value.length - numberOf(row?.["bytes"]),
  };
  const counts = countsOf(sql, tenant);
  // A key whose time is over goes first: what takes its name is a new one.
  const cleared = found === undefined || row !== undefined
    ? counts
    : removeRows(sql, counts, [found]);
  const before = makeRoom(sql, cleared, added, budget, nowMs);
  const which = exceeded(before, added, budget);
  if (which !== undefined) {
    saveCounts(sql, before);
    return { kind: "over budget", which };
  }
  const generation = before.generation + 1;
  const expiresMs = ttlMs === undefined ? null : nowMs + Math.min(ttlMs, limits.ttlMsMax);
  if (row === undefined) sql.insert.run(tenant, store, key, generation, expiresMs, metadata, value);
  else sql.update.run(generation, expiresMs, metadata, value, numberOf(row["id"]));
  const { keys, bytes } = before;
  saveCounts(sql, { tenant, generation, keys: keys + added.keys, bytes: bytes + added.bytes });
  return { kind: "ok", generation };
}

/** Removes a key, where its condition holds. */
export function deleteKey(
  sql: KeyValueStatements,
  { tenant, store }: StoreName,
  key: Uint8Array,
  condition: "always" | Unchanged,
  nowMs: number,
): DeleteOutcome {
  const row = sql.state.get(tenant, store, key);
  if (row === undefined || isOver(row, nowMs)) return { kind: "not found" };
  const generation = numberOf(row["generation"]);
  if (!holds(condition, generation)) return { kind: "conflict", generation };
  saveCounts(sql, removeRows(sql, countsOf(sql, tenant), [row]));
  return { kind: "ok" };
}

/** @param existing the key's generation, or 0 where there is no such key */
function holds(condition: Condition, existing: number): boolean {
  if (condition === "always") return true;
  return existing === (condition === "absent" ? 0 : condition.generation);
}

interface Added {
  readonly keys: number;
  readonly bytes: number;
}

/** Where there is no room, keys go whose time is over: so many of them that the thread is not held for long. */
function makeRoom(
  sql: KeyValueStatements,
  counts: TenantCounts,
  added: Added,
  budget: KeyValueBudget,
  nowMs: number,
): TenantCounts {
  if (exceeded(counts, added, budget) === undefined) return counts;
  const over: SqlRow[] = sql.over.all(counts.tenant, nowMs, limits.roomMadeKeysMax);
  return removeRows(sql, counts, over);
}

/** What a budget has no room for. What takes no more than before always has room, also where a budget was lowered. */
function exceeded(counts: TenantCounts, added: Added, budget: KeyValueBudget) {
  if (added.keys > 0 && counts.keys + added.keys > budget.keysMax) return "keys";
  if (added.bytes > 0 && counts.bytes + added.bytes > budget.bytesMax) return "bytes";
  return undefined;
}
