/**
 * A backend of one service of one tenant: its connections, and what is known of how it does.
 *
 * Requests go through in this order: health, circuit, the tenant's places, the backend's places, a connection.
 */

import { type Clock, err, ok, type RandomSource, type Result } from "@skerry/base";
import type { Field } from "@skerry/http";
import { Addresses } from "./addresses.ts";
import type { AddressPolicy } from "./address_policy.ts";
import { type Answer, Attempt } from "./attempt.ts";
import { admit, type Breaker, closedBreaker, record } from "./breaker.ts";
import {
  BackendError,
  type BackendFailure,
  backendFailure,
  type NetworkFailure,
} from "./failure.ts";
import { Gate } from "./gate.ts";
import { type Health, healthyAtFirst, nextHealth } from "./health.ts";
import type { EgressLimits } from "./limits.ts";
import type { BackendTunnel, HttpPool, Network, OutgoingRequest } from "./network.ts";
import { formatOrigin } from "./origin.ts";
import { bodyOf, outgoing } from "./outgoing.ts";
import type { BackendRequest } from "./outgoing.ts";
import { mayRetry, RetryBudget, retryWaitMs } from "./retry.ts";
import type { BackendPlan } from "./settings.ts";
import { nowMs } from "./watch.ts";

/** A backend's answer. */
export interface BackendResponse {
  readonly status: number;
  /** As they came, the connection's own among them. */
  readonly fields: readonly Field[];
  /**
   * To be read to its end or left, which gives its connection back. Breaks off with a BackendError. Undefined where
   * there can be none.
   */
  readonly body: AsyncIterable<Uint8Array> | undefined;
  /** The fields after the body, once it has ended. */
  readonly trailers: () => readonly Field[];
  /** With 101. */
  readonly tunnel: BackendTunnel | undefined;
}

/** What a backend is made with. */
export interface BackendParts {
  readonly name: string;
  readonly plan: BackendPlan;
  readonly policy: AddressPolicy;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly limits: EgressLimits;
  /** Shared by all backends of the tenant. */
  readonly tenantGate: Gate;
  readonly onClosed: () => void;
}

/** How a backend does, for metrics. */
export interface BackendState {
  readonly circuit: Breaker["kind"];
  readonly isHealthy: boolean;
  readonly underWay: number;
  readonly waiting: number;
}

/** A backend that is in use. */
export class Backend {
  readonly name: string;
  readonly #parts: BackendParts;
  readonly #addresses: Addresses;
  readonly #pool: HttpPool;
  /** Speaks HTTP/1.1 alone, which is what can change to another protocol. */
  #upgradePool: HttpPool | undefined;
  readonly #gate: Gate;
  readonly #budget: RetryBudget;
  readonly #closing = new AbortController();
  #breaker: Breaker = closedBreaker;
  #health: Health = healthyAtFirst;

  constructor(parts: BackendParts) {
    const { name, plan, policy, network, clock, limits } = parts;
    this.name = name;
    this.#parts = parts;
    this.#addresses = new Addresses(network, clock, plan.origin, policy, limits);
    this.#gate = new Gate(plan.connectionsMax, limits.queueMax);
    this.#budget = new RetryBudget(limits.retriesSaved, limits.retriesPerRequest);
    this.#pool = this.#newPool(plan.origin.scheme === "https");
    if (plan.health !== undefined) void this.#watchHealth(plan.health);
  }

