/**
 * The key-value store on a database, which any number of threads and processes may have open.
 *
 * What always holds: each write is one transaction, with the counts of its tenant in it, so that budgets are exact
 * whoever else writes; a key whose time is over is not there, whether or not it was removed yet. Nothing is thrown:
 * a disk that is full, or a database that others keep locked, is an outcome.
 */

import type { Clock, Database, SqlRow } from "@skerry/base";
import { attempt } from "./key_value_failure.ts";
import { blobOf, isOver, keyInfo, listedKey, rowsOfList } from "./key_value_rows.ts";
import { type KeyValueStatements, prepareTables } from "./key_value_tables.ts";
import { deleteKey, putKey } from "./key_value_writes.ts";
import type {
  DeleteOutcome,
  Failed,
  GetOutcome,
  KeyValueBudget,
  KeyValues,
  Listing,
  ListOutcome,
  PutOutcome,
  StoreName,
  Unchanged,
  Write,
} from "./key_values_port.ts";
import { keyValueLimits as limits } from "./limits.ts";
import { countsOf, removeRows, saveCounts } from "./tenant_counts.ts";

/** How many keys a step of cleaning up has removed. */
export type StepOutcome = { readonly kind: "ok"; readonly removed: number } | Failed;

/** The same, and whether all tenants have had a step since the last round. */
export type SweepOutcome =
  | {
    readonly kind: "ok";
    readonly removed: number;
    readonly then: "go on" | "the round is over";
  }
  | Failed;

/** What a tenant keeps, with keys whose time is over and that were not removed yet. */
export type UsageOutcome =
  | { readonly kind: "ok"; readonly keys: number; readonly bytes: number }
  | Failed;

/** The store. */
export class DatabaseKeyValues implements KeyValues {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #sql: KeyValueStatements;
  /** The tenant that was swept last. */
  #swept = "";

  /**
   * @param database opened to wait a few milliseconds for others, in a thread that runs guests: it is the thread that
   *   waits; calls of guests try again and let others have it meanwhile
   * @param clock by which keys' times end: the node's own, the same for all who share the database
   * @throws SkerryError SKERRY_DATABASE_FAILED
   */
  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#sql = prepareTables(database);
  }

  get({ tenant, store }: StoreName, key: Uint8Array): GetOutcome {
    if (key.length > limits.keyBytesMax) return { kind: "too large" };
    return attempt((): GetOutcome => {
      const row = this.#sql.entry.get(tenant, store, key);
      if (row === undefined || isOver(row, this.#nowMs())) return { kind: "not found" };
      const contents = { value: blobOf(row["value"]), metadata: blobOf(row["metadata"]) };
      return { kind: "ok", entry: { ...keyInfo(row), ...contents } };
    });
  }

  put(name: StoreName, key: Uint8Array, write: Write, budget: KeyValueBudget): PutOutcome {
    if (isTooLarge(key, write)) return { kind: "too large" };
    return this.#transaction((nowMs) => putKey(this.#sql, name, key, write, budget, nowMs));
  }

  delete(name: StoreName, key: Uint8Array, condition: "always" | Unchanged): DeleteOutcome {
    if (key.length > limits.keyBytesMax) return { kind: "too large" };
    return this.#transaction((nowMs) => deleteKey(this.#sql, name, key, condition, nowMs));
  }

  list(name: StoreName, listing: Listing): ListOutcome {
    const { prefix, after = prefix, keysMax } = listing;
    if (Math.max(prefix.length, after.length) > limits.keyBytesMax) return { kind: "too large" };
    const rowsMax = Math.max(1, Math.min(keysMax, limits.listedKeysMax));
    return attempt((): ListOutcome => {
      const rows = rowsOfList(this.#sql, name, listing, rowsMax);
      const last = rows.length < rowsMax ? undefined : rows.at(-1);
      const nowMs = this.#nowMs();
      const keys = rows.filter((row) => !isOver(row, nowMs)).map(listedKey);
      return { kind: "ok", keys, after: last === undefined ? undefined : blobOf(last["key"]) };
    });
  }

  usage(tenant: string): UsageOutcome {
    return attempt((): UsageOutcome => {
      const { keys, bytes } = countsOf(this.#sql, tenant);
      return { kind: "ok", keys, bytes };
    });
  }

  /**
   * A small step of cleaning up: removes up to `keysMax` keys of one tenant whose time is over. It is enough that one
   * process does this now and then, and does no harm that several do.
   */
  sweep(keysMax: number): SweepOutcome {
    return attempt((): SweepOutcome => {
      const tenant = this.#sql.nextTenant.get(this.#swept)?.["tenant"];
      this.#swept = String(tenant ?? "");
      if (tenant === undefined) return { kind: "ok", removed: 0, then: "the round is over" };
      const step = this.#sweepTenant(this.#swept, keysMax);
      return step.kind === "ok" ? { ...step, then: "go on" } : step;
    });
  }

  #sweepTenant(tenant: string, keysMax: number): StepOutcome {
    // Looked for without the lock that writers have to wait for.
    const isAny = this.#sql.over.get(tenant, this.#nowMs(), 1) !== undefined;
    if (!isAny) return { kind: "ok", removed: 0 };
    const step = (nowMs: number) =>
      this.#remove(tenant, this.#sql.over.all(tenant, nowMs, keysMax));
    return this.#transaction(step);
  }

  /** A small step of removing a tenant: up to `keysMax` of its keys. All have gone when none was removed. */
  forget(tenant: string, keysMax: number): StepOutcome {
    return this.#transaction(() => this.#remove(tenant, this.#sql.some.all(tenant, keysMax)));
  }

  #remove(tenant: string, rows: SqlRow[]): StepOutcome {
    saveCounts(this.#sql, removeRows(this.#sql, countsOf(this.#sql, tenant), rows));
    return { kind: "ok", removed: rows.length };
  }

  #transaction<Outcome>(act: (nowMs: number) => Outcome): Outcome | Failed {
    return attempt(() => this.#database.transaction(() => act(this.#nowMs())));
  }

  #nowMs(): number {
    return this.#clock.wallMs?.() ?? Number(this.#clock.wallNs() / 1_000_000n);
  }
}

function isTooLarge(key: Uint8Array, { value, metadata }: Write): boolean {
  return key.length > limits.keyBytesMax || value.length > limits.valueBytesMax ||
    (metadata?.length ?? 0) > limits.metadataBytesMax;
}
