/**
 * From a request to its response: accept → route → sandbox → reply → record.
 *
 * What always holds: every request gets exactly one answer and one event in the log; nothing that a guest
 * or a client does is thrown out of {@link Edge.handle}.
 */

import { type Clock, limits, newRequestId, type RandomSource } from "@skerry/base";
import { parseRequestTarget, type RequestTarget } from "@skerry/http";
import type { Outcome, Pool } from "@skerry/sandbox";
import { contentLengthOf, Exchange, type Peer } from "./exchange.ts";
import { formatFrame, type LogEvent, type RequestEvent } from "./log.ts";
import { judge, type Verdict } from "./outcome_status.ts";
import { type Route, route } from "./route.ts";
import type { Service } from "./service.ts";

/** What an edge is made of. */
export interface EdgeOptions {
  readonly routes: readonly Route<Service>[];
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Takes each event; must not throw. */
  readonly log: (event: LogEvent) => void;
  /** `SERVER_SOFTWARE` for guests, such as `Skerry/0.1.0`. */
  readonly software: string;
  /** An HTML page for `/` where no service answers it. */
  readonly index?: (() => string) | undefined;
}

/** What is known of a request from its start to its event. */
interface Trace {
  readonly id: string;
  readonly startNs: bigint;
  readonly request: Request;
  readonly peer: Peer;
  target?: RequestTarget;
  service?: Service;
  leaseMs?: number;
  runMs?: number;
}

/** Answers requests with services. */
export class Edge {
  readonly #options: EdgeOptions;

  constructor(options: EdgeOptions) {
    this.#options = options;
  }

  /** Answers one request. */
  async handle(request: Request, peer: Peer): Promise<Response> {
    const { clock, random, routes, pool } = this.#options;
    const id = newRequestId(random);
    const trace: Trace = { id, startNs: clock.monotonicNs(), request, peer };

    const parsed = parseRequestTarget(request.method, request.url, request.headers.get("host"));
    if (!parsed.ok) return this.#refuse(trace, "rejected", parsed.error.status, parsed.error.why);
    trace.target = parsed.value;
    const tooLarge = checkSizes(request.headers);
    if (tooLarge !== undefined) return this.#refuse(trace, "rejected", ...tooLarge);

    const chosen = route(routes, parsed.value.path);
    if (chosen === undefined) {
      return this.#refuse(trace, "unrouted", 404, "no service has this path");
    }
    trace.service = chosen.target;

    const exchange = new Exchange({
      ...this.#options,
      id,
      service: chosen.target,
      request,
      target: parsed.value,
      scriptName: chosen.prefix,
      peer,
      onGuestLine: (line) => this.#logGuestLine(trace, line),
    });
    const refusal = await exchange.lease(pool);
    trace.leaseMs = this.#msSince(trace);
    if (refusal !== undefined) {
      return this.#refuse(trace, "refused", 503, `no sandbox is free (${refusal})`);
    }
    return this.#answer(trace, exchange);
  }

