/** What a tenant keeps, counted in the same transactions that change it. */

import type { SqlRow } from "@skerry/base";
import { numberOf } from "./key_value_rows.ts";
import type { KeyValueStatements } from "./key_value_tables.ts";

/** A tenant's counts. */
export interface TenantCounts {
  readonly tenant: string;
  /** Of its last write: it only rises, so that a key which was removed and written again is not taken for the old one. */
  readonly generation: number;
  readonly keys: number;
  readonly bytes: number;
}

/** The counts; zeros for a tenant that has never written. */
export function countsOf(sql: KeyValueStatements, tenant: string): TenantCounts {
  const row = sql.counts.get(tenant);
  const [generation, keys, bytes] = [row?.["generation"], row?.["keys"], row?.["bytes"]];
  return { tenant, generation: numberOf(generation), keys: numberOf(keys), bytes: numberOf(bytes) };
}

/** Keeps the counts. */
export function saveCounts(
  sql: KeyValueStatements,
  { tenant, generation, keys, bytes }: TenantCounts,
): void {
  sql.count.run(tenant, generation, keys, bytes);
}

/** Removes a tenant's rows, which tell their `id` and `bytes`; what it keeps then. */
export function removeRows(
  sql: KeyValueStatements,
  counts: TenantCounts,
  rows: readonly SqlRow[],
): TenantCounts {
  let { keys, bytes } = counts;
  for (const row of rows) {
    sql.remove.run(numberOf(row["id"]));
    keys -= 1;
    bytes -= numberOf(row["bytes"]);
  }
  return { ...counts, keys, bytes };
}
