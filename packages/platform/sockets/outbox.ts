/**
 * Small writes of one thread that go out together, when all who were told of something in the same turn have had theirs.
 *
 * To send is most of what a small response costs, and a client that sleeps is woken by each: one after another they wake it
 * less often, and what the kernel does for the one is still at hand for the next.
 */

/** Who writes. */
export interface Sender {
  /** Sends so many of these bytes, which are another's afterwards. Must not throw. */
  post(bytes: Uint8Array, length: number): void;
}

/** The most bytes of one write: as many as a small response has. */
export const postedBytesMax = 4 * 1024;

/** So many wait for each other at most. */
const waitingMax = 32;

/** See the head of this file. */
export class Outbox {
  /** Memory that is used again. */
  readonly #slots: Uint8Array[] = [];
  readonly #lengths: number[] = [];
  readonly #senders: Sender[] = [];

  /** Takes a copy, to be sent before the event loop turns; in the order in which they come. */
  add(sender: Sender, bytes: Uint8Array): void {
    const count = this.#senders.length;
    const slot = this.#slots[count] ??= new Uint8Array(postedBytesMax);
    slot.set(bytes);
    this.#lengths[count] = bytes.length;
    this.#senders.push(sender);
    // Whoever was told of something in this turn comes before this.
    if (count === 0) queueMicrotask(() => this.flush());
    if (count + 1 === waitingMax) this.flush();
  }

  /** Sends what waits. */
  flush(): void {
    this.#senders.forEach((sender, at) => {
      sender.post(this.#slots[at] ?? nothing, this.#lengths[at] ?? 0);
    });
    this.#senders.length = 0;
  }
}

const nothing = new Uint8Array(0);
