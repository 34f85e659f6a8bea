/**
 * A circuit breaker as values: after some failures in a row, a backend is left alone for a while, then tried with
 * one request, and left alone for twice as long where that fails too.
 */

/** What a breaker knows. */
export type Breaker =
  | { readonly kind: "closed"; readonly failures: number }
  | { readonly kind: "open"; readonly untilMs: number; readonly openMs: number }
  /** One request is on trial, and another one from then on: how long it takes may be its client's doing. */
  | { readonly kind: "half-open"; readonly untilMs: number; readonly openMs: number };

/** How a request ended, as far as its backend is to blame. `unknown` where it was given up. */
export type BreakerOutcome = "good" | "bad" | "unknown";

/** Its bounds. */
export interface BreakerLimits {
  readonly breakerFailures: number;
  readonly breakerOpenMs: number;
  readonly breakerOpenMsMax: number;
}

/** A breaker at the start. */
export const closedBreaker: Breaker = { kind: "closed", failures: 0 };

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
      return failures < limits.breakerFailures
        ? { kind: "closed", failures }
        : open(limits.breakerOpenMs, nowMs);
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
