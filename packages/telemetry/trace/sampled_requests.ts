/** Requests that are traced, on their way from a thread to whoever sends their spans: a bounded number at a time. */

import type { LogEvent, RequestEvent } from "@skerry/edge";

/** What has come since the last time: plain values. */
export interface SampledBatch {
  readonly requests: readonly RequestEvent[];
  /** Requests that were too many. */
  readonly dropped: number;
}

/** Requests of one batch. */
const requestsMax = 2_000;

/** Collects. */
export class SampledRequests {
  #requests: RequestEvent[] = [];
  #dropped = 0;

  /** Takes an event; keeps it where it is a request that is traced. */
  take(event: LogEvent): void {
    if (event.type !== "request" || event.trace === undefined) return;
    if (this.#requests.length < requestsMax) this.#requests.push(event);
    else this.#dropped += 1;
  }

  /** What has come since this was asked the last time; undefined where that is nothing. */
  takeBatch(): SampledBatch | undefined {
    if (this.#requests.length === 0) return undefined;
    const batch = { requests: this.#requests, dropped: this.#dropped };
    this.#requests = [];
    this.#dropped = 0;
    return batch;
  }
}
