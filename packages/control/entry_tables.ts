/** What guests of a service find as files: its configuration, and its secrets, which are sealed. */

import { type Database, decodeUtf8, encodeUtf8, type SqlRow, type Statement } from "@skerry/base";
import type { ServiceRecord } from "./records.ts";
import { bytesOf, integerOf, textOf } from "./rows.ts";

/** An entry without its value. */
export interface EntryRecord {
  readonly name: string;
  readonly changedMs: number;
}

/** A secret as it lies on the disk. */
export interface SealedRecord {
  readonly serviceKey: number;
  readonly name: string;
  readonly sealingKey: string;
  readonly sealed: Uint8Array;
}

/** The table of configurations. What changes it is called within a transaction. */
export class ConfigTable {
  readonly #put: Statement;
  readonly #remove: Statement;
  readonly #list: Statement;
  readonly #all: Statement;

  constructor(database: Database) {
    this.#put = database.prepare("INSERT OR REPLACE INTO config VALUES (?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM config WHERE service = ? AND name = ?");
    this.#list = database.prepare("SELECT * FROM config WHERE service = ? ORDER BY name");
    this.#all = database.prepare("SELECT * FROM config");
  }

  list({ key }: ServiceRecord): (EntryRecord & { readonly value: string })[] {
    return this.#list.all(key).map((row) => ({ ...entryOf(row), value: valueOf(row) }));
  }

  /** All services' configurations by their keys. */
  all(): Map<number, Record<string, string>> {
    const found = new Map<number, Record<string, string>>();
    for (const row of this.#all.all()) {
      const key = integerOf(row, "service");
      const config = found.get(key) ?? {};
      config[textOf(row, "name")] = valueOf(row);
      found.set(key, config);
    }
    return found;
  }

  put({ key }: ServiceRecord, name: string, value: string, nowMs: number): void {
    this.#put.run(key, name, encodeUtf8(value), nowMs);
  }

  remove({ key }: ServiceRecord, name: string): boolean {
    return this.#remove.run(key, name).changes > 0;
  }
}

/** The table of secrets. What changes it is called within a transaction. */
export class SecretTable {
  readonly #put: Statement;
  readonly #remove: Statement;
  readonly #list: Statement;
  readonly #all: Statement;
  readonly #sealedOf: Statement;
  readonly #reseal: Statement;
  readonly #usesKey: Statement;

  constructor(database: Database) {
    this.#put = database.prepare("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM secrets WHERE service = ? AND name = ?");
    this.#list = database.prepare(
      "SELECT name, changedMs FROM secrets WHERE service = ? ORDER BY name",
    );
    this.#sealedOf = database.prepare("SELECT * FROM secrets WHERE service = ?");
    this.#all = database.prepare("SELECT * FROM secrets");
    this.#reseal = database.prepare(
      `UPDATE secrets SET sealingKey = ?, sealed = ?
        WHERE service = ? AND name = ? AND sealed = ?`,
    );
    this.#usesKey = database.prepare("SELECT 1 AS n FROM secrets WHERE sealingKey = ? LIMIT 1");
  }

  list({ key }: ServiceRecord): EntryRecord[] {
    return this.#list.all(key).map(entryOf);
  }

  sealedOf({ key }: ServiceRecord): SealedRecord[] {
    return this.#sealedOf.all(key).map(sealedOf);
  }

  /** All services' secrets. */
  all(): SealedRecord[] {
    return this.#all.all().map(sealedOf);
  }

  put({ serviceKey, name, sealingKey, sealed }: SealedRecord, nowMs: number): void {
    this.#put.run(serviceKey, name, sealingKey, sealed, nowMs);
  }

  /** Another seal about the same secret, unless that has changed meanwhile. */
  reseal(old: SealedRecord, sealingKey: string, sealed: Uint8Array): boolean {
    return this.#reseal.run(sealingKey, sealed, old.serviceKey, old.name, old.sealed).changes > 0;
  }

  /** Whether a key seals any of them. */
  usesKey(key: string): boolean {
    return this.#usesKey.get(key) !== undefined;
  }

  remove({ key }: ServiceRecord, name: string): boolean {
    return this.#remove.run(key, name).changes > 0;
  }
}

/** As bytes, because SQLite's texts are read up to their first NUL. */
function valueOf(row: SqlRow): string {
  return decodeUtf8(bytesOf(row, "value"));
}

function entryOf(row: SqlRow): EntryRecord {
  return { name: textOf(row, "name"), changedMs: integerOf(row, "changedMs") };
}

function sealedOf(row: SqlRow): SealedRecord {
  return {
    serviceKey: integerOf(row, "service"),
    name: textOf(row, "name"),
    sealingKey: textOf(row, "sealingKey"),
    sealed: bytesOf(row, "sealed"),
  };
}