  /** How it does. */
  get state(): BackendState {
    const { taken, waiting } = this.#gate.load;
    const { isHealthy } = this.#health;
    return { circuit: this.#breaker.kind, isHealthy, underWay: taken, waiting };
  }

  /** Sends a request. The signal gives it up, and its answer where that is still under way. */
  async send(
    request: BackendRequest,
    signal: AbortSignal,
  ): Promise<Result<BackendResponse, BackendFailure>> {
    const ready = outgoing(request, this.#parts.plan.host);
    if (!ready.ok) return this.#failure({ kind: "request", detail: ready.error });
    if (!this.#health.isHealthy) return this.#failure({ kind: "unhealthy", detail: "" });
    const both = AbortSignal.any([signal, this.#closing.signal]);
    const { breaker, isAdmitted } = admit(this.#breaker, nowMs(this.#parts.clock));
    this.#breaker = breaker;
    if (!isAdmitted) return this.#failure({ kind: "circuit open", detail: "" });
    const refused = await this.#enter(both);
    if (refused !== undefined) {
      this.#note("unknown");
      return this.#failure(refused);
    }
    this.#budget.earn();
    return await this.#try(ready.value, request, both);
  }

  /** Cuts off what is under way, and takes nothing more. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#pool.close();
    this.#upgradePool?.close();
    this.#parts.onClosed();
  }

  /** Takes a place of the tenant's and one of the backend's, or says why there is none. */
  async #enter(signal: AbortSignal): Promise<NetworkFailure | undefined> {
    const { tenantGate, clock, plan } = this.#parts;
    // A tenant that has them all is told so at once: its requests would wait for one another.
    if (tenantGate.enter(signal) !== "admitted") {
      return { kind: "too many", detail: "all of the tenant's requests are under way" };
    }
    const waiting = new AbortController();
    const entry = this.#gate.enter(AbortSignal.any([signal, waiting.signal]));
    const timer = new AbortController();
    if (entry instanceof Promise) {
      void clock.sleep(plan.connectMsMax, timer.signal).then(() => waiting.abort());
    }
    const admission = await entry;
    timer.abort();
    if (admission === "admitted") return undefined;
    tenantGate.leave();
    if (admission === "full") return { kind: "too many", detail: "its queue is full" };
    if (this.#closing.signal.aborted) return { kind: "closed", detail: "" };
    return signal.aborted ? cancelled : { kind: "queue timeout", detail: "no place in time" };
  }

  /** One attempt after another, in the places that were taken. */
  async #try(
    ready: Omit<OutgoingRequest, "body">,
    request: BackendRequest,
    signal: AbortSignal,
  ): Promise<Result<BackendResponse, BackendFailure>> {
    const { clock, plan, limits, random } = this.#parts;
    const totalAtMs = nowMs(clock) + limits.totalMsMax;
    for (let number = 1;; number += 1) {
      const { attempt, over } = this.#attempt(ready, request, totalAtMs, signal);
      const answer = await attempt.answer;
      if (answer.ok) {
        this.#note("good");
        void over.then((failure) => {
          if (failure !== undefined && isBad(failure)) this.#note("bad");
        });
        this.#leaveAfter(over, answer.value);
        return ok(answer.value);
      }
      const failure = answer.error;
      this.#note(isBad(failure) ? "bad" : "unknown");
      const { wasStarted, wasBodyRead, wasInformed } = attempt;
      const mayTryAgain = number <= plan.retriesMax && this.#breaker.kind === "closed" &&
        mayRetry({ method: ready.method, failure, wasStarted, wasBodyRead, wasInformed }) &&
        this.#budget.take();
      if (mayTryAgain) await clock.sleep(retryWaitMs(number, limits, random), signal);
      if (!mayTryAgain || signal.aborted) {
        this.#leave();
        return this.#failure(
          this.#closing.signal.aborted ? { kind: "closed", detail: "" } : failure,
        );
      }
    }
  }

  #attempt(
    ready: Omit<OutgoingRequest, "body">,
    { body, inform }: BackendRequest,
    totalAtMs: number,
    signal: AbortSignal,
  ): { readonly attempt: Attempt; readonly over: Promise<NetworkFailure | undefined> } {
    const { promise: over, resolve: onOver } = Promise.withResolvers<NetworkFailure | undefined>();
    const { plan, limits, clock } = this.#parts;
    const attempt = new Attempt({
      pool: ready.upgrade === undefined ? this.#pool : this.#poolForUpgrades(),
      request: ready,
      body: body && bodyOf(body),
      ...{ plan, limits, clock, totalAtMs, signal, inform, onOver },
      broken: (failure) => new BackendError(backendFailure(this.name, failure)),
    });
    return { attempt, over };
  }

  /** A tunnel has its places until it is closed, any other answer until it has ended. */
  #leaveAfter(over: Promise<unknown>, { tunnel }: Answer): void {
    if (tunnel === undefined) void over.then(() => this.#leave());
    else void tunnel.closed.then(() => this.#leave());
  }

  #leave(): void {
    this.#gate.leave();
    this.#parts.tenantGate.leave();
  }

  #note(outcome: "good" | "bad" | "unknown"): void {
    const { clock, limits } = this.#parts;
    this.#breaker = record(this.#breaker, outcome, nowMs(clock), limits);
  }

  #failure(failure: NetworkFailure): Result<never, BackendFailure> {
    return err(backendFailure(this.name, failure));
  }

  #poolForUpgrades(): HttpPool {
    if (this.#parts.plan.origin.scheme === "http") return this.#pool;
    return this.#upgradePool ??= this.#newPool(false);
  }

  #newPool(http2: boolean): HttpPool {
    const { network, plan, limits } = this.#parts;
    return network.pool({
      origin: formatOrigin(plan.origin),
      port: plan.origin.port,
      tls: plan.origin.scheme === "https" ? { serverName: plan.serverName } : undefined,
      http2,
      connectionsMax: plan.connectionsMax,
      connectMsMax: plan.connectMsMax,
      idleMsMax: limits.idleMsMax,
      headerBytesMax: limits.headerBytesMax,
      addresses: (signal) => this.#addresses.next(signal),
    });
  }

  /** Asks every now and then, until it is closed. */
  async #watchHealth(health: NonNullable<BackendPlan["health"]>): Promise<void> {
    const { clock, limits } = this.#parts;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const isGood = await this.#isAnswering(health);
      this.#health = nextHealth(this.#health, isGood, limits.healthTurns);
      await clock.sleep(health.everyMs, signal);
    }
  }

  async #isAnswering({ path, status }: NonNullable<BackendPlan["health"]>): Promise<boolean> {
    const request: BackendRequest = { method: "GET", target: path, fields: [], body: undefined };
    const ready = outgoing(request, this.#parts.plan.host);
    if (!ready.ok) return false;
    const leaving = new AbortController();
    const signal = AbortSignal.any([leaving.signal, this.#closing.signal]);
    const totalAtMs = nowMs(this.#parts.clock) + this.#parts.plan.firstByteMsMax;
    const answer = await this.#attempt(ready.value, request, totalAtMs, signal).attempt.answer;
    leaving.abort();
    if (!answer.ok) return false;
    const { status: found } = answer.value;
    return status === undefined ? found >= 200 && found < 300 : found === status;
  }
}

const cancelled: NetworkFailure = { kind: "cancelled", detail: "nobody waits for it any more" };

/** Whether a failure speaks against the backend. */
function isBad({ kind }: NetworkFailure): boolean {
  switch (kind) {
    case "dns":
    case "connect":
    case "tls":
    case "connect timeout":
    case "first byte timeout":
    case "between bytes timeout":
    case "reset":
    case "protocol":
      return true;
    default:
      return false;
  }
}
