/** The key that secrets are sealed with, and another one instead. */

import { isSkerryError } from "@skerry/base";
import { secretOwner } from "./announcer.ts";
import type { SealedRecord } from "./entry_tables.ts";
import type { Sealer } from "./ports.ts";
import type { Actor } from "./records.ts";
import type { Store } from "./store.ts";

/** How many secrets have a new seal, and how many could not be opened. */
export interface Rotated {
  readonly count: number;
  readonly unreadable: number;
}

/** Changes the key. */
export class Rotation {
  readonly #store: Store;
  readonly #sealer: Sealer;

  constructor(store: Store, sealer: Sealer) {
    this.#store = store;
    this.#sealer = sealer;
  }

  /** Seals all secrets anew, with a key that is made for it; the old one is forgotten when it seals nothing more. */
  async rotate(actor: Actor): Promise<Rotated> {
    const { secrets, services } = this.#store;
    await this.#sealer.rotate();
    const { key } = this.#sealer;
    let [count, unreadable] = [0, 0];
    for (const service of services.all()) {
      for (const old of secrets.sealedOf(service)) {
        if (old.sealingKey === key) continue;
        const owner = secretOwner(service, old.name);
        const plain = await this.#open(old, owner);
        if (plain === undefined) {
          unreadable += 1;
          continue;
        }
        const sealed = await this.#sealer.seal(plain, owner);
        count += this.#store.maintain(() => secrets.reseal(old, sealed.key, sealed.bytes)) ? 1 : 0;
      }
    }
    const event = { action: "rotate secrets", details: { count, unreadable } };
    this.#store.change(actor, event, () => {});
    await this.#sealer.forget((old) => !secrets.usesKey(old));
    return { count, unreadable };
  }

  /** Undefined where it cannot be opened any more; its key is kept as long as it is. */
  async #open(
    { sealingKey, sealed }: SealedRecord,
    owner: string,
  ): Promise<Uint8Array | undefined> {
    try {
      return await this.#sealer.open({ key: sealingKey, bytes: sealed }, owner);
    } catch (error) {
      if (isSkerryError(error)) return undefined;
      throw error;
    }
  }
}
