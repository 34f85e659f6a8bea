/** What a server with a cache answers, and what it tells of it. */

import type { HttpRequest, HttpResponse } from "@skerry/http";

/** What the cache had to do with an answer: for logs and counts. `Cache-Status` tells clients more. */
export type CacheResult =
  /** Kept, and fresh. */
  | "hit"
  /** Kept, and stale: while it is validated, or because the origin failed. */
  | "stale"
  /** Kept, and confirmed by the origin. */
  | "revalidated"
  /** Came by another's fetch. */
  | "collapsed"
  /** Came from the origin for want of anything that is kept. */
  | "miss"
  /** Came from the origin since nothing that is kept could answer it: its method, the settings, or what came before. */
  | "pass"
  /** The origin failed, and nothing that is kept may be served instead. */
  | "failed"
  /** Only what is kept was wanted, and there is nothing. */
  | "refused"
  /** Its client went before there was an answer. */
  | "gone";

/** An answer. */
export interface Answered {
  readonly response: HttpResponse;
  readonly result: CacheResult;
}

/** How a fetch went. */
export type Fetched =
  /** The origin answered: nothing in it is of the client's own request, such as its id. */
  | { readonly kind: "answered"; readonly response: HttpResponse }
  /** It did not; the response tells so, and is never kept. */
  | { readonly kind: "failed"; readonly response: HttpResponse };

/** For whom something is fetched: the client that asks, or nobody, so that what is kept is fresh for the next. */
export type FetchPurpose = "answer" | "refresh";

/**
 * Sends a request forward. Rejects by a mistake of ours alone.
 *
 * @param request as it goes; its `whenGone` gives the fetch up
 */
export type Fetch = (request: HttpRequest, purpose: FetchPurpose) => Promise<Fetched>;
