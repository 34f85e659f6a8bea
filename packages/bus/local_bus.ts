/** The bus of a node that is alone: its subscribers are in this process. */

import type { Clock } from "@skerry/base";
import type { PurgeBus, PurgeNotice, PurgeReceipt, PurgeSubscriber } from "./purge_bus.ts";

/** What it is made of. */
export interface LocalBusParts {
  readonly clock: Clock;
  /** A text that none of its others is, for a purge's id. */
  readonly newId: () => string;
}

/** See the head of this file. */
export class LocalBus implements PurgeBus {
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #subscribers = new Map<string, PurgeSubscriber>();

  constructor({ clock, newId }: LocalBusParts) {
    this.#clock = clock;
    this.#newId = newId;
  }

  async publish({ scopes, mode }: Omit<PurgeNotice, "id" | "askedMs">): Promise<PurgeReceipt> {
    const notice: PurgeNotice = { id: this.#newId(), scopes, mode, askedMs: this.#nowMs };
    const applied = await Promise.all(
      [...this.#subscribers].map(async ([node, apply]) => {
        await apply(notice);
        return [node, this.#nowMs] as const;
      }),
    );
    return { id: notice.id, nodes: Object.fromEntries(applied), pending: [] };
  }

  subscribe(node: string, apply: PurgeSubscriber): () => void {
    this.#subscribers.set(node, apply);
    return () => {
      if (this.#subscribers.get(node) === apply) this.#subscribers.delete(node);
    };
  }

  get #nowMs(): number {
    return this.#clock.wallMs?.() ?? Number(this.#clock.wallNs() / 1_000_000n);
  }
}
