/** Who has uploaded which module: a tenant may deploy what it has the bytes of, and nothing else. */

import { type Database, type Statement } from "@skerry/base";
import type { TenantRecord } from "./records.ts";
import { integerOf, textOf } from "./rows.ts";

/** A module of a tenant. */
export interface ModuleRecord {
  readonly digest: string;
  readonly bytes: number;
  readonly receivedMs: number;
}

/** The table of modules. What changes it is called within a transaction. */
export class ModuleTable {
  readonly #insert: Statement;
  readonly #get: Statement;
  readonly #expire: Statement;
  readonly #total: Statement;
  readonly #uses: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO modules VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET receivedMs = excluded.receivedMs`,
    );
    this.#get = database.prepare("SELECT * FROM modules WHERE tenant = ? AND digest = ?");
    const unused = `NOT EXISTS (SELECT 1 FROM versions v JOIN services s ON s.id = v.service
      WHERE v.module = modules.digest AND s.tenant = modules.tenant)`;
    this.#expire = database.prepare(`DELETE FROM modules WHERE receivedMs < ? AND ${unused}`);
    this.#total = database.prepare(
      "SELECT count(*) AS modules, coalesce(sum(bytes), 0) AS bytes FROM modules WHERE tenant = ?",
    );
    this.#uses = database.prepare("SELECT 1 AS n FROM modules WHERE digest = ? LIMIT 1");
  }

  get({ key }: TenantRecord, digest: string): ModuleRecord | undefined {
    const row = this.#get.get(key, digest);
    return row && {
      digest: textOf(row, "digest"),
      bytes: integerOf(row, "bytes"),
      receivedMs: integerOf(row, "receivedMs"),
    };
  }

  add({ key }: TenantRecord, { digest, bytes, receivedMs }: ModuleRecord): void {
    this.#insert.run(key, digest, bytes, receivedMs);
  }

  /** How many a tenant has, and their bytes. */
  total({ key }: TenantRecord): { readonly modules: number; readonly bytes: number } {
    const row = this.#total.get(key) ?? {};
    return { modules: integerOf(row, "modules"), bytes: integerOf(row, "bytes") };
  }

  /** Forgets uploads from before that no version of their tenant uses. */
  expire(beforeMs: number): number {
    return this.#expire.run(beforeMs).changes;
  }

  /** Whether a tenant has this module. */
  uses(digest: string): boolean {
    return this.#uses.get(digest) !== undefined;
  }
}
