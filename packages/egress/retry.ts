/** Whether and when a request is sent once more. */

import type { RandomSource } from "@skerry/base";
import type { NetworkFailure } from "./failure.ts";

/** RFC 9110 §9.2.2, of the registered methods. */
const idempotentMethods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "PUT",
  "DELETE",
  "QUERY",
]);

/** What is known of an attempt that failed before any of its answer came. */
export interface FailedAttempt {
  readonly method: string;
  readonly failure: NetworkFailure;
  /** Whether anything of the request may have reached the backend. */
  readonly wasStarted: boolean;
  /** Whether anything of its body was read, which is gone with that. */
  readonly wasBodyRead: boolean;
  /** Whether an interim response has come. */
  readonly wasInformed: boolean;
}

/** Whether another try can change what has happened, and cannot do anything twice. */
export function mayRetry(
  { method, failure, wasStarted, wasBodyRead, wasInformed }: FailedAttempt,
): boolean {
  if (wasBodyRead || wasInformed) return false;
  switch (failure.kind) {
    case "connect":
    case "connect timeout":
    case "reset":
      // What has not left does not happen twice, whatever it is.
      return !wasStarted || idempotentMethods.has(method);
    default:
      return false;
  }
}

/** Its bounds. */
export interface RetryLimits {
  readonly retryWaitMs: number;
  readonly retryWaitMsMax: number;
}

/** How long to wait before the try of this number, from 1: anything up to a bound that doubles. */
export function retryWaitMs(
  number: number,
  { retryWaitMs: first, retryWaitMsMax }: RetryLimits,
  random: RandomSource,
): number {
  const bytes = new Uint8Array(4);
  random.fill(bytes);
  const share = new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
  return share * Math.min(first * 2 ** (number - 1), retryWaitMsMax);
}

/** Tries that may be made: each request earns a share of one, so that retries cannot multiply a backend's load. */
export class RetryBudget {
  readonly #most: number;
  readonly #share: number;
  #saved: number;

  constructor(most: number, share: number) {
    this.#most = most;
    this.#share = share;
    this.#saved = most;
  }

  /** A request has come. */
  earn(): void {
    this.#saved = Math.min(this.#most, this.#saved + this.#share);
  }

  /** Takes one try; false where none is left. */
  take(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