  /** Runs the guest and answers as soon as its answer is certain. */
  async #answer(trace: Trace, exchange: Exchange): Promise<Response> {
    const running = exchange.run();
    const first = await Promise.race([running, exchange.suspended]);
    if (first !== "suspended") {
      trace.runMs = this.#msSince(trace);
      return this.#whole(trace, exchange, first);
    }
    void running.then((outcome) => {
      trace.runMs = this.#msSince(trace);
      this.#recordStreamed(trace, exchange, outcome);
    });
    return this.#streamed(trace, exchange);
  }

  /** The guest has ended, and nothing has been sent. */
  #whole(trace: Trace, exchange: Exchange, outcome: Outcome): Response {
    const { response } = exchange;
    const verdict = exchange.bodyTooLarge
      ? { kind: "fail", status: 413, why: "the request's body is too large" } as const
      : judge(outcome, response.state);
    if (verdict.kind === "fail" || response.state.kind !== "valid") {
      const { status, why } = verdict.kind === "fail" ? verdict : { status: 500, why: "" };
      this.#record(trace, exchange, outcome, status, why);
      return errorResponse(trace.id, status, why);
    }
    const { head } = response.state;
    const body = response.wholeBody();
    this.#record(trace, exchange, outcome, head.status);
    const headers = responseHeaders(trace.id, head.headers);
    if (trace.request.method === "HEAD" && head.contentLength !== undefined) {
      headers.set("content-length", String(head.contentLength));
    }
    return new Response(head.mayHaveBody ? body : null, { status: head.status, headers });
  }

  /** The guest waits with its head complete: what it writes from now on goes out as it comes. */
  #streamed(trace: Trace, exchange: Exchange): Response {
    const { response } = exchange;
    if (response.state.kind !== "valid") {
      throw new Error("a response is streamed once its head is valid");
    }
    const { head } = response.state;
    const headers = responseHeaders(trace.id, head.headers);
    if (head.contentLength !== undefined) headers.set("content-length", String(head.contentLength));
    const wanted = head.mayHaveBody && trace.request.method !== "HEAD";
    return new Response(wanted ? response.stream(() => exchange.hangUp()) : null, {
      status: head.status,
      headers,
    });
  }

  #recordStreamed(trace: Trace, exchange: Exchange, outcome: Outcome): void {
    const { state } = exchange.response;
    const verdict: Verdict = judge(outcome, state);
    // The status is out already, so the event keeps it and tells the failure beside it.
    const sent = state.kind === "valid" ? state.head.status : 200;
    const why = verdict.kind === "fail"
      ? `${verdict.why} (after its response had begun)`
      : undefined;
    this.#record(trace, exchange, outcome, sent, why);
  }

  #unrouted(trace: Trace, { path }: RequestTarget): Response {
    const { index, log } = this.#options;
    const { method } = trace.request;
    if (index === undefined || path !== "/" || (method !== "GET" && method !== "HEAD")) {
      return this.#refuse(trace, "unrouted", 404, "no service has this path");
    }
    const page = index();
    log({
      ...this.#common(trace),
      status: 200,
      outcome: "index",
      requestBytes: 0,
      responseBytes: page.length,
    });
    const headers = responseHeaders(trace.id, [["content-type", "text/html; charset=utf-8"]]);
    return new Response(method === "HEAD" ? null : page, { headers });
  }

  #refuse(
    trace: Trace,
    outcome: "rejected" | "unrouted" | "refused",
    status: number,
    why: string,
  ): Response {
    this.#options.log({
      ...this.#common(trace),
      status,
      outcome,
      error: why,
      requestBytes: 0,
      responseBytes: 0,
    });
    return errorResponse(trace.id, status, why);
  }

  #record(trace: Trace, exchange: Exchange, outcome: Outcome, status: number, why?: string): void {
    const backtrace = "backtrace" in outcome ? outcome.backtrace.map(formatFrame) : [];
    const error = outcome.kind === "hostFault" ? `${why}: ${String(outcome.error)}` : why;
    this.#options.log({
      ...this.#common(trace),
      status,
      outcome: exchange.hungUp && outcome.kind === "killed" ? "hung up" : outcome.kind,
      ...(error !== undefined && { error }),
      ...(backtrace.length > 0 && { backtrace }),
      requestBytes: exchange.body.bytesRead,
      responseBytes: exchange.response.bodyBytes,
      ...(trace.leaseMs !== undefined && { leaseMs: trace.leaseMs }),
      ...(trace.runMs !== undefined && { runMs: trace.runMs }),
    });
  }

  #common(
    trace: Trace,
  ): Omit<RequestEvent, "status" | "outcome" | "requestBytes" | "responseBytes"> {
    const { id, request, peer, service, target } = trace;
    return {
      type: "request",
      time: this.#time(),
      id,
      ...(service !== undefined && { service: service.name }),
      method: request.method,
      host: target?.host ?? "",
      path: target?.path ?? "",
      remote: peer.address,
      totalMs: this.#msSince(trace),
    };
  }

  #logGuestLine(trace: Trace, line: string): void {
    const service = trace.service?.name ?? "";
    this.#options.log({ type: "guest", time: this.#time(), id: trace.id, service, line });
  }

  #time(): string {
    return new Date(Number(this.#options.clock.wallNs() / 1_000_000n)).toISOString();
  }

  #msSince(trace: Trace): number {
    return Math.round(Number(this.#options.clock.monotonicNs() - trace.startNs) / 1e3) / 1e3;
  }
}

/** Bounds that can be checked before anything is read. */
function checkSizes(headers: Headers): [status: number, why: string] | undefined {
  let fields = 0;
  let bytes = 0;
  for (const [name, value] of headers) {
    fields += 1;
    bytes += name.length + value.length;
  }
  if (fields > limits.requestHeadersMax || bytes > limits.requestHeaderBytesMax) {
    return [431, "the request has too many header fields, or too large ones"];
  }
  if ((contentLengthOf(headers) ?? 0) > limits.requestBodyBytesMax) {
    return [413, `the request's body is larger than ${limits.requestBodyBytesMax} bytes`];
  }
  return undefined;
}

function responseHeaders(id: string, fields: readonly (readonly [string, string])[]): Headers {
  const headers = new Headers();
  for (const [name, value] of fields) headers.append(name, value);
  headers.set("x-request-id", id);
  return headers;
}

/** What a client is told of a failure: the status, a sentence, and the id under which the log has the rest. */
function errorResponse(id: string, status: number, why: string): Response {
  const headers = responseHeaders(id, [["content-type", "text/plain; charset=utf-8"]]);
  if (status === 503) headers.set("retry-after", "1");
  return new Response(`${status}: ${why}\nrequest ${id}\n`, { status, headers });
}
