/**
 * Heads of requests that were read before: who asks for the same again is seldom read twice.
 *
 * What always holds: a head is known by its whole text, byte for byte, and never changes. What comes once is not kept.
 */

import { isRefusal, type Refusal } from "./refusal.ts";
import { parseRequestHead, type RequestHead } from "./request_head.ts";

/** How many are kept; a power of two. Each has one place, which it shares with others. */
const placesMax = 256;

/** Longer ones are read each time. */
const lengthMax = 2048;

/** How much of a head decides its place: what is asked for stands in front. */
const placedBy = 48;

/** Reads heads by what is left of it for the listener's own bound. */
export class SeenHeads {
  readonly #fieldsMax: number;
  /** What came to a place last. */
  readonly #texts: string[] = new Array(placesMax).fill("");
  /** The head of that text, once it came twice. */
  readonly #heads: (RequestHead | undefined)[] = new Array(placesMax).fill(undefined);

  constructor(fieldsMax: number) {
    this.#fieldsMax = fieldsMax;
  }

  /** As `parseRequestHead`. */
  read(text: string): RequestHead | Refusal {
    const place = placeOf(text);
    const isKnown = this.#texts[place] === text;
    const known = isKnown ? this.#heads[place] : undefined;
    if (known !== undefined) return known;
    const head = parseRequestHead(text, this.#fieldsMax);
    if (isRefusal(head) || text.length > lengthMax) return head;
    if (isKnown) this.#heads[place] = frozen(head);
    else {
      this.#texts[place] = text;
      this.#heads[place] = undefined;
    }
    return head;
  }
}

function placeOf(text: string): number {
  const end = Math.min(text.length, placedBy);
  let mixed = text.length;
  for (let at = 4; at < end; at += 1) mixed = Math.imul(mixed, 31) + text.charCodeAt(at);
  return (mixed ^ mixed >>> 16) & (placesMax - 1);
}

/** Requests of several clients share it. */
function frozen(head: RequestHead): RequestHead {
  for (const field of head.fields) Object.freeze(field);
  Object.freeze(head.fields);
  return Object.freeze(head);
}
