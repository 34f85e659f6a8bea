/** The tables of a node's state, and how a database of an earlier form becomes one of today's. */

import { type Database, SkerryError } from "@skerry/base";

/** What has been added, in its order; a database's `user_version` counts how many of these it has. Never edited. */
const migrations: readonly string[] = [
  `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counters VALUES ('revision', 0);

  CREATE TABLE tenants (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, settings TEXT NOT NULL,
    revision INTEGER NOT NULL, createdMs INTEGER NOT NULL) STRICT;

  CREATE TABLE services (
    id INTEGER PRIMARY KEY, tenant INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    name TEXT NOT NULL, revision INTEGER NOT NULL, createdMs INTEGER NOT NULL,
    newest INTEGER NOT NULL, active INTEGER, previous INTEGER, canary TEXT,
    UNIQUE (tenant, name)) STRICT;

  CREATE TABLE versions (
    service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE,
    number INTEGER NOT NULL, module TEXT NOT NULL, artifact TEXT, settings TEXT NOT NULL,
    note TEXT, createdMs INTEGER NOT NULL, createdBy TEXT NOT NULL, state TEXT NOT NULL,
    diagnostics TEXT NOT NULL, facts TEXT, activatedMs INTEGER,
    PRIMARY KEY (service, number)) STRICT;
  CREATE INDEX versionsByModule ON versions (module);
  CREATE INDEX versionsByArtifact ON versions (artifact);
  CREATE INDEX versionsUnfinished ON versions (state) WHERE state = 'preparing';

  CREATE TABLE routes (
    host TEXT NOT NULL, prefix TEXT NOT NULL, reversed TEXT NOT NULL,
    tenant INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE,
    PRIMARY KEY (host, prefix)) STRICT, WITHOUT ROWID;
  CREATE INDEX routesByReversed ON routes (reversed);
  CREATE INDEX routesByService ON routes (service);
  CREATE INDEX routesByTenant ON routes (tenant);

  CREATE TABLE modules (
    tenant INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    digest TEXT NOT NULL, bytes INTEGER NOT NULL, receivedMs INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)) STRICT, WITHOUT ROWID;
  CREATE INDEX modulesByDigest ON modules (digest);

  CREATE TABLE config (
    service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE,
    name TEXT NOT NULL, value BLOB NOT NULL, changedMs INTEGER NOT NULL,
    PRIMARY KEY (service, name)) STRICT, WITHOUT ROWID;

  CREATE TABLE secrets (
    service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE,
    name TEXT NOT NULL, sealingKey TEXT NOT NULL, sealed BLOB NOT NULL, changedMs INTEGER NOT NULL,
    PRIMARY KEY (service, name)) STRICT, WITHOUT ROWID;

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL,
    tenant INTEGER REFERENCES tenants ON DELETE CASCADE, scopes TEXT NOT NULL,
    createdMs INTEGER NOT NULL, createdBy TEXT NOT NULL,
    expiresMs INTEGER, usedMs INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX tokensByTenant ON tokens (tenant);

  CREATE TABLE repeats (
    tenant INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    key TEXT NOT NULL, request TEXT NOT NULL,
    service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE,
    version INTEGER NOT NULL, atMs INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)) STRICT, WITHOUT ROWID;
  CREATE INDEX repeatsByTime ON repeats (tenant, atMs);
  CREATE INDEX repeatsByService ON repeats (service);

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, atMs INTEGER NOT NULL, actor TEXT NOT NULL,
    action TEXT NOT NULL, tenant TEXT, service TEXT, details TEXT NOT NULL) STRICT;
  CREATE INDEX auditByTenant ON audit (tenant, id);
  `,
];

/**
 * Makes the tables, or adds to them what is missing: all of it or nothing.
 *
 * @throws SkerryError SKERRY_DATABASE_FAILED where a later Skerry has written it
 */
export function migrate(database: Database): void {
  database.transaction(() => {
    const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (found > migrations.length) {
      throw new SkerryError(
        "SKERRY_DATABASE_FAILED",
        `the state is of form ${found}, and this Skerry knows forms up to ${migrations.length}`,
        { remedy: "use the Skerry that has written it, or a later one" },
      );
    }
    // On a disk that is full a node starts as long as there is nothing to write.
    if (found === migrations.length) return;
    for (const added of migrations.slice(found)) database.execute(added);
    // A pragma takes no parameters.
    database.execute(`PRAGMA user_version = ${migrations.length}`);
  });
}
