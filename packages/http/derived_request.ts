/** A request that differs from another in what is told, and is the other in all else. */

import type { HttpRequest } from "./message.ts";

/** What may differ. */
export type RequestChanges = Partial<
  Pick<HttpRequest, "method" | "scheme" | "fields" | "body" | "peer" | "inform" | "whenGone">
>;

/** What is done to it is done to the other: whose methods may know more of it than they show. */
export function derivedRequest(request: HttpRequest, changes: RequestChanges): HttpRequest {
  const { method, target, scheme, version, fields, body, trailers, inform, peer } = request;
  return {
    ...{ method, target, scheme, fields, body, peer },
    ...(version !== undefined && { version }),
    ...(trailers !== undefined && { trailers: () => trailers.call(request) }),
    ...(inform !== undefined && {
      inform: (status, fields) => inform.call(request, status, fields),
    }),
    whenGone: (act) => request.whenGone(act),
    ...changes,
  };
}
