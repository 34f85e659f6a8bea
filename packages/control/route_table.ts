/** Which host and path belongs to which service: of each, its active version's routes. */

import { type Database, type Statement } from "@skerry/base";
import { coveringHosts, isBroadHost, reversedHost } from "@skerry/http";
import type { RouteSettings } from "./model.ts";
import type { ServiceRecord } from "./records.ts";
import { Refusal } from "./refusal.ts";
import { textOf } from "./rows.ts";

/** The table of routes. What changes it is called within a transaction, which a refusal undoes. */
export class RouteTable {
  readonly #insert: Statement;
  readonly #release: Statement;
  readonly #others: Statement;
  readonly #othersBelow: Statement;
  readonly #holds: Statement;
  readonly #holder: Statement;

  constructor(database: Database) {
    this.#insert = database.prepare("INSERT INTO routes VALUES (?, ?, ?, ?, ?)");
    this.#release = database.prepare("DELETE FROM routes WHERE service = ?");
    this.#others = database.prepare("SELECT 1 AS n FROM routes WHERE host = ? AND tenant <> ?");
    this.#othersBelow = database.prepare(
      "SELECT 1 AS n FROM routes WHERE reversed > ? AND reversed < ? AND tenant <> ? LIMIT 1",
    );
    this.#holds = database.prepare("SELECT 1 AS n FROM routes WHERE host = ? AND tenant = ?");
    this.#holder = database.prepare(
      `SELECT s.name FROM routes r JOIN services s ON s.id = r.service
        WHERE r.host = ? AND r.prefix = ?`,
    );
  }

  /**
   * Gives a service these routes instead of those that it had.
   *
   * @param mayTakeBroad whether hosts that take more than anybody can own are given to whom they are new
   * @throws Refusal SKERRY_HOST_TAKEN, SKERRY_OPERATOR_NEEDED
   */
  claim(service: ServiceRecord, routes: readonly RouteSettings[], mayTakeBroad: boolean): void {
    const hosts = new Set(routes.map(({ host }) => host));
    for (const host of hosts) {
      if (!isBroadHost(host) || mayTakeBroad) continue;
      // Once an operator has given it, the tenant's next versions may have it too.
      if (this.#holds.get(host, service.tenantKey) !== undefined) continue;
      throw new Refusal(
        "SKERRY_OPERATOR_NEEDED",
        `only an operator may give away the host ${host}`,
      );
    }
    this.release(service);
    for (const host of hosts) {
      if (!this.#isTakenByOthers(host, service.tenantKey)) continue;
      throw new Refusal("SKERRY_HOST_TAKEN", `the host ${host} or a part of it is taken`);
    }
    for (const { host, prefix } of routes) this.#add(service, host, prefix);
  }

  release({ key }: ServiceRecord): void {
    this.#release.run(key);
  }

  #add({ key, tenantKey }: ServiceRecord, host: string, prefix: string): void {
    const holder = this.#holder.get(host, prefix);
    if (holder !== undefined) {
      const name = textOf(holder, "name");
      const why = `the service ${name} has the route ${host}${prefix}/... already`;
      throw new Refusal("SKERRY_HOST_TAKEN", why);
    }
    this.#insert.run(host, prefix, reversedHost(host), tenantKey, key);
  }

  #isTakenByOthers(host: string, tenantKey: number): boolean {
    const same = [host, ...coveringHosts(host)];
    if (same.some((name) => this.#others.get(name, tenantKey) !== undefined)) return true;
    if (!host.startsWith("*.")) return false;
    const above = reversedHost(host.slice(2));
    // "/" comes behind "." in ASCII: what begins with `above` lies between the two.
    const end = `${above.slice(0, -1)}/`;
    return this.#othersBelow.get(above, end, tenantKey) !== undefined;
  }
}
