/** One request's record: what is known of it from its start, until it becomes its one event in the log. */

import type { Clock } from "@skerry/base";
import type { Answered, CacheResult } from "@skerry/cache";
import {
  derivedRequest,
  type Field,
  type HttpRequest,
  type HttpResponse,
  type RequestTarget,
} from "@skerry/http";
import type { Outcome } from "@skerry/sandbox";
import { CountedBody } from "./counted_body.ts";
import { CountedSource } from "./counted_source.ts";
import type { Exchange } from "./exchange.ts";
import { formatFrame, type LogEvent, type RequestEvent } from "./log.ts";
import type { RequestTrace } from "./trace.ts";
import type { WallTime } from "./wall_time.ts";

/** Where events go, and by which clocks. */
export interface RecorderOptions {
  readonly clock: Clock;
  readonly wallTime: WallTime;
  /** Takes each event; must not throw. */
  readonly log: (event: LogEvent) => void;
}

/** Who answers a request, as its event tells it. */
export interface Answerer {
  readonly name: string;
  readonly key?: number;
  readonly version?: number;
}

/** Records one request. */
export class Recorder {
  readonly id: string;
  readonly request: HttpRequest;
  target: RequestTarget | undefined;
  /** Why a backend has not answered, or not to the end of its answer. */
  problem: string | undefined;
  /** Fields that the response gets beside the guest's. */
  addedFields: readonly Field[] = [];
  /** Whether the answer tells of a failure here, and is none of a program's. */
  hasFailed = false;
  /** What the cache had to do with it. */
  cacheResult: RequestEvent["cache"];
  /** The event of the guest that ran for it behind the cache: held until it is known what the client gets. */
  #guest: "none" | "runs" | RequestEvent = "none";
  /** Who answers, where somebody does. */
  #answerer: Answerer | undefined;
  readonly #options: RecorderOptions;
  #startMs: number;
  readonly #trace: RequestTrace | undefined;
  #streamed: CountedBody | undefined;
  /** Set once the client of a request that is passed on has gone. */
  #isGone = false;
  /** The body of a request that is passed on. */
  #passedOn: CountedSource | undefined;
  #loadMs: number | undefined;
  #leaseMs: number | undefined;
  #headMs: number | undefined;
  #runMs: number | undefined;

  constructor(
    id: string,
    request: HttpRequest,
    options: RecorderOptions,
    trace: RequestTrace | undefined,
  ) {
    this.id = id;
    this.request = request;
    this.#trace = trace?.isSampled ? trace : undefined;
    this.#options = options;
    this.#startMs = this.#nowMs();
  }

  /** It is known who answers. */
  serves(answerer: Answerer): void {
    this.#answerer = answerer;
  }

  /** What answers was fetched. */
  loaded(): void {
    this.#loadMs = this.#msSinceStart();
  }

  /** A sandbox was leased. */
  leased(): void {
    this.#leaseMs = this.#msSinceStart();
  }

  /** The response's head is there, and its body is to come. */
  begun(): void {
    this.#headMs = this.#msSinceStart();
  }

  /** The guest has ended. */
  ran(): void {
    this.#runMs = this.#msSinceStart();
  }

  /** A line that the guest wrote to stderr. */
  guestLine(line: string): void {
    const { wallTime, log } = this.#options;
    const { name: service = "", key: serviceKey } = this.#answerer ?? {};
    log({ type: "guest", time: wallTime.text(), id: this.id, service, serviceKey, line });
  }

  /** The request was answered without a guest. */
  withoutGuest(
    outcome:
      | "rejected"
      | "unrouted"
      | "refused"
      | "hung up"
      | "index"
      | "hostFault"
      | "forwarded"
      | "cached"
      | "purged",
    status: number,
    responseBytes: number,
    error?: string,
  ): void {
    this.#log({ outcome, status, responseBytes, error }, undefined);
  }

  /** The host itself failed on the request. */
  failed(error: unknown): void {
    this.withoutGuest("hostFault", 500, 0, `the host failed: ${String(error)}`);
  }

  /** The request as whoever passes it on sees it: where its client goes before a body was begun, that is its event. */
  forForwarding(): HttpRequest {
    const { request } = this;
    const whenGone = (act: () => void) =>
      request.whenGone(() => {
        this.#isGone = true;
        this.#streamed?.end("hung up");
        act();
      });
    const body = this.#passedOn = request.body && new CountedSource(request.body);
    return derivedRequest(request, { whenGone, body });
  }

