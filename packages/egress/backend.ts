/**
 * A backend of one service of one tenant: its connections, and what is known of how it does.
 *
 * Requests go through in this order: health, circuit, the tenant's places, the backend's places, a connection.
 */

import { err, ok, type RandomSource, type Result } from "@skerry/base";
import type { Field } from "@skerry/http";
import { anySignal } from "./any_signal.ts";
import type { Breaker } from "./breaker.ts";
import { Circuit } from "./circuit.ts";
import {
  BackendError,
  type BackendFailure,
  backendFailure,
  type NetworkFailure,
} from "./failure.ts";
import { Gate } from "./gate.ts";
import { HealthWatch } from "./health_watch.ts";
import type { BackendTunnel } from "./network.ts";
import { type BackendRequest, outgoing } from "./outgoing.ts";
import { Places } from "./places.ts";
import { type PoolParts, Pools } from "./pools.ts";
import { RetryBudget } from "./retry.ts";
import { type TryParts, tryRequest } from "./tries.ts";
import type { Watches } from "./watch.ts";

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
export interface BackendParts extends PoolParts {
  readonly name: string;
  readonly random: RandomSource;
  /** Shared by all backends of the tenant. */
  readonly tenantGate: Gate;
  /** Shared by all backends. */
  readonly watches: Watches;
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
  readonly #parts: TryParts;
  readonly #places: Places;
  readonly #health: HealthWatch;
  readonly #onClosed: () => void;
  readonly #closing = new AbortController();

  constructor(parts: BackendParts) {
    const { name, plan, clock, random, limits, watches, tenantGate, onClosed } = parts;
    this.name = name;
    this.#onClosed = onClosed;
    this.#parts = {
      ...{ plan, clock, random, limits, watches },
      pools: new Pools(parts),
      circuit: new Circuit(clock, limits),
      budget: new RetryBudget(limits.retriesSaved, limits.retriesPerRequest),
      broken: (failure) => new BackendError(backendFailure(name, failure)),
    };
    const gate = new Gate(plan.connectionsMax, limits.queueMax);
    this.#places = new Places(tenantGate, gate, clock, plan.connectMsMax);
    this.#health = new HealthWatch(this.#parts, this.#closing.signal);
  }

  /** How it does. */
  get state(): BackendState {
    const { taken, waiting } = this.#places.load;
    const { isHealthy } = this.#health;
    return { circuit: this.#parts.circuit.kind, isHealthy, underWay: taken, waiting };
  }

  /** Sends a request. The signal gives it up, and its answer where that is still under way. */
  async send(
    request: BackendRequest,
    signal: AbortSignal,
  ): Promise<Result<BackendResponse, BackendFailure>> {
    const { plan, circuit, budget } = this.#parts;
    const ready = outgoing(request, plan.host);
    if (!ready.ok) return this.#failure({ kind: "request", detail: ready.error });
    if (!this.#health.isHealthy) return this.#failure({ kind: "unhealthy", detail: "" });
    if (!circuit.admits()) return this.#failure({ kind: "circuit open", detail: "" });
    const both = anySignal(signal, this.#closing.signal);
    const refused = await this.#places.enter(both.signal);
    if (refused !== undefined) {
      both.release();
      circuit.failed(refused);
      return this.#failure(refused);
    }
    budget.earn();
    const tried = await tryRequest(this.#parts, ready.value, request, both.signal);
    const over = () => {
      both.release();
      this.#places.leave();
    };
    if (!tried.ok) {
      over();
      return this.#failure(tried.error);
    }
    // A tunnel has its places until it is closed, any other answer until it has ended.
    void tried.value.over.then(over);
    return ok(tried.value.answer);
  }

  /** Cuts off what is under way, and takes nothing more. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#parts.pools.close();
    this.#onClosed();
  }

  #failure(failure: NetworkFailure): Result<never, BackendFailure> {
    const isClosed = failure.kind === "cancelled" && this.#closing.signal.aborted;
    return err(backendFailure(this.name, isClosed ? { ...failure, kind: "closed" } : failure));
  }
}
