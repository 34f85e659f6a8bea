/** Deployments by the keys that their clients gave them (`Idempotency-Key`), so that a repetition makes no second one. */

import { type Database, type Statement } from "@skerry/base";
import type { ServiceRecord, TenantRecord } from "./records.ts";
import { integerOf, textOf } from "./rows.ts";

/** What a key was used for. */
export interface RepeatRecord {
  /** Digest of what was asked. */
  readonly request: string;
  readonly serviceKey: number;
  readonly version: number;
}

/** The table of repetitions. What changes it is called within a transaction. */
export class RepeatTable {
  readonly #insert: Statement;
  readonly #get: Statement;
  readonly #expire: Statement;
  readonly #trim: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare("INSERT OR REPLACE INTO repeats VALUES (?, ?, ?, ?, ?, ?)");
    this.#get = database.prepare(
      "SELECT * FROM repeats WHERE tenant = ? AND key = ? AND atMs >= ?",
    );
    this.#expire = database.prepare("DELETE FROM repeats WHERE tenant = ? AND atMs < ?");
    this.#trim = database.prepare(
      `DELETE FROM repeats WHERE (tenant, key) IN (SELECT tenant, key FROM repeats
        WHERE tenant = ? ORDER BY atMs DESC, key LIMIT -1 OFFSET ?)`,
    );
  }

  get({ key: tenantKey }: TenantRecord, key: string, sinceMs: number): RepeatRecord | undefined {
    const row = this.#get.get(tenantKey, key, sinceMs);
    return row && {
      request: textOf(row, "request"),
      serviceKey: integerOf(row, "service"),
      version: integerOf(row, "version"),
    };
  }

  add(service: ServiceRecord, key: string, repeat: RepeatRecord, nowMs: number): void {
    const { request, version } = repeat;
    this.#insert.run(service.tenantKey, key, request, service.key, version, nowMs);
  }

  /** Keeps the latest ones, and none that are older than that. */
  trim({ key }: TenantRecord, sinceMs: number, countMax: number): void {
    this.#expire.run(key, sinceMs);
    this.#trim.run(key, countMax);
  }
}
