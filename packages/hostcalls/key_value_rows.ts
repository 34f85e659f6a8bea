/** Rows of the key-value store as values. */

import { bug, type SqlRow, type SqlValue } from "@skerry/base";
import { bytesAfter, compareBytes } from "./key_order.ts";
import type { KeyValueStatements } from "./key_value_tables.ts";
import type { KeyInfo, ListedKey, Listing, StoreName } from "./key_values_port.ts";

/** The number in a column; 0 where there is no row. */
export function numberOf(value: SqlValue | undefined): number {
  return Number(value ?? 0);
}

/** The bytes in a column. */
export function blobOf(value: SqlValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : bug("a column of bytes holds something else");
}

/** Whether a key's time is over. */
export function isOver(row: SqlRow, nowMs: number): boolean {
  const expiresMs = row["expires_ms"];
  return typeof expiresMs === "number" && expiresMs <= nowMs;
}

export function keyInfo(row: SqlRow): KeyInfo {
  const expiresMs = row["expires_ms"];
  return {
    generation: numberOf(row["generation"]),
    expiresMs: typeof expiresMs === "number" ? expiresMs : undefined,
  };
}

export function listedKey(row: SqlRow): ListedKey {
  return {
    ...keyInfo(row),
    key: blobOf(row["key"]),
    valueBytes: numberOf(row["value_bytes"]),
    metadata: blobOf(row["metadata"]),
  };
}

/** The rows of a page, keys whose time is over among them. */
export function rowsOfList(
  sql: KeyValueStatements,
  { tenant, store }: StoreName,
  { prefix, after }: Listing,
  rowsMax: number,
): SqlRow[] {
  const end = bytesAfter(prefix);
  if (after === undefined || compareBytes(after, prefix) < 0) {
    return end === undefined
      ? sql.listFrom.all(tenant, store, prefix, rowsMax)
      : sql.listFromBelow.all(tenant, store, prefix, end, rowsMax);
  }
  return end === undefined
    ? sql.list.all(tenant, store, after, rowsMax)
    : sql.listBelow.all(tenant, store, after, end, rowsMax);
}
