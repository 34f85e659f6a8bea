/** Services, as they are kept. */

import { bug, type Database, type SqlRow, type Statement } from "@skerry/base";
import type { CanaryRecord, ServiceRecord, TenantRecord } from "./records.ts";
import { integerOf, maybeIntegerOf, maybeTextOf, textOf } from "./rows.ts";

/** What of a service changes by what is done with its versions. */
export type ServiceVersions = Pick<ServiceRecord, "newest" | "active" | "previous" | "canary">;

const select = "SELECT s.*, t.name AS tenantName FROM services s JOIN tenants t ON t.id = s.tenant";

/** The table of services. What changes it is called within a transaction. */
export class ServiceTable {
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #remove: Statement;
  readonly #get: Statement;
  readonly #list: Statement;
  readonly #active: Statement;
  readonly #all: Statement;
  readonly #count: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare(
      // An id that was another's comes never again: what was begun for that one ends in nothing.
      "INSERT INTO services (id, tenant, name, revision, createdMs, newest) VALUES (?4, ?1, ?2, ?4, ?3, 0)",
    );
    this.#update = database.prepare(
      "UPDATE services SET revision = ?, newest = ?, active = ?, previous = ?, canary = ? WHERE id = ?",
    );
    this.#remove = database.prepare("DELETE FROM services WHERE id = ?");
    this.#get = database.prepare(`${select} WHERE t.name = ? AND s.name = ?`);
    this.#list = database.prepare(
      `${select} WHERE t.name = ? AND s.name > ? ORDER BY s.name LIMIT ?`,
    );
    this.#active = database.prepare(`${select} WHERE s.active IS NOT NULL ORDER BY s.id`);
    this.#all = database.prepare(`${select} ORDER BY s.id`);
    this.#count = database.prepare("SELECT count(*) AS n FROM services WHERE tenant = ?");
  }

  get(tenant: string, name: string): ServiceRecord | undefined {
    const row = this.#get.get(tenant, name);
    return row && recordOf(row);
  }

  /** A tenant's, those whose names come after `after`, by name. */
  list(tenant: string, after: string, countMax: number): ServiceRecord[] {
    return this.#list.all(tenant, after, countMax).map(recordOf);
  }

  /** All that have an active version. */
  active(): ServiceRecord[] {
    return this.#active.all().map(recordOf);
  }

  all(): ServiceRecord[] {
    return this.#all.all().map(recordOf);
  }

  count({ key }: TenantRecord): number {
    return integerOf(this.#count.get(key) ?? {}, "n");
  }

  /** @param revision a new one, which becomes the service's key: ids of SQLite's own are given again */
  add(tenant: TenantRecord, name: string, revision: number, nowMs: number): ServiceRecord {
    this.#insert.run(tenant.key, name, nowMs, revision);
    return this.get(tenant.name, name) ?? bug("a service that was added is missing");
  }

  update({ key }: ServiceRecord, versions: ServiceVersions, revision: number): void {
    const { newest, active = null, previous = null, canary } = versions;
    const canaryJson = canary === undefined ? null : JSON.stringify(canary);
    this.#update.run(revision, newest, active, previous, canaryJson, key);
  }

  /** With all that is the service's. */
  remove({ key }: ServiceRecord): void {
    this.#remove.run(key);
  }
}

function recordOf(row: SqlRow): ServiceRecord {
  const canary = maybeTextOf(row, "canary");
  return {
    key: integerOf(row, "id"),
    tenantKey: integerOf(row, "tenant"),
    tenant: textOf(row, "tenantName"),
    name: textOf(row, "name"),
    revision: integerOf(row, "revision"),
    createdMs: integerOf(row, "createdMs"),
    newest: integerOf(row, "newest"),
    active: maybeIntegerOf(row, "active"),
    previous: maybeIntegerOf(row, "previous"),
    canary: canary === undefined ? undefined : JSON.parse(canary) as CanaryRecord,
  };
}
