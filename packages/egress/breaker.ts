/**
 * A circuit breaker as values: after some failures in a row, a backend is left alone for a while, then tried with
 * one request, and left alone for twice as long where that fails too. Failures that come together are one event, however many
 * they are: a backend that is started again breaks all its connections, and one client can send many requests at once that
 * a backend breaks off. So they count from their first on only once some time has passed without anything good.
 */

/** What a breaker knows. */
export type Breaker =
  /** The failures since the last good outcome, and when the first of them was. */
  | { readonly kind: "closed"; readonly failures: number; readonly sinceMs: number }
  | { readonly kind: "open"; readonly untilMs: number; readonly openMs: number }
  /** One request is on trial, and another one from then on: how long it takes may be its client's doing. */
  | { readonly kind: "half-open"; readonly untilMs: number; readonly openMs: number };

/** How a request ended, as far as its backend is to blame. `unknown` where it was given up. */
export type BreakerOutcome = "good" | "bad" | "unknown";

/** Its bounds. */
export interface BreakerLimits {
  readonly breakerFailures: number;
  /** How long nothing but failures must have come. */
  readonly breakerSpanMs: number;
  readonly breakerOpenMs: number;
  readonly breakerOpenMsMax: number;
}

/** A breaker at the start. */
export const closedBreaker: Breaker = { kind: "closed", failures: 0, sinceMs: 0 };

/** Whether a request may go; the state is the one from then on. */
export function admit(
  breaker: Breaker,
  nowMs: number,
): { readonly breaker: Breaker; readonly isAdmitted: boolean } {
  switch (breaker.kind) {
    case "closed":
      return { breaker, isAdmitted: true };
    case "half-open":
    case "open": {
      const { untilMs, openMs } = breaker;
      return nowMs < untilMs
        ? { breaker, isAdmitted: false }
        : { breaker: { kind: "half-open", untilMs: nowMs + openMs, openMs }, isAdmitted: true };
    }
  }
}

/** The state after a request that was admitted has ended. */
export function record(
  breaker: Breaker,
  outcome: BreakerOutcome,
  nowMs: number,
  limits: BreakerLimits,
): Breaker {
  switch (breaker.kind) {
    case "closed": {
      if (outcome === "unknown") return breaker;
      if (outcome === "good") return breaker.failures === 0 ? breaker : closedBreaker;
      const failures = breaker.failures + 1;
      const sinceMs = breaker.failures === 0 ? nowMs : breaker.sinceMs;
      const isLasting = nowMs - sinceMs >= limits.breakerSpanMs;
      return failures >= limits.breakerFailures && isLasting
        ? open(limits.breakerOpenMs, nowMs)
        : { kind: "closed", failures, sinceMs };
    }
    case "half-open": {
      if (outcome === "good") return closedBreaker;
      // A trial that was given up tells nothing: the next request is the trial.
      if (outcome === "unknown") {
        return { kind: "open", untilMs: nowMs, openMs: breaker.openMs };
      }
      return open(Math.min(2 * breaker.openMs, limits.breakerOpenMsMax), nowMs);
    }
    case "open":
      // Requests from before it opened.
      return breaker;
  }
}

function open(openMs: number, nowMs: number): Breaker {
  return { kind: "open", untilMs: nowMs + openMs, openMs };
}