  /** Records the guest that the cache asks for this request: its event is the request's own. */
  forGuest(request: HttpRequest): Recorder {
    const { log } = this.#options;
    const held = (event: LogEvent) =>
      event.type === "request" ? this.#guestEnded(event) : log(event);
    const own = new Recorder(this.id, request, { ...this.#options, log: held }, this.#trace);
    own.#startMs = this.#startMs;
    own.#loadMs = this.#loadMs;
    own.target = this.target;
    this.#guest = "runs";
    return own;
  }

  #guestEnded(event: RequestEvent): void {
    if (this.cacheResult === undefined) this.#guest = event;
    else this.#options.log({ ...event, cache: this.cacheResult });
  }

  /** The answer is certain, with the cache's part in it. */
  cached({ response, result }: Answered): HttpResponse {
    this.cacheResult = result;
    if (this.#guest === "none") return this.forwarded(response, outcomeOf(result));
    if (this.#guest !== "runs") {
      this.#options.log({ ...this.#guest, cache: result, status: response.status });
    }
    return { ...response, fields: this.#fieldsOf(response) };
  }

  /** A backend answered, or none did: the event tells how much of its body was passed on, once that has ended. */
  forwarded(
    response: HttpResponse,
    outcome: "forwarded" | "cached" | "hung up" = "forwarded",
  ): HttpResponse {
    const { status, body } = response;
    const fields = this.#fieldsOf(response);
    if (body === undefined || body instanceof Uint8Array) {
      this.withoutGuest(outcome, status, body?.length ?? 0, this.problem);
      return { ...response, fields };
    }
    this.begun();
    const counted = new CountedBody(body, (end, bytes) => {
      if (end === "hung up") this.withoutGuest(end, status, bytes, "the client hung up");
      else {this.withoutGuest(
          outcome,
          status,
          bytes,
          end === "whole" ? undefined : this.problem ?? end,
        );}
    });
    this.#streamed = counted;
    // It may have gone between the backend's answer and this.
    if (this.#isGone) counted.end("hung up");
    return { ...response, fields, body: counted };
  }

  /** The response's own, without an id that another may have given it. */
  #fieldsOf({ fields }: HttpResponse): readonly Field[] {
    const all: Field[] = [];
    for (const field of fields) if (!isRequestId(field)) all.push(field);
    for (const field of this.addedFields) all.push(field);
    all.push(["x-request-id", this.id]);
    return all;
  }

  /** A guest ran for the request, well or badly; its answer is certain now. */
  withGuest(exchange: Exchange, outcome: Outcome, status: number, why?: string): void {
    this.#log({
      outcome: exchange.hungUp && outcome.kind === "killed" ? "hung up" : outcome.kind,
      status,
      responseBytes: exchange.response.bodyBytes,
      error: outcome.kind === "hostFault" ? `${why}: ${String(outcome.error)}` : why,
      backtrace: backtraceOf(outcome),
    }, exchange);
  }

  #log(result: Result, exchange: Exchange | undefined): void {
    const { wallTime, log } = this.#options;
    const { request, target } = this;
    const answerer = this.#answerer;
    const trace = this.#trace;
    const usage = exchange?.usage;
    log({
      type: "request",
      time: wallTime.text(),
      id: this.id,
      trace: trace?.traceId,
      span: trace?.spanId,
      parentSpan: trace?.parentSpanId,
      service: answerer?.name,
      serviceKey: answerer?.key,
      version: answerer?.version,
      method: request.method,
      host: target?.host ?? "",
      path: target?.path ?? "",
      remote: request.peer.address,
      status: result.status,
      outcome: result.outcome,
      cache: this.cacheResult,
      error: result.error,
      backtrace: result.backtrace,
      requestBytes: (exchange?.body ?? this.#passedOn)?.bytesRead ?? 0,
      responseBytes: result.responseBytes,
      loadMs: this.#loadMs,
      leaseMs: exchange && this.#leaseMs,
      headMs: this.#headMs,
      runMs: this.#runMs,
      // A guest's event follows its end at once.
      totalMs: this.#runMs ?? this.#msSinceStart(),
      cpuMs: usage && microseconds(usage.cpuMs),
      memoryBytes: usage?.memoryBytes,
      fuel: usage?.fuel,
      hostCalls: usage?.hostCalls,
    });
  }

  #msSinceStart(): number {
    return microseconds(this.#nowMs() - this.#startMs);
  }

  #nowMs(): number {
    const { clock } = this.#options;
    return clock.monotonicMs?.() ?? Number(clock.monotonicNs()) / 1e6;
  }
}

/** Most fields are passed over by the length of their name. */
function isRequestId([name]: Field): boolean {
  return name.length === 12 && name.toLowerCase() === "x-request-id";
}

/** How a request went. */
type Result = Pick<RequestEvent, "outcome" | "status" | "responseBytes" | "error" | "backtrace">;

/** Who answered. */
function outcomeOf(result: CacheResult): "forwarded" | "cached" | "hung up" {
  switch (result) {
    case "hit":
    case "stale":
    case "collapsed":
    case "refused":
      return "cached";
    case "revalidated":
    case "miss":
    case "pass":
    case "failed":
      return "forwarded";
    case "gone":
      return "hung up";
  }
}

function backtraceOf(outcome: Outcome): readonly string[] | undefined {
  if (!("backtrace" in outcome) || outcome.backtrace.length === 0) return undefined;
  return outcome.backtrace.map(formatFrame);
}

/** Milliseconds, rounded to microseconds: no clock of ours is finer. */
function microseconds(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}
