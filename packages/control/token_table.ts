/** Tokens, as they are kept: what a thief of the database could use is not among it. */

import { type Database, type SqlRow, type Statement } from "@skerry/base";
import type { TenantRecord } from "./records.ts";
import type { Scope } from "./scopes.ts";
import { bytesOf, integerOf, jsonOf, maybeIntegerOf, maybeTextOf, textOf } from "./rows.ts";

/** A token without what makes it one. */
export interface TokenRecord {
  readonly id: string;
  /** What it is for, in its maker's words. */
  readonly name: string;
  /** Whose it is; undefined for an operator's. */
  readonly tenant: string | undefined;
  readonly scopes: readonly Scope[];
  readonly createdMs: number;
  readonly createdBy: string;
  readonly expiresMs: number | undefined;
  /** When it was used last, roughly. */
  readonly usedMs: number | undefined;
}

const select =
  "SELECT k.*, t.name AS tenantName FROM tokens k LEFT JOIN tenants t ON t.id = k.tenant";

/** The table of tokens. What changes it is called within a transaction. */
export class TokenTable {
  readonly #insert: Statement;
  readonly #get: Statement;
  readonly #list: Statement;
  readonly #listTenant: Statement;
  readonly #remove: Statement;
  readonly #use: Statement;
  readonly #expire: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)");
    this.#get = database.prepare(`${select} WHERE k.id = ?`);
    this.#list = database.prepare(`${select} WHERE k.tenant IS NULL ORDER BY k.createdMs, k.id`);
    this.#listTenant = database.prepare(`${select} WHERE k.tenant = ? ORDER BY k.createdMs, k.id`);
    this.#remove = database.prepare("DELETE FROM tokens WHERE id = ?");
    this.#use = database.prepare("UPDATE tokens SET usedMs = ? WHERE id = ?");
    this.#expire = database.prepare("DELETE FROM tokens WHERE expiresMs < ?");
  }

  /** With its hash, which is not to leave who compares it. */
  get(id: string): { readonly token: TokenRecord; readonly hash: Uint8Array } | undefined {
    const row = this.#get.get(id);
    return row && { token: recordOf(row), hash: bytesOf(row, "hash") };
  }

  /** One tenant's, or operators'. */
  list(tenant: TenantRecord | undefined): TokenRecord[] {
    const rows = tenant === undefined ? this.#list.all() : this.#listTenant.all(tenant.key);
    return rows.map(recordOf);
  }

  add(token: TokenRecord, tenant: TenantRecord | undefined, hash: Uint8Array): void {
    const { id, name, scopes, createdMs, createdBy, expiresMs = null } = token;
    const scopesJson = JSON.stringify(scopes);
    const tenantKey = tenant?.key ?? null;
    this.#insert.run(id, hash, name, tenantKey, scopesJson, createdMs, createdBy, expiresMs);
  }

  remove(id: string): boolean {
    return this.#remove.run(id).changes > 0;
  }

  setUsed(id: string, nowMs: number): void {
    this.#use.run(nowMs, id);
  }

  /** Forgets those that have expired before. */
  expire(beforeMs: number): number {
    return this.#expire.run(beforeMs).changes;
  }
}

function recordOf(row: SqlRow): TokenRecord {
  return {
    id: textOf(row, "id"),
    name: textOf(row, "name"),
    tenant: maybeTextOf(row, "tenantName"),
    scopes: jsonOf<Scope[]>(row, "scopes"),
    createdMs: integerOf(row, "createdMs"),
    createdBy: textOf(row, "createdBy"),
    expiresMs: maybeIntegerOf(row, "expiresMs"),
    usedMs: maybeIntegerOf(row, "usedMs"),
  };
}
