/** Finds the heads of requests in what has arrived, without reading anything twice. */

import type { InputBuffer } from "./input_buffer.ts";
import type { Refusal } from "./refusal.ts";

/** Cuts the next head off a buffer. */
export class HeadReader {
  readonly #bytesMax: number;
  /** How much of the buffer is known to hold no end of a head. */
  #searched = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether nothing of the next head was looked at. */
  get isAtBegin(): boolean {
    return this.#searched === 0;
  }

  /** The next head with its last CRLF but without the empty line; undefined where it is not all here yet. */
  next(buffer: InputBuffer): string | undefined | Refusal {
    if (buffer.length === 0) return undefined;
    // RFC 9112 §2.2: empty lines before a request are for older clients to send, and ours to ignore.
    while (buffer.at(0) === carriageReturn && buffer.at(1) === lineFeed) {
      buffer.skip(2);
      this.#searched = 0;
    }
    // The end may have begun among what was searched before.
    const from = Math.max(0, this.#searched - 3);
    const text = buffer.text(from, buffer.length);
    const found = text.indexOf("\r\n\r\n");
    if (found === -1) {
      this.#searched = buffer.length;
      if (buffer.length > this.#bytesMax) return tooLarge;
      return canBecomeHead(text, from === 0) ? undefined : malformed;
    }
    const length = from + found + 2;
    const head = from === 0 ? text.slice(0, length) : buffer.text(0, length);
    buffer.skip(length + 2);
    this.#searched = 0;
    return length > this.#bytesMax ? tooLarge : head;
  }
}

/** What can become no request is refused at once: a line feed alone, or a line that begins with no method. */
function canBecomeHead(text: string, isBegin: boolean): boolean {
  return isBegin
    ? /^(?:$|\r|[A-Z])/.test(text) && !bareLineFeed.test(text)
    : !bareLineFeed.test(text);
}

const bareLineFeed = /[^\r]\n/;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

const malformed: Refusal = { status: 400, why: "the request line is malformed" };
const tooLarge: Refusal = { status: 431, why: "the header is too large" };
