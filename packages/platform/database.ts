/** Databases in files, by SQLite. */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import {
  type Database,
  SkerryError,
  type SqlRow,
  type SqlValue,
  type Statement,
} from "@skerry/base";

/** How a database is opened. */
export interface DatabaseOptions {
  /**
   * Whether what is written survives a loss of power (`full`), or the end of the process alone, which is quicker
   * (`process`).
   */
  readonly survives: "power loss" | "process end";
  /** How long another process that writes is waited for, in milliseconds. */
  readonly busyMsMax?: number;
}

/**
 * Opens a database, and makes it where it is missing. Readers do not wait for a writer, nor it for them (WAL).
 *
 * @param path a file, or `:memory:`
 * @throws SkerryError SKERRY_DATABASE_FAILED
 */
export function openDatabase(path: string, options: DatabaseOptions): Database {
  return new SqliteDatabase(path, options);
}

class SqliteDatabase implements Database {
  readonly #path: string;
  readonly #database: DatabaseSync;

  constructor(path: string, { survives, busyMsMax = 5_000 }: DatabaseOptions) {
    this.#path = path;
    this.#database = this.#try(() => new DatabaseSync(path));
    this.execute(`PRAGMA busy_timeout = ${Math.trunc(busyMsMax)}`);
    this.execute("PRAGMA journal_mode = WAL");
    this.execute(`PRAGMA synchronous = ${survives === "power loss" ? "FULL" : "NORMAL"}`);
    this.execute("PRAGMA foreign_keys = ON");
  }

  prepare(sql: string): Statement {
    const statement = this.#try(() => this.#database.prepare(sql));
    return {
      run: (...parameters) => ({
        changes: Number(this.#run(statement, parameters).changes),
      }),
      get: (...parameters) => this.#try(() => statement.get(...parameters) as SqlRow | undefined),
      all: (...parameters) => this.#try(() => statement.all(...parameters) as SqlRow[]),
    };
  }

  execute(sql: string): void {
    this.#try(() => this.#database.exec(sql));
  }

  transaction<T>(act: () => T): T {
    this.execute("BEGIN IMMEDIATE");
    let result: T;
    try {
      result = act();
      this.execute("COMMIT");
    } catch (error) {
      this.#rollBack();
      throw error;
    }
    return result;
  }

  close(): void {
    this.#database.close();
  }

  #run(statement: StatementSync, parameters: SqlValue[]) {
    return this.#try(() => statement.run(...parameters));
  }

  /** A full disk may have rolled it back already. */
  #rollBack(): void {
    if (this.#database.isTransaction) this.execute("ROLLBACK");
  }

  #try<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SkerryError("SKERRY_DATABASE_FAILED", `the database failed: ${why}`, {
        where: this.#path,
        cause,
      });
    }
  }
}
