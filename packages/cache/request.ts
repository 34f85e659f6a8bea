/** A request as the cache sees it: validated, routed, and for one service. */

import type { Field } from "@skerry/http";

/** Whose cache it is: two services never share what is kept. */
export interface Owner {
  readonly tenant: string;
  readonly service: string;
}

/** What is asked for. */
export interface CacheRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** In canonical form, with the port where it is not the scheme's own. */
  readonly host: string;
  /** Raw, from its first slash to the query. */
  readonly path: string;
  /** Raw, without the question mark; undefined where there is none. */
  readonly query: string | undefined;
  readonly fields: readonly Field[];
}

/** The URI that is asked for (RFC 9110 §7.1). */
export function targetOf({ scheme, host, path, query }: CacheRequest): string {
  return `${scheme}://${host}${path}${query === undefined ? "" : `?${query}`}`;
}
