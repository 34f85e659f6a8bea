/**
 * The backends of a thread: opened when they are asked for first, and shared by the versions of a service that say the
 * same of one, so that its connections and what is known of it outlive a deployment.
 */

import { bug, type Clock } from "@skerry/base";
import type { BackendSettings } from "@skerry/control";
import { type AddressPolicy, askBackend, type Backend, type Backends } from "@skerry/egress";
import type { Subrequest, SubrequestOutcome, Subrequests } from "@skerry/hostcalls";

/** Who has backends. */
export interface BackendOwner {
  readonly tenant: string;
  /** The service's, so that one of its name that comes later knows nothing of these. */
  readonly key: number;
  readonly settings: Readonly<Record<string, BackendSettings>>;
  readonly policy: AddressPolicy;
  /** What the policy was read from. */
  readonly privateBackends: readonly string[];
}

/** How long requests that a version has begun may go on when it is no longer served, in milliseconds. */
const retireMs = 60_000;

/** Backends that are open. */
export class ServedBackends {
  readonly #backends: Backends;
  readonly #clock: Clock;
  readonly #open = new Map<string, { readonly backend: Backend; owners: number }>();

  constructor(backends: Backends, clock: Clock) {
    this.#backends = backends;
    this.#clock = clock;
  }

  /** A version's backends, to be given up when it is no longer served. */
  of(owner: BackendOwner): VersionBackends {
    return new VersionBackends(owner, {
      open: (name, settings) => this.#take(owner, name, settings),
      close: (key) => void this.#give(key),
    });
  }

  #take(owner: BackendOwner, name: string, settings: BackendSettings): Taken | string {
    const { tenant, policy, privateBackends } = owner;
    const key = JSON.stringify([owner.key, name, settings, privateBackends]);
    const found = this.#open.get(key);
    if (found !== undefined) {
      found.owners += 1;
      return { key, backend: found.backend };
    }
    const opened = this.#backends.open(tenant, name, settings, policy);
    if (!opened.ok) return opened.error;
    this.#open.set(key, { backend: opened.value, owners: 1 });
    return { key, backend: opened.value };
  }

  async #give(key: string): Promise<void> {
    await this.#clock.sleep(retireMs, new AbortController().signal);
    const open = this.#open.get(key) ?? bug("a backend is given up that nobody has");
    open.owners -= 1;
    if (open.owners > 0) return;
    this.#open.delete(key);
    open.backend.close();
  }
}

/** A backend that somebody has. */
interface Taken {
  readonly key: string;
  readonly backend: Backend;
}

/** How backends are had. */
interface Keeper {
  open(name: string, settings: BackendSettings): Taken | string;
  close(key: string): void;
}

/** The backends of one version. */
export class VersionBackends implements Subrequests {
  readonly #owner: BackendOwner;
  readonly #keeper: Keeper;
  readonly #taken = new Map<string, Taken>();
  #isClosed = false;

  constructor(owner: BackendOwner, keeper: Keeper) {
    this.#owner = owner;
    this.#keeper = keeper;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#owner.settings, name);
  }

  /** A backend, or why there is none. */
  get(name: string): Backend | string {
    const found = this.#taken.get(name);
    if (found !== undefined) return found.backend;
    const settings = this.has(name) ? this.#owner.settings[name] : undefined;
    if (settings === undefined) return `there is no backend ${name}`;
    const taken = this.#keeper.open(name, settings);
    if (typeof taken === "string") return taken;
    // A request that outlives its version may still ask.
    if (this.#isClosed) this.#keeper.close(taken.key);
    else this.#taken.set(name, taken);
    return taken.backend;
  }

  async send(name: string, request: Subrequest, signal: AbortSignal): Promise<SubrequestOutcome> {
    const backend = this.get(name);
    if (typeof backend === "string") return { kind: "failed", why: "forbidden" };
    return await askBackend(backend, request, signal);
  }

  /** Its version is no longer served: what it has begun may go on for a while. */
  close(): void {
    this.#isClosed = true;
    for (const { key } of this.#taken.values()) this.#keeper.close(key);
    this.#taken.clear();
  }
}
