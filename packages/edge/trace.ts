/** A request's place in a trace, for whoever is asked on its behalf and for its event. */

import {
  derivedRequest,
  type Field,
  type HttpRequest,
  type TraceParent,
  traceParentField,
} from "@skerry/http";

/** A span for one request. */
export interface RequestTrace extends TraceParent {
  /** The caller's span; undefined where the trace begins here. */
  readonly parentSpanId: string | undefined;
}

/**
 * Decides for each request whether it is traced. Undefined: it is not, and what its client says of traces is passed on
 * as it is.
 *
 * @param id the request's, which is shaped as a trace's
 */
export type Tracer = (request: HttpRequest, id: string) => RequestTrace | undefined;

/** The request as its guest or backend sees it: called by our span. */
export function tracedRequest(request: HttpRequest, trace: RequestTrace): HttpRequest {
  const fields: Field[] = request.fields.filter(([name]) => !isReplaced(name, trace));
  fields.push(traceParentField(trace));
  return derivedRequest(request, { fields });
}

/** Trace Context §3.3: a state without a trace that it belongs to is dropped. */
function isReplaced(name: string, { parentSpanId }: RequestTrace): boolean {
  const lower = name.toLowerCase();
  return lower === "traceparent" || (lower === "tracestate" && parentSpanId === undefined);
}
