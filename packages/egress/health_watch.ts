/** Asks a backend every now and then how it is. */

import { anySignal } from "./any_signal.ts";
import { type Health, healthyAtFirst, nextHealth } from "./health.ts";
import { outgoing } from "./outgoing.ts";
import type { HealthPlan } from "./settings.ts";
import { beginAttempt, type TryParts } from "./tries.ts";
import { nowMs } from "./watch.ts";

/** What it asks with. */
export type HealthParts = Omit<TryParts, "random" | "circuit" | "budget">;

/** What is thought of a backend; always well where it names no health request. */
export class HealthWatch {
  #health: Health = healthyAtFirst;

  /** @param signal ends it */
  constructor(parts: HealthParts, signal: AbortSignal) {
    const { health } = parts.plan;
    if (health !== undefined) void this.#watch(health, parts, signal);
  }

  get isHealthy(): boolean {
    return this.#health.isHealthy;
  }

  async #watch(
    health: HealthPlan,
    parts: HealthParts,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const isGood = await isAnswering(health, parts, signal);
      this.#health = nextHealth(this.#health, isGood, parts.limits.healthTurns);
      await parts.clock.sleep(health.everyMs, signal);
    }
  }
}

async function isAnswering(
  { path, status }: HealthPlan,
  parts: HealthParts,
  ended: AbortSignal,
): Promise<boolean> {
  const request = { method: "GET", target: path, fields: [], body: undefined };
  const ready = outgoing(request, parts.plan.host);
  if (!ready.ok) return false;
  const leaving = new AbortController();
  const { signal, release } = anySignal(leaving.signal, ended);
  const totalAtMs = nowMs(parts.clock) + parts.plan.connectMsMax + parts.plan.firstByteMsMax;
  const answer = await beginAttempt(parts, ready.value, request, totalAtMs, signal).attempt.answer;
  // Its body is of no interest.
  leaving.abort();
  release();
  if (!answer.ok) return false;
  const { status: found } = answer.value;
  return status === undefined ? found >= 200 && found < 300 : found === status;
}
