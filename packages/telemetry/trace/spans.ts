/** From a request's event to its spans: the request's own, and one for each stage of it. */

import type { RequestEvent } from "@skerry/edge";

/** A part of a trace. Times are nanoseconds since 1970. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: "server" | "internal";
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  /** What went wrong. */
  readonly error?: string | undefined;
}

/** Methods that are told by their names; the others are anybody's, and would make as many names of spans. */
const knownMethods: ReadonlySet<string> = new Set(
  ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"],
);

/** The longest text that is sent of what went wrong. */
const errorLengthMax = 300;

/**
 * The spans of a request that is traced; none of others.
 *
 * @param newSpanId makes ids for the stages
 */
export function spansOf(event: RequestEvent, newSpanId: () => string): Span[] {
  const { trace: traceId, span: spanId, parentSpan: parentSpanId, totalMs } = event;
  if (traceId === undefined || spanId === undefined) return [];
  const startNs = nsOf(Date.parse(event.time)) - nsOf(totalMs);
  const method = knownMethods.has(event.method) ? event.method : "_OTHER";
  const request: Span = {
    ...{ traceId, spanId, parentSpanId, kind: "server" },
    name: event.service === undefined ? method : `${method} ${event.service}`,
    startNs,
    endNs: startNs + nsOf(totalMs),
    attributes: attributesOf(event, method),
    error: errorOf(event),
  };
  const stages = stagesOf(event).map(([name, fromMs, toMs]): Span => ({
    ...{ traceId, spanId: newSpanId(), parentSpanId: spanId, name, kind: "internal" },
    startNs: startNs + nsOf(fromMs),
    endNs: startNs + nsOf(Math.max(fromMs, toMs)),
    attributes: {},
  }));
  return [request, ...stages];
}

function stagesOf(
  { loadMs, leaseMs, headMs, runMs, outcome, totalMs }: RequestEvent,
): [name: string, fromMs: number, toMs: number][] {
  const stages: [string, number, number][] = [];
  if (loadMs !== undefined) stages.push(["load", 0, loadMs]);
  if (leaseMs !== undefined) stages.push(["lease", loadMs ?? 0, leaseMs]);
  if (runMs !== undefined) stages.push(["run", leaseMs ?? 0, runMs]);
  if (outcome === "forwarded") stages.push(["forward", loadMs ?? 0, headMs ?? totalMs]);
  return stages;
}

/** By OpenTelemetry's semantic conventions where they have a name. No query and no field: secrets travel in those. */
function attributesOf(event: RequestEvent, method: string): Span["attributes"] {
  return {
    "http.request.method": method,
    "http.response.status_code": event.status,
    "url.path": event.path,
    "server.address": event.host,
    "client.address": event.remote,
    "http.request.body.size": event.requestBytes,
    "http.response.body.size": event.responseBytes,
    "skerry.request.id": event.id,
    "skerry.service": event.service,
    "skerry.version": event.version,
    "skerry.outcome": event.outcome,
    "skerry.cpu_ms": event.cpuMs,
    "skerry.memory_bytes": event.memoryBytes,
    "skerry.host_calls": event.hostCalls,
  };
}

/** A server's span is in error where the server failed; a client's mistake is none. */
function errorOf({ status, outcome, error }: RequestEvent): string | undefined {
  if (outcome === "hung up" || (status >= 400 && status < 500)) return undefined;
  if (error === undefined && status < 500) return undefined;
  return (error ?? outcome).slice(0, errorLengthMax);
}

/** To the microsecond. Events come from processes that run guests: what is no number has no time. */
function nsOf(ms: number): bigint {
  return Number.isFinite(ms) ? BigInt(Math.round(ms * 1e3)) * 1_000n : 0n;
}
