/**
 * One request to a backend, once: from the moment that it is handed to a pool until the last of its answer.
 *
 * What always holds: one end is reported, whatever happens in whatever order; the answer is nobody's before its head
 * was checked; no more of its body waits here than is allowed, because the backend is made to wait.
 */

import { err, ok, type Result } from "@skerry/base";
import type { Field } from "@skerry/http";
import { answerFault, changeFault } from "./answer.ts";
import { AnswerBody } from "./answer_body.ts";
import type { NetworkFailure } from "./failure.ts";
import type { EgressLimits } from "./limits.ts";
import type { BackendTunnel, HttpPool, OutgoingRequest, Receiver, Sending } from "./network.ts";
import type { BackendPlan } from "./settings.ts";
import type { Watch, Watches } from "./watch.ts";

/** A backend's answer as it came. */
export interface Answer {
  readonly status: number;
  readonly fields: readonly Field[];
  /** Breaks off with a {@link NetworkFailure} in an AttemptError. Undefined where there can be none. */
  readonly body: AsyncIterable<Uint8Array> | undefined;
  /** Once the body has ended. */
  readonly trailers: () => readonly Field[];
  /** With 101. */
  readonly tunnel: BackendTunnel | undefined;
}

/** What an attempt is made with. */
export interface AttemptOptions {
  readonly pool: HttpPool;
  readonly request: Omit<OutgoingRequest, "body">;
  /** The request's body, to be read once. */
  readonly body: AsyncIterable<Uint8Array> | undefined;
  readonly plan: Pick<BackendPlan, "connectMsMax" | "firstByteMsMax" | "betweenBytesMsMax">;
  readonly limits: EgressLimits;
  readonly watches: Watches;
  /** On the monotonic clock. */
  readonly totalAtMs: number;
  readonly signal: AbortSignal;
  readonly inform: ((status: number, fields: readonly Field[]) => void) | undefined;
  /** Throws what a body that breaks off throws. */
  readonly broken: (failure: NetworkFailure) => Error;
  /** Told once, when nothing of it is under way any more. */
  readonly onOver: (failure: NetworkFailure | undefined) => void;
}

/** A request that is under way. */
export class Attempt implements Receiver {
  readonly answer: Promise<Result<Answer, NetworkFailure>>;
  /** Whether anything of the request may have reached the backend. */
  wasStarted = false;
  /** Whether anything was read of the request's body. */
  wasBodyRead = false;
  /** Whether the client was told anything of its answer. */
  wasInformed = false;
  readonly #options: AttemptOptions;
  readonly #watch: Watch;
  readonly #body: AnswerBody;
  readonly #onAbort = () => this.#cancel();
  #settle: (answer: Result<Answer, NetworkFailure>) => void = () => {};
  #sending: Sending | undefined;
  #interims = 0;
  #isOver = false;
  #hasAnswer = false;
  #trailers: readonly Field[] = [];

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.answer = new Promise((resolve) => this.#settle = resolve);
    this.#watch = options.watches.begin(
      options.totalAtMs,
      (kind) => this.#giveUp({ kind, detail: "no progress in time" }),
    );
    this.#body = new AnswerBody(options.limits.bufferBytesMax, options.broken, {
      onFull: () => this.#wait(),
      onRoom: () => this.#goOn(),
      onLeft: () => this.#cancel(),
    });
    this.#begin();
  }

  #begin(): void {
    const { pool, request, body, plan, signal } = this.#options;
    if (signal.aborted) return this.#cancel();
    signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#watch.allow("connect timeout", plan.connectMsMax);
    this.#sending = pool.send({ ...request, body: body && this.#watched(body) }, this);
  }

  /** The request's body. As long as it is waited for, its backend cannot be blamed for being silent. */
  async *#watched(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.wasBodyRead = true;
    try {
      this.#watch.allow("total timeout", Infinity);
      for await (const piece of body) {
        if (!this.#hasAnswer) this.#watch.allow("first byte timeout", this.#firstByteMs);
        yield piece;
        if (!this.#hasAnswer) this.#watch.allow("total timeout", Infinity);
      }
      if (!this.#hasAnswer) this.#watch.allow("first byte timeout", this.#firstByteMs);
    } catch (error) {
      this.#giveUp({ kind: "request", detail: `the request's body broke off: ${String(error)}` });
      throw error;
    }
  }

  get #firstByteMs(): number {
    return this.#options.plan.firstByteMsMax;
  }

  started(): void {
    this.wasStarted = true;
    this.#watch.allow("first byte timeout", this.#firstByteMs);
  }

  sent(): void {
    if (!this.#hasAnswer) this.#watch.allow("first byte timeout", this.#firstByteMs);
  }

  informed(status: number, fields: readonly Field[]): void {
    if (this.#isOver) return;
    this.#interims += 1;
    const fault = this.#interims > this.#options.limits.interimMax
      ? "too many interim responses"
      : status === 101
      ? "a change of the protocol that is none"
      : answerFault(status, fields, this.#options.limits);
    if (fault !== undefined) return this.#giveUp({ kind: "protocol", detail: fault });
    this.wasInformed = true;
    this.#options.inform?.(status, fields);
  }

  answered(status: number, fields: readonly Field[]): void {
    if (this.#isOver) return;
    const fault = status < 200
      ? "an interim response in the place of a final one"
      : answerFault(status, fields, this.#options.limits);
    if (fault !== undefined) return this.#giveUp({ kind: "protocol", detail: fault });
    this.#hasAnswer = true;
    this.#watch.allow("between bytes timeout", this.#options.plan.betweenBytesMsMax);
    // RFC 9110 §6.4.1.
    const hasBody = this.#options.request.method !== "HEAD" && status !== 204 && status !== 304;
    this.#settle(ok({
      status,
      fields,
      body: hasBody ? this.#body : undefined,
      trailers: () => this.#trailers,
      tunnel: undefined,
    }));
  }

  data(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#watch.allow("between bytes timeout", this.#options.plan.betweenBytesMsMax);
    this.#body.push(bytes);
  }

  ended(trailers: readonly Field[]): void {
    if (this.#isOver) return;
    this.#trailers = trailers;
    this.#over(undefined);
    this.#body.end();
  }

  upgraded(fields: readonly Field[], tunnel: BackendTunnel): void {
    if (this.#isOver) return tunnel.close();
    const fault = answerFault(101, fields, this.#options.limits) ??
      changeFault(fields, this.#options.request.upgrade);
    if (fault !== undefined) {
      tunnel.close();
      return this.failed({ kind: "protocol", detail: fault });
    }
    this.#hasAnswer = true;
    this.#over(undefined);
    this.#settle(ok({ status: 101, fields, body: undefined, trailers: () => [], tunnel }));
  }

  failed(failure: NetworkFailure): void {
    if (this.#isOver) return;
    this.#over(failure);
    this.#settle(err(failure));
    this.#body.fail(failure);
  }

  #wait(): void {
    this.#watch.allow("total timeout", Infinity);
    this.#sending?.pause();
  }

  #goOn(): void {
    if (this.#isOver) return;
    this.#watch.allow("between bytes timeout", this.#options.plan.betweenBytesMsMax);
    this.#sending?.resume();
  }

  #cancel(): void {
    this.#giveUp({ kind: "cancelled", detail: "nobody waits for it any more" });
  }

  #giveUp(failure: NetworkFailure): void {
    if (this.#isOver) return;
    this.failed(failure);
    this.#sending?.abort();
  }

  #over(failure: NetworkFailure | undefined): void {
    this.#isOver = true;
    this.#watch.end();
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#options.onOver(failure);
  }
}
