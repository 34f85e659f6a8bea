/** One request on its way to an origin: it can be given up, whoever asked for it. */

import { BugError } from "@skerry/base";
import type { Field, HttpRequest, HttpResponse } from "@skerry/http";
import type { Fetch, Fetched, FetchPurpose } from "./answered.ts";

/** What of a fetch differs from the request that it is for. */
export interface Outgoing {
  readonly method: string;
  readonly fields: readonly Field[];
}

/** A fetch. */
export class Fetching {
  readonly fetched: Promise<Fetched>;
  #giveUp: (() => void) | undefined;
  #isGivenUp = false;

  constructor(request: HttpRequest, outgoing: Outgoing, send: Fetch, purpose: FetchPurpose) {
    this.fetched = send(this.#derived(request, outgoing, purpose), purpose);
  }

  /** Nobody wants what comes, or what is still to come. Harmless when done twice, or afterwards. */
  giveUp(): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#giveUp?.();
  }

  #derived(
    request: HttpRequest,
    { method, fields }: Outgoing,
    purpose: FetchPurpose,
  ): HttpRequest {
    const { target, scheme, version, peer } = request;
    return {
      ...{ method, target, scheme, fields, peer },
      ...(version !== undefined && { version }),
      body: purpose === "answer" ? request.body : undefined,
      ...(purpose === "answer" && request.inform !== undefined && {
        inform: (status, interim) => request.inform?.(status, interim),
      }),
      trailers: () => request.trailers?.() ?? [],
      whenGone: (act) => {
        if (this.#isGivenUp) act();
        else this.#giveUp = act;
      },
    };
  }
}

/** What is read of a body that nobody wants, so that its connection can be used again. */
const droppedBytesMax = 64 * 1024;

/** Reads what is left of an unwanted body, or gives it up where that is much. Rejects by a mistake of ours alone. */
export async function drop({ body }: HttpResponse, fetching: Fetching): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) return;
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > droppedBytesMax) break;
    }
  } catch (error) {
    // What breaks off is nobody's.
    if (error instanceof BugError) throw error;
  } finally {
    fetching.giveUp();
  }
}
