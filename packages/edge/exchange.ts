/**
 * One request and its guest: stdin is the body, stdout the response, stderr the log.
 *
 * The exchange owns every piece of host-side state that the request has, and all of it is let go when the
 * exchange is over, however that comes about.
 */

import { bug, type Clock, clockFor, limits, type RandomSource } from "@skerry/base";
import {
  CgiHeadParser,
  cgiVariables,
  type Field,
  fieldValue,
  type HttpRequest,
  type RequestTarget,
} from "@skerry/http";
import {
  type HostBinding,
  type Lease,
  type LeaseOptions,
  type Outcome,
  type Pool,
  type Refusal,
  type Usage,
} from "@skerry/sandbox";
import { bindWasi, createWasiContext, type WasiContext, type WasiLimits } from "@skerry/wasi";
import { GuestLog, type GuestLogLimits } from "./guest_log.ts";
import { GuestResponse } from "./guest_response.ts";
import { RequestBody } from "./request_body.ts";
import type { Service } from "./service.ts";

/** What all exchanges of an edge share. */
export interface Surroundings {
  readonly software: string;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** What an exchange is made of. */
export interface ExchangeOptions {
  readonly id: string;
  readonly service: Service;
  readonly request: HttpRequest;
  readonly target: RequestTarget;
  /** The part of the path that chose the service. */
  readonly scriptName: string;
  readonly surroundings: Surroundings;
  readonly onGuestLine: (line: string) => void;
}

const headLimits = { bytesMax: limits.cgiHeaderBytesMax, fieldsMax: limits.cgiHeadersMax };
const logLimits: GuestLogLimits = {
  lineBytesMax: limits.guestLogLineBytesMax,
  linesMax: limits.guestLogLinesMax,
  bytesMax: limits.guestLogBytesMax,
};
const guestLimits: Partial<WasiLimits> = {
  descriptorsMax: limits.guestDescriptorsMax,
  writtenBytesMax: limits.guestWrittenBytesMax,
  madeNamesMax: limits.guestMadeNamesMax,
  listedEntriesMax: limits.guestListedEntriesMax,
};

/** What has read the heads of each service. */
const heads = new WeakMap<Service, CgiHeadParser>();

function headsOf(service: Service): CgiHeadParser {
  let parser = heads.get(service);
  if (parser === undefined) heads.set(service, parser = new CgiHeadParser(headLimits));
  return parser;
}

/** One guest answering one request. */
export class Exchange {
  readonly body: RequestBody;
  readonly response: GuestResponse;
  /** Set once the body has passed its bound. */
  bodyTooLarge = false;
  /** Set once the client has gone. */
  hungUp = false;
  readonly #options: ExchangeOptions;
  readonly #stderr: GuestLog;
  /** Set while the guest runs, until its response begins. */
  #onBegin: (() => void) | undefined;
  /** Set while the exchange waits for a sandbox. */
  #waiting: AbortController | undefined;
  #lease: Lease | undefined;
  #context: WasiContext | undefined;

