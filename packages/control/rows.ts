/** Columns as values: what the tables' own types promise, checked once more. */

import { bug, type SqlRow } from "@skerry/base";

/** A column of TEXT. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : bug(`the column ${column} holds no text`);
}

/** A column of TEXT that may be empty. */
export function maybeTextOf(row: SqlRow, column: string): string | undefined {
  return row[column] === null ? undefined : textOf(row, column);
}

/** A column of INTEGER. */
export function integerOf(row: SqlRow, column: string): number {
  const value = row[column];
  return typeof value === "number" ? value : bug(`the column ${column} holds no integer`);
}

/** A column of INTEGER that may be empty. */
export function maybeIntegerOf(row: SqlRow, column: string): number | undefined {
  return row[column] === null ? undefined : integerOf(row, column);
}

/** A column of BLOB. */
export function bytesOf(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : bug(`the column ${column} holds no bytes`);
}

/** A column of JSON that we have written ourselves. */
export function jsonOf<T>(row: SqlRow, column: string): T {
  return JSON.parse(textOf(row, column)) as T;
}
