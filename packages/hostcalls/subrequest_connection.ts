/**
 * A request to a backend as a connection: what the guest writes is the request's body, what it reads the response.
 *
 * The body is as long as its head announces; where that says nothing, methods that seldom have a body have none, and for
 * the others it ends when the guest says so or begins to read. What always holds: a body that the guest has not
 * finished is never told as finished, and nothing is sent or read any more once the connection is closed.
 */

import {
  type BytePipe,
  bytePipe,
  type ByteSource,
  ErrnoError,
  type ErrnoName,
  fail,
} from "@skerry/base";
import type { SocketConnection } from "@skerry/wasi";
import { subrequestLimits as limits } from "./limits.ts";
import type { SubrequestBudget } from "./subrequest_budget.ts";
import { subrequestErrors } from "./subrequest_failure.ts";
import { SubrequestResponse } from "./subrequest_response.ts";
import type { SubrequestOutcome } from "./subrequests_port.ts";

/** Sends a request with this body. */
export type SendSubrequest = (
  body: ByteSource | undefined,
  signal: AbortSignal,
) => Promise<SubrequestOutcome>;

/** How many bytes a body has; `open` where the guest has not said. */
export type BodyLength = number | "open";

/** The connection. */
export class SubrequestConnection implements SocketConnection {
  readonly #send: SendSubrequest;
  readonly #budget: SubrequestBudget;
  readonly #controller = new AbortController();
  readonly #body: BytePipe = bytePipe(limits.bufferBytesMax);
  /** What may still be written: no bound where the guest says when it ends. */
  #left: number;
  #bodyState: "announced" | "open" | "whole";
  #response: Promise<SubrequestResponse> | undefined;
  /** Fails the read that is under way. */
  #interrupt: ((failure: ErrnoError) => void) | undefined;
  /** Set once nothing more comes of it. */
  #failure: ErrnoName | undefined;
  #isClosed = false;

  constructor(send: SendSubrequest, length: BodyLength, budget: SubrequestBudget) {
    this.#send = send;
    this.#budget = budget;
    this.#left = length === "open" ? Infinity : length;
    this.#bodyState = length === "open" ? "open" : length === 0 ? "whole" : "announced";
    if (length !== "open") this.#start(length === 0 ? undefined : this.#source());
  }

  write(bytes: Uint8Array): void | Promise<void> {
    if (bytes.length > this.#left || this.#failure !== undefined) fail("EPIPE");
    this.#budget.sent(bytes.length);
    this.#left -= bytes.length;
    if (this.#response === undefined) this.#start(this.#source());
    const taken = this.#body.sink.write(bytes);
    if (this.#left === 0) this.#endBody();
    return taken;
  }

  endWrite(): Promise<void> {
    if (this.#bodyState === "open") this.#endBody();
    // What was announced will not come: there is no such request.
    if (this.#bodyState === "announced") this.#end("ECONNABORTED");
    return Promise.resolve();
  }

  read(bytesMax: number): Promise<Uint8Array> {
    if (this.#bodyState === "open") this.#endBody();
    // Whoever answers may not hear of the end at once, or never.
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      this.#read(bytesMax).then(resolve, reject);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end("ECONNABORTED");
    this.#budget.close();
  }

  async #read(bytesMax: number): Promise<Uint8Array> {
    if (this.#failure !== undefined) fail(this.#failure);
    try {
      const response = await this.#response;
      return await response?.read(bytesMax) ?? fail("EIO");
    } catch (error) {
      this.#end(errnoOfFailure(error));
      throw error;
    }
  }

  #endBody(): void {
    this.#bodyState = "whole";
    this.#left = 0;
    if (this.#response === undefined) this.#start(undefined);
    else this.#body.end();
  }

  #start(body: ByteSource | undefined): void {
    const response = this.#send(body, this.#controller.signal).then((outcome) => {
      if (outcome.kind === "failed") return fail(subrequestErrors[outcome.why]);
      return new SubrequestResponse(outcome.response, this.#budget);
    });
    this.#response = response;
    // The guest hears of it when it reads; what it writes from now on is not taken.
    response.catch((error) => this.#end(errnoOfFailure(error)));
  }

  /** The body as whoever sends it reads it: it has an end only where the guest has come to one. */
  #source(): ByteSource {
    return {
      read: async (bytesMax) => {
        const bytes = await this.#body.source.read(bytesMax);
        if (bytes.length > 0 || this.#bodyState === "whole") return bytes;
        throw new Error("the guest has given its request up");
      },
    };
  }

  /** Nothing more is sent or read; the first reason is the one that is told. */
  #end(failure: ErrnoName): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#interrupt?.(new ErrnoError(failure));
    this.#controller.abort();
    this.#body.cancel();
    this.#response?.then((response) => response.close(), () => {});
  }
}

function errnoOfFailure(error: unknown): ErrnoName {
  return error instanceof ErrnoError ? error.errno : "EIO";
}
