/** The key-value store's tables, and the statements that touch them. */

import { type Database, SkerryError, type Statement } from "@skerry/base";

const version = 1;

/**
 * Every key with its tenant and store in front, so that what a statement can reach is what it names. The value stands
 * last: what a list tells is then read without it. What each tenant has is counted in the transactions that change it.
 */
const tables = `
CREATE TABLE IF NOT EXISTS entries (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  store TEXT NOT NULL,
  key BLOB NOT NULL,
  generation INTEGER NOT NULL,
  expires_ms INTEGER,
  metadata BLOB NOT NULL,
  value BLOB NOT NULL,
  UNIQUE (tenant, store, key)
) STRICT;
CREATE INDEX IF NOT EXISTS entries_by_expiry ON entries (tenant, expires_ms)
  WHERE expires_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS tenants (
  tenant TEXT PRIMARY KEY,
  generation INTEGER NOT NULL,
  keys INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA user_version = ${version};`;

const size = "length(key) + length(metadata) + length(value)";
const named = "tenant = ? AND store = ? AND key = ?";
const listed = `SELECT key, generation, expires_ms, metadata, length(value) AS value_bytes
  FROM entries WHERE tenant = ? AND store = ?`;

const texts = {
  entry: `SELECT generation, expires_ms, metadata, value FROM entries WHERE ${named}`,
  state: `SELECT id, generation, expires_ms, ${size} AS bytes FROM entries WHERE ${named}`,
  insert: `INSERT INTO entries (tenant, store, key, generation, expires_ms, metadata, value)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  update: `UPDATE entries SET generation = ?, expires_ms = ?, metadata = ?, value = ? WHERE id = ?`,
  remove: `DELETE FROM entries WHERE id = ?`,
  over: `SELECT id, ${size} AS bytes FROM entries
    WHERE tenant = ? AND expires_ms <= ? ORDER BY expires_ms LIMIT ?`,
  some: `SELECT id, ${size} AS bytes FROM entries WHERE tenant = ? LIMIT ?`,
  list: `${listed} AND key > ? ORDER BY key LIMIT ?`,
  listBelow: `${listed} AND key > ? AND key < ? ORDER BY key LIMIT ?`,
  listFrom: `${listed} AND key >= ? ORDER BY key LIMIT ?`,
  listFromBelow: `${listed} AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
  counts: `SELECT generation, keys, bytes FROM tenants WHERE tenant = ?`,
  count: `INSERT INTO tenants (tenant, generation, keys, bytes) VALUES (?, ?, ?, ?)
    ON CONFLICT (tenant) DO UPDATE SET
    generation = excluded.generation, keys = excluded.keys, bytes = excluded.bytes`,
  nextTenant: `SELECT tenant FROM tenants WHERE tenant > ? AND keys > 0 ORDER BY tenant LIMIT 1`,
} as const;

/** The statements by their names. */
export type KeyValueStatements = Readonly<Record<keyof typeof texts, Statement>>;

/** How long it is waited while another process makes them, in milliseconds. */
const makingMsMax = 5_000;

/**
 * Makes the tables where they are missing.
 *
 * @throws SkerryError SKERRY_DATABASE_FAILED, also where the file was written by a later Skerry
 */
export function prepareTables(database: Database): KeyValueStatements {
  const found = database.prepare("PRAGMA user_version").get()?.["user_version"];
  if (typeof found === "number" && found > version) {
    throw new SkerryError("SKERRY_DATABASE_FAILED", `the key-value store has version ${found}`, {
      remedy: `this Skerry knows version ${version}: use the one that wrote it`,
    });
  }
  if (found !== version) makeTables(database);
  const prepared = Object.entries(texts).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(prepared) as KeyValueStatements;
}

/** However little whoever has opened the database is ready to wait afterwards. */
function makeTables(database: Database): void {
  const told = Number(database.prepare("PRAGMA busy_timeout").get()?.["timeout"] ?? 0);
  database.execute(`PRAGMA busy_timeout = ${makingMsMax}`);
  database.transaction(() => database.execute(tables));
  database.execute(`PRAGMA busy_timeout = ${told}`);
}
