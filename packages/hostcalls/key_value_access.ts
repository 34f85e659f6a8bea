/** One request's way to its tenant's keys: what it may do is counted here. */

import type { Clock } from "@skerry/base";
import { refuse } from "./key_value_status.ts";
import type { Failed, KeyValueBudget, KeyValues, StoreName } from "./key_values_port.ts";
import { keyValueBudget, keyValueRequestLimits } from "./limits.ts";

/** What a request is given. */
export interface KeyValueAccessOptions {
  readonly keyValues: KeyValues;
  /** Whose keys these are. */
  readonly tenant: string;
  /** What the tenant may keep. */
  readonly budget?: KeyValueBudget;
  /** By which it is waited where the store is locked. */
  readonly clock: Clock;
  /** Whether its service was removed: the keys may be those of another tenant that has the name by now. */
  readonly isGone?: () => boolean;
  /** Hears of a store that has failed: guests learn no more than that it has. */
  readonly onFailure?: (failed: Failed) => void;
}

/** The state of `skerry_kv` in one lease. */
export class KeyValueAccess {
  readonly keyValues: KeyValues;
  readonly budget: KeyValueBudget;
  readonly clock: Clock;
  readonly #options: KeyValueAccessOptions;
  #callsLeft: number = keyValueRequestLimits.callsMax;
  #bytesLeft: number = keyValueRequestLimits.writtenBytesMax;

  constructor(options: KeyValueAccessOptions) {
    this.#options = options;
    this.keyValues = options.keyValues;
    this.budget = options.budget ?? keyValueBudget;
    this.clock = options.clock;
  }

  /** A store of the tenant's, by the name that the guest gives: empty is `default`. */
  store(name: string): StoreName {
    if (!/^[a-z0-9-]{0,63}$/.test(name)) refuse("INVALID");
    return { tenant: this.#options.tenant, store: name === "" ? "default" : name };
  }

  /** Whether nothing of the tenant's is to be reached any more. */
  get isGone(): boolean {
    return this.#options.isGone?.() === true;
  }

  /** A call begins. */
  countCall(): void {
    if (this.#callsLeft === 0) refuse("OVER_BUDGET");
    this.#callsLeft -= 1;
  }

  /** So many bytes are to be written. */
  countWrite(bytes: number): void {
    if (bytes > this.#bytesLeft) refuse("OVER_BUDGET");
    this.#bytesLeft -= bytes;
  }

  failed(failed: Failed): void {
    this.#options.onFailure?.(failed);
  }
}
