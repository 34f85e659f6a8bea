/**
 * Clocks that show a guest less than the machine's do, or something else, so that it can measure nobody, or runs the
 * same each time. Each is made for one guest.
 */

import { parseDuration } from "./duration.ts";
import type { Clock } from "./ports.ts";

/** Which time a guest is shown. */
export type ClockPolicy =
  | { readonly kind: "real" }
  /** In steps, all of which begin at a multiple of so many milliseconds. */
  | { readonly kind: "coarse"; readonly stepMs: number }
  /** Standing still while the guest computes. */
  | { readonly kind: "frozen" }
  /** From this moment on (milliseconds since 1970), each time it is looked at a step later. */
  | { readonly kind: "fixed"; readonly startMs: number };

/** What is shown of `clock` by a policy, to one guest. */
export function clockFor(policy: ClockPolicy, clock: Clock): Clock {
  switch (policy.kind) {
    case "real":
      return clock;
    case "coarse":
      return coarseClock(clock, nsOf(policy.stepMs));
    case "frozen":
      return frozenClock(clock);
    case "fixed":
      return fixedClock(clock, nsOf(policy.startMs));
  }
}

/**
 * A clock in steps, against guests that would learn of others by how long something takes. A sleep ends with the
 * step in which the clock shows that it is over, so that sleeping measures no finer than looking.
 */
export function coarseClock(clock: Clock, stepNs: bigint): Clock {
  const coarse = (ns: bigint) => ns - ns % stepNs;
  return {
    wallNs: () => coarse(clock.wallNs()),
    monotonicNs: () => coarse(clock.monotonicNs()),
    resolutionNs: stepNs > clock.resolutionNs ? stepNs : clock.resolutionNs,
    sleep(ms, signal) {
      if (ms <= 0) return clock.sleep(0, signal);
      const nowNs = clock.monotonicNs();
      const overNs = coarse(coarse(nowNs) + nsOf(ms) + stepNs - 1n);
      return clock.sleep(Math.ceil(Number(overNs - nowNs) / 1e6), signal);
    },
  };
}

/** A clock that stands still but for the guest's own sleeps, which take their time and move it by just that. */
export function frozenClock(clock: Clock): Clock {
  const [wallNs, monotonicNs] = [clock.wallNs(), clock.monotonicNs()];
  let sleptNs = 0n;
  return {
    wallNs: () => wallNs + sleptNs,
    monotonicNs: () => monotonicNs + sleptNs,
    resolutionNs: clock.resolutionNs,
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (!signal.aborted) sleptNs += nsOf(ms);
    },
  };
}

/** The step of {@link fixedClock}. */
const fixedStepNs = 1_000n;

/**
 * A clock that shows the same to each run of a program that does the same: it begins at `startNs`, moves by a
 * microsecond each time it is looked at, and by each sleep at once, however long: nobody waits for it.
 *
 * @param clock lets others have their turn meanwhile
 */
export function fixedClock(clock: Clock, startNs: bigint): Clock {
  let passedNs = 0n;
  const look = () => passedNs += fixedStepNs;
  return {
    wallNs: () => startNs + look(),
    monotonicNs: () => look(),
    resolutionNs: fixedStepNs,
    async sleep(ms, signal) {
      await clock.sleep(0, signal);
      if (!signal.aborted) passedNs += nsOf(ms);
    },
  };
}

/** What {@link parseClockPolicy} takes, for people. */
export const clockPolicyForms = "real, coarse:1ms, frozen, or fixed:2000-01-01T00:00:00Z";

/**
 * Reads `real`, `coarse` (of a millisecond) or `coarse:DURATION`, `frozen`, `fixed` (from the year 2000 on) or
 * `fixed:TIME` (RFC 3339, from 1970 on).
 *
 * @returns undefined where the text is none of these
 */
export function parseClockPolicy(text: string): ClockPolicy | undefined {
  const [kind, rest] = cut(text);
  switch (kind) {
    case "real":
    case "frozen":
      return rest === undefined ? { kind } : undefined;
    case "coarse": {
      const stepMs = parseDuration(rest ?? "1ms");
      return stepMs !== undefined && nsOf(stepMs) > 0n ? { kind, stepMs } : undefined;
    }
    case "fixed": {
      const startMs = parseTime(rest ?? "2000-01-01T00:00:00Z");
      return startMs >= 0 ? { kind, startMs } : undefined;
    }
    default:
      return undefined;
  }
}

/** A policy as {@link parseClockPolicy} reads it. */
export function formatClockPolicy(policy: ClockPolicy): string {
  switch (policy.kind) {
    case "real":
    case "frozen":
      return policy.kind;
    case "coarse":
      // In nanoseconds at the finest, and never with an exponent.
      return `coarse:${policy.stepMs.toFixed(6).replace(/\.?0+$/, "")}ms`;
    case "fixed":
      return `fixed:${new Date(policy.startMs).toISOString()}`;
  }
}

/** Milliseconds since 1970; NaN where the text is no date-time of RFC 3339 §5.6. */
function parseTime(text: string): number {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  return isTime ? Date.parse(text) : Number.NaN;
}

function cut(text: string): [kind: string, rest: string | undefined] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

function nsOf(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}
