/**
 * One request and its guest: stdin is the body, stdout the response, stderr the log.
 *
 * The exchange owns every piece of host-side state that the request has, and all of it is let go when the
 * exchange is over, however that comes about.
 */

import { bug, type Clock, limits, type RandomSource } from "@skerry/base";
import {
  cgiVariables,
  type Field,
  fieldValues,
  type HttpRequest,
  type RequestTarget,
} from "@skerry/http";
import { bind, type Lease, type Outcome, type Pool, type Refusal } from "@skerry/sandbox";
import { createWasiContext, type WasiContext, wasiPreview1 } from "@skerry/wasi";
import { GuestLog } from "./guest_log.ts";
import { GuestResponse } from "./guest_response.ts";
import { RequestBody } from "./request_body.ts";
import type { Service } from "./service.ts";

/** What an exchange needs of its surroundings. */
export interface ExchangeOptions {
  readonly id: string;
  readonly service: Service;
  readonly request: HttpRequest;
  readonly target: RequestTarget;
  /** The part of the path that chose the service. */
  readonly scriptName: string;
  readonly software: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly onGuestLine: (line: string) => void;
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
  readonly #suspended = Promise.withResolvers<"suspended">();
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
      {
        head: { bytesMax: limits.cgiHeaderBytesMax, fieldsMax: limits.cgiHeadersMax },
        bufferBytesMax: limits.responseBufferBytesMax,
      },
      request.method !== "HEAD",
      () => this.#lease?.kill("its output is malformed"),
    );
    this.#stderr = new GuestLog(
      {
        lineBytesMax: limits.guestLogLineBytesMax,
        linesMax: limits.guestLogLinesMax,
        bytesMax: limits.guestLogBytesMax,
      },
      options.onGuestLine,
    );
  }

  /** Leases a sandbox; undefined where the lease was given, else why there is none. */
  async lease(pool: Pool): Promise<Refusal | undefined> {
    const { service, clock, random, request } = this.#options;
    const context = createWasiContext({
      args: [service.name],
      env: () => this.#environment(),
      stdin: this.body,
      stdout: this.response,
      stderr: this.#stderr,
      clock,
      random,
      preopens: service.preopens(),
      limits: {
        descriptorsMax: limits.guestDescriptorsMax,
        listedEntriesMax: limits.guestListedEntriesMax,
      },
    });
    this.#context = context;
    const lease = await pool.lease(service.program, {
      bindings: [bind(wasiPreview1, context)],
      wallMsMax: service.wallMsMax,
      cpuMsMax: service.cpuMsMax,
      tenant: service.tenant,
      onSuspend: () => this.#noteSuspension(),
    }, request.signal);
    if (typeof lease === "string") {
      context.close();
      return lease;
    }
    this.#lease = lease;
    request.signal.addEventListener("abort", () => this.hangUp(), { once: true });
    if (request.signal.aborted) this.hangUp();
    return undefined;
  }

  /** Runs the guest to its end. */
  async run(): Promise<Outcome> {
    const lease = this.#lease ?? bug("an exchange is run after its lease");
    try {
      const outcome = await lease.run("_start");
      const whole = outcome.kind === "returned" ||
        (outcome.kind === "exited" && outcome.code === 0);
      this.response.end(whole ? "whole" : "cut off");
      this.#stderr.close();
      return outcome;
    } finally {
      this.response.end("cut off");
      lease.release();
      this.#context?.close();
    }
  }

  /** Resolves when the guest waits for something and its head is complete: the response may begin. */
  get suspended(): Promise<"suspended"> {
    return this.#suspended.promise;
  }

  /** The client has gone. Harmless once the guest has ended. */
  hangUp(): void {
    this.hungUp = true;
    this.#lease?.kill("the client hung up");
  }

  #noteSuspension(): void {
    if (this.response.state.kind === "valid") this.#suspended.resolve("suspended");
  }

  #environment(): Map<string, string> {
    const { service, request, target, scriptName, software, id } = this.#options;
    const contentLength = request.body === undefined ? 0 : contentLengthOf(request.fields);
    const variables = cgiVariables({
      method: request.method,
      target,
      scriptName,
      fields: request.fields,
      contentLength,
      remoteAddress: request.peer.address,
      remotePort: request.peer.port,
      software,
    });
    // The operator's come last: no header field of a client's takes the place of what was configured.
    variables.set("REQUEST_ID", id);
    for (const [name, value] of service.env) variables.set(name, value);
    return variables;
  }
}

/** The announced length of a body, where it is one. The server has already refused contradictions. */
export function contentLengthOf(fields: readonly Field[]): number | undefined {
  const [text = ""] = fieldValues(fields, "content-length");
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
