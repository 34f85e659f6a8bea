/**
 * What a node is told to serve, in a database. Each change is one transaction, together with its entry in the audit
 * log: whatever moment the process ends at, all of a change is there or nothing of it.
 */

import type { Clock, Database, Statement } from "@skerry/base";
import { type AuditEvent, AuditTable } from "./audit_table.ts";
import { ConfigTable, SecretTable } from "./entry_tables.ts";
import { type ControlLimits, controlLimits } from "./limits.ts";
import { migrate } from "./migrations.ts";
import { ModuleTable } from "./module_table.ts";
import type { Actor, ServiceRecord, TenantRecord, VersionRecord } from "./records.ts";
import { notFound } from "./refusal.ts";
import { RepeatTable } from "./repeat_table.ts";
import { RouteTable } from "./route_table.ts";
import { integerOf } from "./rows.ts";
import { ServiceTable } from "./service_table.ts";
import { TenantTable } from "./tenant_table.ts";
import { TokenTable } from "./token_table.ts";
import { VersionTable } from "./version_table.ts";

/** The tables, and what is common to all changes of them. */
export class Store {
  readonly limits: ControlLimits;
  readonly onServiceAdded: (tenant: string, name: string) => void;
  readonly tenants: TenantTable;
  readonly services: ServiceTable;
  readonly versions: VersionTable;
  readonly routes: RouteTable;
  readonly modules: ModuleTable;
  readonly config: ConfigTable;
  readonly secrets: SecretTable;
  readonly tokens: TokenTable;
  readonly repeats: RepeatTable;
  readonly audit: AuditTable;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #revise: Statement;
  readonly #revision: Statement;

  /**
   * @param database of which nobody else writes; its tables are made, or brought to today's form
   * @param onServiceAdded called before a service is added
   */
  constructor(
    database: Database,
    clock: Clock,
    limits: Partial<ControlLimits> = {},
    onServiceAdded: (tenant: string, name: string) => void = () => {},
  ) {
    migrate(database);
    this.onServiceAdded = onServiceAdded;
    this.limits = { ...controlLimits, ...limits };
    this.#database = database;
    this.#clock = clock;
    this.tenants = new TenantTable(database);
    this.services = new ServiceTable(database);
    this.versions = new VersionTable(database);
    this.routes = new RouteTable(database);
    this.modules = new ModuleTable(database);
    this.config = new ConfigTable(database);
    this.secrets = new SecretTable(database);
    this.tokens = new TokenTable(database);
    this.repeats = new RepeatTable(database);
    this.audit = new AuditTable(database);
    this.#revise = database.prepare(
      "UPDATE counters SET value = value + 1 WHERE name = 'revision'",
    );
    this.#revision = database.prepare("SELECT value FROM counters WHERE name = 'revision'");
  }

  /** Leaves others their turn. */
  pause(): Promise<void> {
    return this.#clock.sleep(0, new AbortController().signal);
  }

  /** Milliseconds since 1970. */
  get nowMs(): number {
    return this.#clock.wallMs?.() ?? Number(this.#clock.wallNs() / 1_000_000n);
  }

  /** Runs a change: all that `act` does to the tables, or nothing where it throws. */
  change<T>(actor: Actor, event: AuditEvent, act: () => T): T {
    return this.#database.transaction(() => {
      const result = act();
      this.#note(actor, event);
      return result;
    });
  }

  /** Runs a change that nobody has asked for, and that the audit log passes over. */
  maintain<T>(act: () => T): T {
    return this.#database.transaction(act);
  }

  /** A number that is higher than all before, so that whoever hears of two states knows which is the later one. */
  nextRevision(): number {
    this.#revise.run();
    return integerOf(this.#revision.get() ?? {}, "value");
  }

  /** @throws Refusal SKERRY_NOT_FOUND */
  tenant(name: string): TenantRecord {
    const found = this.tenants.get(name);
    if (found === undefined) throw notFound("such tenant");
    return found;
  }

  /** @throws Refusal SKERRY_NOT_FOUND */
  service(tenant: string, name: string): ServiceRecord {
    const found = this.services.get(tenant, name);
    if (found === undefined) throw notFound("such service");
    return found;
  }

  /** @throws Refusal SKERRY_NOT_FOUND */
  version(service: ServiceRecord, number: number): VersionRecord {
    const found = this.versions.get(service, number);
    if (found === undefined) throw notFound(`version ${number}`);
    return found;
  }

  #note(actor: Actor, event: AuditEvent): void {
    const { auditEntriesMax: entriesMax, auditTenantEntriesMax: tenantEntriesMax } = this.limits;
    this.audit.add(actor, event, this.nowMs, { entriesMax, tenantEntriesMax });
  }
}
