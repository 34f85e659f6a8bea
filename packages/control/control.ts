/** All of a node's control over one database, as its supervisor makes it. */

import { type Clock, type Database, isSkerryError, type RandomSource } from "@skerry/base";
import { Activations } from "./activations.ts";
import { Announcer, type ServedState } from "./announcer.ts";
import { Deployments } from "./deployments.ts";
import { Entries } from "./entries.ts";
import type { ControlLimits } from "./limits.ts";
import { Modules } from "./modules.ts";
import { Preparations } from "./preparations.ts";
import type { ArtifactStore, Changes, Preparer, Sealer } from "./ports.ts";
import { Rotation } from "./rotation.ts";
import { defaultNodeBounds, type NodeBounds } from "./settings.ts";
import { Store } from "./store.ts";
import { Tenancy } from "./tenancy.ts";
import { Tokens } from "./tokens.ts";

/** What a node's control is made of. */
export interface ControlParts {
  /** Of which nobody else writes. */
  readonly database: Database;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly artifacts: ArtifactStore;
  readonly preparer: Preparer;
  readonly changes: Changes;
  readonly sealer: Sealer;
  readonly limits?: Partial<ControlLimits>;
  /** What no version may go beyond. */
  readonly bounds?: NodeBounds;
  /** Told of each service before it is: whatever is left of another that had its name is not its own. */
  readonly onServiceAdded?: (tenant: string, name: string) => void;
}

/** What is deployed on a node, and how that changes. */
export class Control {
  readonly store: Store;
  readonly tenancy: Tenancy;
  readonly modules: Modules;
  readonly activations: Activations;
  readonly deployments: Deployments;
  readonly entries: Entries;
  readonly rotation: Rotation;
  readonly tokens: Tokens;
  readonly #announcer: Announcer;
  readonly #preparations: Preparations;

  constructor(parts: ControlParts) {
    const { database, clock, limits, bounds = defaultNodeBounds } = parts;
    this.store = new Store(database, clock, limits, parts.onServiceAdded);
    this.#announcer = new Announcer(this.store, parts.changes, parts.sealer);
    this.tenancy = new Tenancy(this.store, this.#announcer);
    this.modules = new Modules(this.store, parts.artifacts);
    this.#preparations = new Preparations(this.store, parts.preparer);
    this.activations = new Activations(this.store, this.#announcer, this.#preparations);
    this.deployments = new Deployments(
      this.store,
      this.#preparations,
      this.activations,
      bounds,
    );
    this.entries = new Entries(this.store, this.#announcer, parts.sealer);
    this.rotation = new Rotation(this.store, parts.sealer);
    this.tokens = new Tokens(this.store, parts.random);
    this.#recover();
  }

  /** Whoever prepared versions is gone with the process before this one; asking for them again goes on with them. */
  #recover(): void {
    try {
      this.store.maintain(() => this.store.versions.recover());
    } catch (error) {
      // On a disk that is full all that is deployed is served all the same.
      if (!isSkerryError(error)) throw error;
    }
  }

  /** How many versions are being prepared. */
  get preparing(): number {
    return this.#preparations.count;
  }

  /** All that cells are to serve: what a cell is told when it starts. */
  allServices(): Promise<ServedState> {
    return this.#announcer.all();
  }
}
