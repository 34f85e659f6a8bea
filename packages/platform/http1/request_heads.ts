/**
 * The heads of one connection's requests. Most clients send the same again and again: what has come twice in a row is
 * known by its bytes, and not even made a text.
 *
 * What always holds: a head is read as it would be by whoever knows nothing of those before it.
 */

import { Buffer } from "node:buffer";
import { HeadReader } from "./head_reader.ts";
import type { InputBuffer } from "./input_buffer.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { RequestHead } from "./request_head.ts";
import type { SeenHeads } from "./seen_heads.ts";

/** Longer ones are found by their text. */
const knownBytesMax = 1024;

/** A head, and all that it is in what has arrived: its end, too. So whatever begins with it begins with that head. */
interface KnownHead {
  readonly head: RequestHead;
  readonly bytes: Uint8Array;
}

/** Cuts heads off what has arrived, and reads them. */
export class RequestHeads {
  readonly #reader: HeadReader;
  readonly #seen: SeenHeads;
  #last: RequestHead | undefined;
  #known: KnownHead | undefined;

  /** @param seen heads of all connections, which are frozen where they came more than once */
  constructor(bytesMax: number, seen: SeenHeads) {
    this.#reader = new HeadReader(bytesMax);
    this.#seen = seen;
  }

  /** The next head; undefined where it is not all here yet. */
  next(buffer: InputBuffer): RequestHead | undefined | Refusal {
    const known = this.#known;
    if (known !== undefined && this.#reader.isAtBegin && buffer.beginsWith(known.bytes)) {
      buffer.skip(known.bytes.length);
      return known.head;
    }
    const text = this.#reader.next(buffer);
    if (typeof text !== "string") return text;
    const head = this.#seen.read(text);
    if (!isRefusal(head)) this.#learn(head, text);
    return head;
  }

  /** One that is the same object twice is known to all, and never changes. */
  #learn(head: RequestHead, text: string): void {
    const isKnown = head === this.#last && text.length + 2 <= knownBytesMax;
    if (isKnown) this.#known = { head, bytes: Buffer.from(`${text}\r\n`, "latin1") };
    this.#last = head;
  }
}
