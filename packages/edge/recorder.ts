/** One request's record: what is known of it from its start, until it becomes its one event in the log. */

import type { Clock } from "@skerry/base";
import type { HttpRequest, RequestTarget } from "@skerry/http";
import type { Outcome } from "@skerry/sandbox";
import type { Exchange } from "./exchange.ts";
import { formatFrame, type LogEvent, type RequestEvent } from "./log.ts";
import type { Service } from "./service.ts";

/** Where events go, and by which clock. */
export interface RecorderOptions {
  readonly clock: Clock;
  /** Takes each event; must not throw. */
  readonly log: (event: LogEvent) => void;
}

/** Records one request. */
export class Recorder {
  readonly id: string;
  readonly request: HttpRequest;
  target: RequestTarget | undefined;
  service: Service | undefined;
  readonly #options: RecorderOptions;
  readonly #startNs: bigint;
  #leaseMs: number | undefined;
  #runMs: number | undefined;

  constructor(id: string, request: HttpRequest, options: RecorderOptions) {
    this.id = id;
    this.request = request;
    this.#options = options;
    this.#startNs = options.clock.monotonicNs();
  }

  /** A sandbox was leased. */
  leased(): void {
    this.#leaseMs = this.#msSinceStart();
  }

  /** The guest has ended. */
  ran(): void {
    this.#runMs = this.#msSinceStart();
  }

  /** A line that the guest wrote to stderr. */
  guestLine(line: string): void {
    const service = this.service?.name ?? "";
    this.#options.log({ type: "guest", time: this.#time(), id: this.id, service, line });
  }

  /** The request was answered without a guest. */
  withoutGuest(
    outcome: "rejected" | "unrouted" | "refused" | "hung up" | "index" | "hostFault",
    status: number,
    responseBytes: number,
    error?: string,
  ): void {
    this.#options.log({
      ...this.#common(),
      status,
      outcome,
      ...(error !== undefined && { error }),
      requestBytes: 0,
      responseBytes,
    });
  }

  /** The host itself failed on the request. */
  failed(error: unknown): void {
    this.withoutGuest("hostFault", 500, 0, `the host failed: ${String(error)}`);
  }

  /** A guest ran for the request, well or badly. */
  withGuest(exchange: Exchange, outcome: Outcome, status: number, why?: string): void {
    const backtrace = "backtrace" in outcome ? outcome.backtrace.map(formatFrame) : [];
    const error = outcome.kind === "hostFault" ? `${why}: ${String(outcome.error)}` : why;
    this.#options.log({
      ...this.#common(),
      status,
      outcome: exchange.hungUp && outcome.kind === "killed" ? "hung up" : outcome.kind,
      ...(error !== undefined && { error }),
      ...(backtrace.length > 0 && { backtrace }),
      requestBytes: exchange.body.bytesRead,
      responseBytes: exchange.response.bodyBytes,
      ...(this.#leaseMs !== undefined && { leaseMs: this.#leaseMs }),
      ...(this.#runMs !== undefined && { runMs: this.#runMs }),
    });
  }

  #common(): Omit<RequestEvent, "status" | "outcome" | "requestBytes" | "responseBytes"> {
    const { id, request, service, target } = this;
    return {
      type: "request",
      time: this.#time(),
      id,
      ...(service !== undefined && { service: service.name }),
      method: request.method,
      host: target?.host ?? "",
      path: target?.path ?? "",
      remote: request.peer.address,
      totalMs: this.#msSinceStart(),
    };
  }

  #time(): string {
    return new Date(Number(this.#options.clock.wallNs() / 1_000_000n)).toISOString();
  }

  #msSinceStart(): number {
    return Math.round(Number(this.#options.clock.monotonicNs() - this.#startNs) / 1e3) / 1e3;
  }
}
