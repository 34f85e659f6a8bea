/** Responses made of what is kept: the same for all who are given the same answer. */

import type { Field, HttpResponse } from "@skerry/http";
import type { KeptBody } from "../body.ts";
import type { StatusFacts } from "../exchange.ts";
import type { Reply } from "../reply.ts";
import { keptResponse } from "./kept_response.ts";

interface Made {
  readonly ttl: number | undefined;
  readonly body: KeptBody;
  readonly response: HttpResponse;
}

/** Makes responses, and remembers those of answers that are given again and again: they are frozen. */
export class KeptResponses {
  readonly #made = new WeakMap<Reply, Made>();

  /** As `keptResponse`. */
  of(reply: Reply, body: KeptBody, facts: StatusFacts): HttpResponse {
    if (!Object.isFrozen(reply) || !isTimeAlone(facts)) return keptResponse(reply, body, facts);
    const made = this.#made.get(reply);
    if (made !== undefined && made.ttl === facts.ttl && made.body === body) return made.response;
    const response = frozen(keptResponse(reply, body, facts));
    // What is read as it is sent can be read once.
    if (response.body instanceof Uint8Array) {
      this.#made.set(reply, { ttl: facts.ttl, body, response });
    }
    return response;
  }
}

function isTimeAlone(facts: StatusFacts): boolean {
  for (const fact in facts) if (fact !== "ttl") return false;
  return true;
}

function frozen(response: HttpResponse): HttpResponse {
  for (const field of response.fields) Object.freeze<Field>(field);
  Object.freeze(response.fields);
  return Object.freeze(response);
}
