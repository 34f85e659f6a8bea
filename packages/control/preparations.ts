/** Versions on their way from received to ready or failed: few at once, and each once. */

import { bug, type Diagnostic, printable } from "@skerry/base";
import { isDigest } from "./names.ts";
import type { PreparationResult, Preparer } from "./ports.ts";
import type { ServiceRecord, VersionRecord } from "./records.ts";
import { Refusal } from "./refusal.ts";
import type { Store } from "./store.ts";
import type { Prepared } from "./version_table.ts";

/** Has versions prepared. */
export class Preparations {
  readonly #store: Store;
  readonly #preparer: Preparer;
  readonly #running = new Map<
    string,
    { readonly tenantKey: number; readonly end: Promise<void> }
  >();

  constructor(store: Store, preparer: Preparer) {
    this.#store = store;
    this.#preparer = preparer;
  }

  /** How many are under way. */
  get count(): number {
    return this.#running.size;
  }

  /** @throws Refusal SKERRY_TOO_MANY, SKERRY_NODE_UNAVAILABLE where there is no room for one more */
  checkRoom(tenantKey: number): void {
    const { preparationsMax, tenantPreparationsMax } = this.#store.limits;
    const own = this.#running.values().filter((other) => other.tenantKey === tenantKey);
    const retryAfterMs = 1_000;
    if (own.toArray().length >= tenantPreparationsMax) {
      const why = `${tenantPreparationsMax} versions of this tenant are being prepared already`;
      throw new Refusal("SKERRY_TOO_MANY", why, { retryAfterMs });
    }
    if (this.#running.size >= preparationsMax) {
      const why = "too many versions are being prepared";
      throw new Refusal("SKERRY_NODE_UNAVAILABLE", why, { retryAfterMs });
    }
  }

  /**
   * Resolves once a version is ready. Where it is being prepared already, that is waited for.
   *
   * @throws Refusal SKERRY_VERSION_FAILED with the reasons
   */
  async prepare(service: ServiceRecord, number: number): Promise<VersionRecord> {
    const id = `${service.key}/${number}`;
    const found = this.#store.version(service, number);
    if (found.state === "received" || found.state === "preparing") {
      if (!this.#running.has(id)) {
        this.checkRoom(service.tenantKey);
        const end = this.#run(service, found).finally(() => this.#running.delete(id));
        this.#running.set(id, { tenantKey: service.tenantKey, end });
      }
      await this.#running.get(id)?.end;
    }
    const version = this.#store.version(service, number);
    if (version.state === "ready") return version;
    if (version.state !== "failed") bug(`a version that was prepared is ${version.state}`);
    throw new Refusal("SKERRY_VERSION_FAILED", `version ${number} cannot be served`, {
      version: number,
      diagnostics: version.diagnostics,
    });
  }

  async #run(service: ServiceRecord, { number, module, settings }: VersionRecord): Promise<void> {
    const { versions } = this.#store;
    // Begins in a turn of its own, so that who has it begun can note that.
    await undefined;
    this.#store.maintain(() => versions.setState(service, number, "preparing"));
    let result: PreparationResult;
    try {
      const { tenant, name } = service;
      result = await this.#preparer.prepare({ tenant, service: name, number, module, settings });
    } catch (error) {
      // It was not tried: the version may be had prepared later.
      this.#store.maintain(() => versions.setState(service, number, "received"));
      throw error;
    }
    const prepared = this.#bounded(result);
    this.#store.maintain(() => versions.setPrepared(service, number, prepared));
  }

  /** What is said of a hostile program is bounded, and obeyed by no terminal. */
  #bounded(result: PreparationResult): Prepared {
    if (result.kind === "ready") {
      // It names a file, and who says it has run what is hostile.
      if (!isDigest(result.artifact)) bug("what was prepared is no artifact");
      return { artifact: result.artifact, facts: result.facts };
    }
    const { diagnosticsMax, diagnosticLengthMax } = this.#store.limits;
    const bounded = ({ message, at }: Diagnostic): Diagnostic => {
      const text = printable(message, diagnosticLengthMax);
      return at === undefined ? { message: text } : { message: text, at };
    };
    return { diagnostics: result.diagnostics.slice(0, diagnosticsMax).map(bounded) };
  }
}
