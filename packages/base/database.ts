/**
 * A database of one file, as the core needs it: SQL by prepared statements, and transactions. Calls are synchronous:
 * each takes microseconds, and nothing comes between two of them.
 */

/** What a column holds. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A row by its columns' names. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A prepared statement; its parameters are the `?` in it, in their order. */
export interface Statement {
  /** Runs it, and tells how many rows it has changed. */
  run(...parameters: SqlValue[]): { readonly changes: number };
  /** The first row, where there is one. */
  get(...parameters: SqlValue[]): SqlRow | undefined;
  all(...parameters: SqlValue[]): SqlRow[];
}

/** A database. What fails throws a SkerryError SKERRY_DATABASE_FAILED that says why. */
export interface Database {
  prepare(sql: string): Statement;
  /** Runs statements that give nothing, one after another. */
  execute(sql: string): void;
  /**
   * Runs `act` in a transaction that has the right to write from its start: all of it is kept, or nothing where it
   * throws. Not to be nested.
   */
  transaction<T>(act: () => T): T;
  close(): void;
}
