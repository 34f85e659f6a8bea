/**
 * Answers by stored responses, of which those to plain requests are the same until the age that they tell is another: for a
 * second. Whoever asks for what many ask for gets the very same answer.
 */

import { ageSecondsOf } from "./freshness.ts";
import { isPlain } from "./plain_request.ts";
import { type Reply, replyOf } from "./reply.ts";
import type { CacheRequest } from "./request.ts";
import type { StoredResponse } from "./stored_response.ts";

/** How many are remembered; a power of two. Each has one place, which it shares with others. */
const placesMax = 256;

interface Recent {
  readonly stored: StoredResponse;
  readonly bodyBytes: number;
  readonly age: number;
  readonly reply: Reply;
}

/** See the head of this file. */
export class Replies {
  readonly #recent: (Recent | undefined)[] = new Array(placesMax).fill(undefined);

  /** As `replyOf`. An answer that was given before is frozen, with its fields. */
  of(
    request: CacheRequest,
    stored: StoredResponse,
    bodyBytes: number,
    nowMs: number,
    newBoundary: () => string,
  ): Reply {
    const make = () => replyOf(request, stored, bodyBytes, nowMs, newBoundary);
    if (request.method !== "GET" || !isPlain(request.fields)) return make();
    const place = (stored.responseMs + 31 * bodyBytes + 7 * stored.fields.length) & placesMax - 1;
    const recent = this.#recent[place];
    const age = ageSecondsOf(stored, nowMs);
    const isSame = recent !== undefined && recent.stored === stored && recent.age === age &&
      recent.bodyBytes === bodyBytes;
    if (isSame) return Object.isFrozen(recent.reply) ? recent.reply : frozen(recent.reply);
    const reply = make();
    this.#recent[place] = { stored, bodyBytes, age, reply };
    return reply;
  }
}

function frozen(reply: Reply): Reply {
  for (const field of reply.fields) Object.freeze(field);
  Object.freeze(reply.fields);
  return Object.freeze(reply);
}
