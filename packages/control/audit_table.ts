/** Who has done what, and when. No tenant's entries crowd out another's but by age. */

import { type Database, type Statement } from "@skerry/base";
import type { Actor } from "./records.ts";
import { integerOf, jsonOf, maybeTextOf, textOf } from "./rows.ts";

/** Something that was done. Nothing secret is in it. */
export interface AuditEvent {
  readonly action: string;
  readonly tenant?: string | undefined;
  readonly service?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An entry of the audit log; later ones have higher ids. */
export interface AuditRecord extends AuditEvent {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
}

/** The audit log. What adds to it is called within the transaction of what it tells. */
export class AuditTable {
  readonly #insert: Statement;
  readonly #newest: Statement;
  readonly #trim: Statement;
  readonly #trimTenant: Statement;
  readonly #list: Statement;
  readonly #listTenant: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare(
      "INSERT INTO audit (atMs, actor, action, tenant, service, details) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#newest = database.prepare("SELECT max(id) AS id FROM audit");
    this.#trim = database.prepare("DELETE FROM audit WHERE id <= ?");
    this.#trimTenant = database.prepare(
      `DELETE FROM audit WHERE tenant = ?1 AND id <=
        (SELECT id FROM audit WHERE tenant = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
    );
    this.#list = database.prepare("SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?");
    this.#listTenant = database.prepare(
      "SELECT * FROM audit WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?",
    );
  }

  /** Adds an entry, and forgets the oldest beyond the bounds. */
  add(
    actor: Actor,
    { action, tenant, service, details = {} }: AuditEvent,
    nowMs: number,
    { entriesMax, tenantEntriesMax }: { entriesMax: number; tenantEntriesMax: number },
  ): void {
    const about = [tenant ?? null, service ?? null, JSON.stringify(details)];
    this.#insert.run(nowMs, actor.id, action, ...about);
    this.#trim.run(integerOf(this.#newest.get() ?? {}, "id") - entriesMax);
    if (tenant !== undefined) this.#trimTenant.run(tenant, tenantEntriesMax);
  }

  /** The newest first; of one tenant where it is named. */
  list(tenant: string | undefined, beforeId: number, countMax: number): AuditRecord[] {
    const rows = tenant === undefined
      ? this.#list.all(beforeId, countMax)
      : this.#listTenant.all(tenant, beforeId, countMax);
    return rows.map((row) => ({
      id: integerOf(row, "id"),
      atMs: integerOf(row, "atMs"),
      actor: textOf(row, "actor"),
      action: textOf(row, "action"),
      tenant: maybeTextOf(row, "tenant"),
      service: maybeTextOf(row, "service"),
      details: jsonOf<Record<string, unknown>>(row, "details"),
    }));
  }
}
