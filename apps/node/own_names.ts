/**
 * Names of services, as those have them who are served. What was kept under a name is whose service had it then: one that
 * takes the name later, perhaps another customer's, finds nothing of it, also where no cell ran in between.
 */

import type { Owner } from "@skerry/cache";
import type { Acknowledgement, Change, Changes } from "@skerry/control";

/** Takes changes to the cells. */
export class OwnNames implements Changes {
  readonly #changes: Changes;
  readonly #forgetKept: (owner: Owner) => void;
  readonly #names = new Map<string, Set<string>>();

  /**
   * @param served those that had their names before
   * @param forgetKept has nothing be found that was kept for a service until now
   */
  constructor(
    changes: Changes,
    served: Iterable<{ readonly tenant: string; readonly name: string }>,
    forgetKept: (owner: Owner) => void,
  ) {
    this.#changes = changes;
    this.#forgetKept = forgetKept;
    for (const { tenant, name } of served) this.#add(tenant, name);
  }

  async publish(change: Change, wallMsMax: number): Promise<Acknowledgement> {
    if (change.kind === "service") {
      const { tenant, name: service } = change.service;
      if (this.#add(tenant, service)) this.#forgetKept({ tenant, service });
    }
    if (change.kind === "service removed") this.#names.get(change.tenant)?.delete(change.name);
    if (change.kind === "tenant removed") this.#names.delete(change.name);
    return await this.#changes.publish(change, wallMsMax);
  }

  /** Whether it was not there. */
  #add(tenant: string, name: string): boolean {
    const names = this.#names.get(tenant) ?? new Set();
    this.#names.set(tenant, names);
    const isNew = !names.has(name);
    names.add(name);
    return isNew;
  }
}
