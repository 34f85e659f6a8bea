/** To be the one who computes a fragment, while others wait for it. */

import type { StoredResponse } from "../stored_response.ts";
import type { FillingFragment } from "./filling_fragment.ts";
import { type FragmentName, fragmentOf, type FragmentTerms } from "./fragment.ts";
import type { KeptVariant } from "../kept.ts";

/** Who hears of what becomes of an obligation. */
export interface ObligationHome {
  readonly nowMs: () => number;
  /** Begins to write; those who wait may read it from now on. */
  readonly fill: (stored: StoredResponse, announcedBytes: number | undefined) => FillingFragment;
  /** Puts another in the place of what is kept, with the same body. */
  readonly replace: (stored: StoredResponse, old: KeptVariant) => "kept" | "dropped";
  /** Nothing will come of it: somebody else is to do it. */
  readonly cancelled: () => void;
}

/** It is met by an insertion or an update, or given up: one of these, once. */
export class Obligation {
  readonly #name: FragmentName;
  readonly #epoch: number;
  readonly #old: KeptVariant | undefined;
  readonly #home: ObligationHome;
  #isOpen = true;

  /**
   * @param epoch the purge epoch when it was taken on: what is purged from then on takes what it brings
   * @param old what it may update
   */
  constructor(
    name: FragmentName,
    epoch: number,
    old: KeptVariant | undefined,
    home: ObligationHome,
  ) {
    this.#name = name;
    this.#epoch = epoch;
    this.#old = old;
    this.#home = home;
  }

  /** Whether it is still to be met. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Undefined where it is over. */
  insert(terms: FragmentTerms, announcedBytes?: number): FillingFragment | undefined {
    if (!this.#isOpen) return undefined;
    this.#isOpen = false;
    const { fields } = this.#name;
    const stored = fragmentOf(terms, fields, this.#epoch, this.#home.nowMs());
    return this.#home.fill(stored, announcedBytes);
  }

  /** Says anew what holds of what was found; its body and what it varies in stay. Undefined where nothing was found, or it is over. */
  update(terms: FragmentTerms): "kept" | "dropped" | undefined {
    const old = this.#old;
    if (!this.#isOpen || old === undefined) return undefined;
    this.#isOpen = false;
    const { vary, variant } = old.stored;
    const said = fragmentOf({ ...terms, vary }, [], this.#epoch, this.#home.nowMs());
    return this.#home.replace({ ...said, variant }, old);
  }

  /** Harmless once it is over. */
  cancel(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#home.cancelled();
  }
}
