/** Versions, as they are kept. What they are made of never changes; how far they have come does. */

import { type Database, type Diagnostic, type SqlRow, type Statement } from "@skerry/base";
import type { VersionSettings } from "./model.ts";
import type { ServiceRecord, VersionProgress, VersionRecord } from "./records.ts";
import { integerOf, jsonOf, maybeIntegerOf, maybeTextOf, textOf } from "./rows.ts";

/** What a version is made of. */
export type VersionParts = Pick<
  VersionRecord,
  "number" | "module" | "settings" | "note" | "createdMs" | "createdBy"
>;

/** What its preparation has come to. */
export type Prepared =
  | { readonly artifact: string; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly diagnostics: readonly Diagnostic[] };

/** The table of versions. What changes it is called within a transaction. */
export class VersionTable {
  readonly #insert: Statement;
  readonly #get: Statement;
  readonly #list: Statement;
  readonly #active: Statement;
  readonly #setState: Statement;
  readonly #ready: Statement;
  readonly #failed: Statement;
  readonly #activated: Statement;
  readonly #prune: Statement;
  readonly #recover: Statement;
  readonly #uses: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO versions (service, number, module, settings, note, createdMs, createdBy, state,
        diagnostics) VALUES (?, ?, ?, ?, ?, ?, ?, 'received', '[]')`,
    );
    this.#get = database.prepare("SELECT * FROM versions WHERE service = ? AND number = ?");
    this.#list = database.prepare(
      "SELECT * FROM versions WHERE service = ? ORDER BY number DESC LIMIT ?",
    );
    this.#active = database.prepare(
      "SELECT v.* FROM services s JOIN versions v ON v.service = s.id AND v.number = s.active",
    );
    this.#setState = database.prepare(
      "UPDATE versions SET state = ? WHERE service = ? AND number = ?",
    );
    this.#ready = database.prepare(
      "UPDATE versions SET state = 'ready', artifact = ?, facts = ? WHERE service = ? AND number = ?",
    );
    this.#failed = database.prepare(
      "UPDATE versions SET state = 'failed', diagnostics = ? WHERE service = ? AND number = ?",
    );
    this.#activated = database.prepare(
      "UPDATE versions SET activatedMs = ? WHERE service = ? AND number = ?",
    );
    this.#prune = database.prepare(
      `DELETE FROM versions WHERE service = ? AND number <= ? AND state IN ('ready', 'failed')
        AND number NOT IN (?, ?, ?)`,
    );
    this.#recover = database.prepare(
      "UPDATE versions SET state = 'received' WHERE state = 'preparing'",
    );
    this.#uses = database.prepare(
      "SELECT 1 AS used FROM versions WHERE artifact = ?1 OR module = ?1 LIMIT 1",
    );
  }

  get(service: ServiceRecord, number: number): VersionRecord | undefined {
    const row = this.#get.get(service.key, number);
    return row && recordOf(row);
  }

  /** The newest first. */
  list(service: ServiceRecord, countMax: number): VersionRecord[] {
    return this.#list.all(service.key, countMax).map(recordOf);
  }

  /** The active versions of all services, by their services' keys. */
  active(): Map<number, VersionRecord> {
    return new Map(this.#active.all().map((row) => [integerOf(row, "service"), recordOf(row)]));
  }

  add(service: ServiceRecord, parts: VersionParts): void {
    const { number, module, settings, note = null, createdMs, createdBy } = parts;
    this.#insert.run(
      ...[service.key, number, module, JSON.stringify(settings), note, createdMs, createdBy],
    );
  }

  setState({ key }: ServiceRecord, number: number, state: VersionProgress): void {
    this.#setState.run(state, key, number);
  }

  setPrepared({ key }: ServiceRecord, number: number, prepared: Prepared): void {
    if ("artifact" in prepared) {
      this.#ready.run(prepared.artifact, JSON.stringify(prepared.facts), key, number);
    } else this.#failed.run(JSON.stringify(prepared.diagnostics), key, number);
  }

  setActivated({ key }: ServiceRecord, number: number, nowMs: number): void {
    this.#activated.run(nowMs, key, number);
  }

  /** Forgets old versions but those that serve, or would after a rollback. */
  prune({ key, newest, active = 0, previous = 0, canary }: ServiceRecord, kept: number): void {
    this.#prune.run(key, newest - kept, active, previous, canary?.version ?? 0);
  }

  /** What was being prepared when the node ended is to be prepared anew. */
  recover(): number {
    return this.#recover.run().changes;
  }

  /** Whether a version has a content as its module or its artifact. */
  uses(digest: string): boolean {
    return this.#uses.get(digest) !== undefined;
  }
}

function recordOf(row: SqlRow): VersionRecord {
  const facts = maybeTextOf(row, "facts");
  return {
    number: integerOf(row, "number"),
    module: textOf(row, "module"),
    artifact: maybeTextOf(row, "artifact"),
    settings: jsonOf<VersionSettings>(row, "settings"),
    note: maybeTextOf(row, "note"),
    createdMs: integerOf(row, "createdMs"),
    createdBy: textOf(row, "createdBy"),
    state: textOf(row, "state") as VersionProgress,
    diagnostics: jsonOf<Diagnostic[]>(row, "diagnostics"),
    facts: facts === undefined ? undefined : JSON.parse(facts),
    activatedMs: maybeIntegerOf(row, "activatedMs"),
  };
}
