/**
 * From a request to its response: accept → route → sandbox → reply → record.
 *
 * What always holds: every request gets exactly one answer and one event in the log; nothing that a guest
 * or a client does is thrown out of {@link Edge.handle}.
 */

import { type Clock, encodeUtf8, limits, newRequestId, type RandomSource } from "@skerry/base";
import {
  type Field,
  type HttpRequest,
  type HttpResponse,
  parseRequestTarget,
  type RequestTarget,
} from "@skerry/http";
import type { Outcome, Pool } from "@skerry/sandbox";
import { contentLengthOf, Exchange } from "./exchange.ts";
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
  readonly request: HttpRequest;
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
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const { clock, random, routes, pool } = this.#options;
    const id = newRequestId(random);
    const trace: Trace = { id, startNs: clock.monotonicNs(), request };

    const parsed = parseRequestTarget(request);
    if (!parsed.ok) return this.#refuse(trace, "rejected", parsed.error.status, parsed.error.why);
    trace.target = parsed.value;
    const tooLarge = checkSizes(request.fields);
    if (tooLarge !== undefined) return this.#refuse(trace, "rejected", ...tooLarge);

    const chosen = route(routes, parsed.value.path);
    if (chosen === undefined) return this.#unrouted(trace, parsed.value);
    trace.service = chosen.target;

    const exchange = new Exchange({
      ...this.#options,
      id,
      service: chosen.target,
      request,
      target: parsed.value,
      scriptName: chosen.prefix,
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
  async #answer(trace: Trace, exchange: Exchange): Promise<HttpResponse> {
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
  #whole(trace: Trace, exchange: Exchange, outcome: Outcome): HttpResponse {
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
    // HEAD is told the length that GET would have; without a body there is none to tell.
    const length = trace.request.method === "HEAD" || !head.mayHaveBody
      ? head.contentLength
      : body.length;
    return {
      status: head.status,
      fields: responseFields(trace.id, head.headers, length),
      body: head.mayHaveBody ? body : undefined,
    };
  }

  /** The guest waits with its head complete: what it writes from now on goes out as it comes. */
  #streamed(trace: Trace, exchange: Exchange): HttpResponse {
    const { response } = exchange;
    if (response.state.kind !== "valid") {
      throw new Error("a response is streamed once its head is valid");
    }
    const { head } = response.state;
    const wanted = head.mayHaveBody && trace.request.method !== "HEAD";
    return {
      status: head.status,
      fields: responseFields(trace.id, head.headers, head.contentLength),
      body: wanted ? response.stream() : undefined,
    };
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

  #unrouted(trace: Trace, { path }: RequestTarget): HttpResponse {
    const { index, log } = this.#options;
    const { method } = trace.request;
    if (index === undefined || path !== "/" || (method !== "GET" && method !== "HEAD")) {
      return this.#refuse(trace, "unrouted", 404, "no service has this path");
    }
    const page = encodeUtf8(index());
    log({
      ...this.#common(trace),
      status: 200,
      outcome: "index",
      requestBytes: 0,
      responseBytes: page.length,
    });
    const fields = responseFields(
      trace.id,
      [["content-type", "text/html; charset=utf-8"]],
      page.length,
    );
    return { status: 200, fields, body: method === "HEAD" ? undefined : page };
  }

  #refuse(
    trace: Trace,
    outcome: "rejected" | "unrouted" | "refused",
    status: number,
    why: string,
  ): HttpResponse {
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
    const { id, request, service, target } = trace;
    return {
      type: "request",
      time: this.#time(),
      id,
      ...(service !== undefined && { service: service.name }),
      method: request.method,
      host: target?.host ?? "",
      path: target?.path ?? "",
      remote: request.peer.address,
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
function checkSizes(fields: readonly Field[]): [status: number, why: string] | undefined {
  const bytes = fields.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (fields.length > limits.requestHeadersMax || bytes > limits.requestHeaderBytesMax) {
    return [431, "the request has too many header fields, or too large ones"];
  }
  if ((contentLengthOf(fields) ?? 0) > limits.requestBodyBytesMax) {
    return [413, `the request's body is larger than ${limits.requestBodyBytesMax} bytes`];
  }
  return undefined;
}

/** The guest's fields, and ours, which it cannot set. */
function responseFields(id: string, fields: readonly Field[], length: number | undefined): Field[] {
  const theirs = fields.filter(([name]) => name !== "x-request-id");
  const measured: Field[] = length === undefined ? [] : [["content-length", String(length)]];
  return [...theirs, ["x-request-id", id], ...measured];
}

/** What a client is told of a failure: the status, a sentence, and the id under which the log has the rest. */
function errorResponse(id: string, status: number, why: string): HttpResponse {
  const body = encodeUtf8(`${status}: ${why}\nrequest ${id}\n`);
  const fields: Field[] = [["content-type", "text/plain; charset=utf-8"]];
  if (status === 503) fields.push(["retry-after", "1"]);
  return { status, fields: responseFields(id, fields, body.length), body };
}
