/** Tenants, as they are kept. */

import { type Database, type SqlRow, type Statement } from "@skerry/base";
import type { TenantSettings } from "./model.ts";
import type { TenantRecord } from "./records.ts";
import { integerOf, jsonOf, textOf } from "./rows.ts";

/** The table of tenants. What changes it is called within a transaction. */
export class TenantTable {
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #remove: Statement;
  readonly #get: Statement;
  readonly #list: Statement;
  readonly #count: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare(
      // An id that was another's comes never again: what was begun for that one ends in nothing.
      "INSERT INTO tenants (id, name, settings, revision, createdMs) VALUES (?3, ?1, ?2, ?3, ?4)",
    );
    this.#update = database.prepare("UPDATE tenants SET settings = ?, revision = ? WHERE id = ?");
    this.#remove = database.prepare("DELETE FROM tenants WHERE id = ?");
    this.#get = database.prepare("SELECT * FROM tenants WHERE name = ?");
    this.#list = database.prepare("SELECT * FROM tenants WHERE name > ? ORDER BY name LIMIT ?");
    this.#count = database.prepare("SELECT count(*) AS n FROM tenants");
  }

  get(name: string): TenantRecord | undefined {
    const row = this.#get.get(name);
    return row && recordOf(row);
  }

  /** Those whose names come after `after`, by name. */
  list(after: string, countMax: number): TenantRecord[] {
    return this.#list.all(after, countMax).map(recordOf);
  }

  count(): number {
    return integerOf(this.#count.get() ?? {}, "n");
  }

  /** @param revision a new one, which becomes the tenant's key: ids of SQLite's own are given again */
  add(name: string, settings: TenantSettings, revision: number, nowMs: number): void {
    this.#insert.run(name, JSON.stringify(settings), revision, nowMs);
  }

  update({ key }: TenantRecord, settings: TenantSettings, revision: number): void {
    this.#update.run(JSON.stringify(settings), revision, key);
  }

  /** With all that is the tenant's. */
  remove({ key }: TenantRecord): void {
    this.#remove.run(key);
  }
}

function recordOf(row: SqlRow): TenantRecord {
  return {
    key: integerOf(row, "id"),
    name: textOf(row, "name"),
    settings: jsonOf<TenantSettings>(row, "settings"),
    revision: integerOf(row, "revision"),
    createdMs: integerOf(row, "createdMs"),
  };
}