  constructor(options: ExchangeOptions) {
    const { request } = options;
    this.#options = options;
    this.body = new RequestBody(request.body, limits.requestBodyBytesMax, () => {
      this.bodyTooLarge = true;
      this.#lease?.kill("the request's body is too large");
    });
    this.response = new GuestResponse(
      { heads: headsOf(options.service), bufferBytesMax: limits.responseBufferBytesMax },
      request.method !== "HEAD",
      () => this.#lease?.kill("its output is malformed"),
    );
    this.#stderr = new GuestLog(logLimits, options.onGuestLine);
    request.whenGone(() => this.#hangUp());
  }

  /** What the guest has used; known once it has ended. */
  get usage(): Usage | undefined {
    return this.#lease?.usage;
  }

  /**
   * Leases a sandbox; undefined where the lease was given, else why there is none. A promise where the exchange
   * has to wait for one.
   */
  lease(pool: Pool): Refusal | undefined | Promise<Refusal | undefined> {
    if (this.hungUp) return "abandoned";
    const { service } = this.#options;
    const context = this.#context = this.#createContext();
    const options: LeaseOptions = {
      bindings: bindingsOf(service, context),
      wallMsMax: service.wallMsMax,
      cpuMsMax: service.cpuMsMax,
      tenant: service.tenant,
      onSuspend: () => this.#noteSuspension(),
    };
    const lease = pool.leaseNow(service.program, options);
    if (lease !== "full") return this.#take(lease);
    this.#waiting = new AbortController();
    return pool.lease(service.program, options, this.#waiting.signal)
      .then((granted) => this.#take(granted));
  }

  /**
   * Runs the guest to its end, which has come already where it had nothing to wait for.
   *
   * @param onBegin called when the guest waits for something and its head is complete: the response may begin
   */
  run(onBegin: () => void): Outcome | Promise<Outcome> {
    const lease = this.#lease ?? bug("an exchange is run after its lease");
    this.#onBegin = onBegin;
    const outcome = this.#start(lease);
    return outcome instanceof Promise
      ? outcome.then((settled) => this.#ended(lease, settled))
      : this.#ended(lease, outcome);
  }

  #start(lease: Lease): Outcome | Promise<Outcome> {
    try {
      return lease.runNow("_start");
    } catch (mistake) {
      this.#end(lease, false);
      throw mistake;
    }
  }

  #ended(lease: Lease, outcome: Outcome): Outcome {
    const { kind } = outcome;
    this.#end(lease, kind === "returned" || (kind === "exited" && outcome.code === 0));
    return outcome;
  }

  #end(lease: Lease, isWhole: boolean): void {
    this.#onBegin = undefined;
    try {
      this.response.end(isWhole ? "whole" : "cut off");
      this.#stderr.close();
    } finally {
      lease.release();
      this.#context?.close();
    }
  }

  #take(lease: Lease | Refusal): Refusal | undefined {
    this.#waiting = undefined;
    if (typeof lease === "string") {
      this.#context?.close();
      return lease;
    }
    this.#lease = lease;
    if (this.hungUp) this.#hangUp();
    return undefined;
  }

  /** The client has gone. Harmless once the guest has ended. */
  #hangUp(): void {
    this.hungUp = true;
    this.#waiting?.abort();
    this.#lease?.kill("the client hung up");
  }

  #noteSuspension(): void {
    if (this.#onBegin === undefined || this.response.state.kind !== "valid") return;
    this.#onBegin();
    this.#onBegin = undefined;
  }

  #createContext(): WasiContext {
    const { service, surroundings } = this.#options;
    const clock = service.clock === undefined
      ? surroundings.clock
      : clockFor(service.clock, surroundings.clock);
    return createWasiContext({
      args: [service.name],
      env: () => this.#environment(),
      stdin: this.body,
      stdout: this.response,
      stderr: this.#stderr,
      clock,
      random: surroundings.random,
      preopens: service.preopens(clock),
      limits: guestLimits,
    });
  }

  #environment(): Map<string, string> {
    const { service, request, target, scriptName, surroundings, id } = this.#options;
    const contentLength = request.body === undefined ? 0 : contentLengthOf(request.fields);
    const variables = cgiVariables({
      method: request.method,
      target,
      scriptName,
      fields: request.fields,
      contentLength,
      remoteAddress: request.peer.address,
      remotePort: request.peer.port,
      software: surroundings.software,
    });
    // The operator's come last: no header field of a client's takes the place of what was configured.
    variables.set("REQUEST_ID", id);
    for (const [name, value] of service.env) variables.set(name, value);
    return variables;
  }
}

/** WASI, and what else the service's program imports, as few do. */
function bindingsOf({ bindings }: Service, context: WasiContext): readonly HostBinding[] {
  const wasi = bindWasi(context);
  return bindings === undefined ? wasi : [...wasi, ...bindings(context)];
}

/** The announced length of a body, where it is one. The server has already refused contradictions. */
export function contentLengthOf(fields: readonly Field[]): number | undefined {
  const text = fieldValue(fields, "content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
