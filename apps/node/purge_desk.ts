/** Where a thread's requests for purges wait for what the supervisor says, who alone knows tokens. */

import { isTokenText } from "@skerry/control";
import type { PurgeByRequest, PurgeOutcome, PurgeRequest } from "@skerry/edge";

/** A request on its way to the supervisor. */
export interface PurgeAsked {
  readonly number: number;
  readonly request: PurgeRequest;
}

/** So many may wait at once, for so long. */
const waitingMax = 64;
const waitMsMax = 5_000;

/** See the head of this file. */
export class PurgeDesk {
  readonly #ask: (asked: PurgeAsked) => void;
  readonly #waiting = new Map<number, (outcome: PurgeOutcome) => void>();
  #number = 0;

  /** @param ask has it asked */
  constructor(ask: (asked: PurgeAsked) => void) {
    this.#ask = ask;
  }

  readonly purge: PurgeByRequest = async (request) => {
    // What is no token at all is nobody's to look up.
    if (!isTokenText(request.token)) return unknownToken;
    if (this.#waiting.size >= waitingMax) return tooMany;
    const number = this.#number += 1;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<PurgeOutcome>((resolve) => {
        this.#waiting.set(number, resolve);
        timer = setTimeout(() => resolve(silent), waitMsMax);
        this.#ask({ number, request });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(number);
    }
  };

  /** It was answered. */
  answered(number: number, outcome: PurgeOutcome): void {
    this.#waiting.get(number)?.(outcome);
  }
}

const unknownToken: PurgeOutcome = {
  kind: "refused",
  status: 401,
  why: "the token is unknown, revoked or has expired",
};

const tooMany: PurgeOutcome = {
  kind: "refused",
  status: 429,
  why: "too many purges wait already",
  retryAfterMs: 1_000,
};

const silent: PurgeOutcome = { kind: "refused", status: 503, why: "the node does not answer" };
