/** The streams of a connection (RFC 9113 §5.1): which are open, which were, and which are to come. */

import { connectionFault, errorCode, type Fault } from "./frames.ts";
import type { Stream } from "./stream.ts";

/** Streams that we have ended, of which something may still be on its way. Older ones are forgotten. */
const endedByUsMax = 1_000;

/** Streams by their numbers. */
export class Streams {
  readonly #open = new Map<number, Stream>();
  readonly #endedByUs = new Set<number>();
  #latestId = 0;
  #handled = 0;

  /** The greatest number that a client has used. */
  get latestId(): number {
    return this.#latestId;
  }

  /** How many have not ended. */
  get size(): number {
    return this.#open.size;
  }

  /** How many are being handled, also of those that have ended. */
  get handled(): number {
    return this.#handled;
  }

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  all(): Iterable<Stream> {
    return this.#open.values();
  }

  /** A client uses a number for the first time; false where it has used it, or passed it over (§5.1.1). */
  isNew(id: number): boolean {
    if (id <= this.#latestId) return false;
    this.#latestId = id;
    return true;
  }

  /** A stream begins; it is handled for as long as it takes. */
  begin(stream: Stream, handled: () => void): void {
    this.#open.set(stream.id, stream);
    this.#handled += 1;
    void stream.run().then(() => {
      this.#handled -= 1;
      handled();
    });
  }

  /** Nothing more of this stream is to be heard. */
  end(id: number): void {
    this.#open.delete(id);
  }

  /** As {@link end}, but what the client has sent before it heard of that is not its fault. */
  ignore(id: number): void {
    this.#open.delete(id);
    this.#endedByUs.add(id);
    if (this.#endedByUs.size <= endedByUsMax) return;
    for (const oldest of this.#endedByUs) {
      this.#endedByUs.delete(oldest);
      return;
    }
  }

  /** What it means that a frame names a stream which is not open: nothing, or a fault (§5.1). */
  faultOf(id: number): Fault | undefined {
    if (id === 0 || id > this.#latestId) return idle;
    return this.#endedByUs.has(id) ? undefined : closed;
  }
}

const idle = connectionFault(errorCode.protocolError, "a frame names no stream that there is");
const closed = connectionFault(errorCode.streamClosed, "a frame names a stream that has ended");
