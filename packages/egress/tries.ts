/** A request to a backend with all its attempts: the same request, as often as that can do no harm. */

import { type Clock, err, ok, type RandomSource, type Result } from "@skerry/base";
import { type Answer, Attempt } from "./attempt.ts";
import type { Circuit } from "./circuit.ts";
import type { NetworkFailure } from "./failure.ts";
import type { EgressLimits } from "./limits.ts";
import type { OutgoingRequest } from "./network.ts";
import { type BackendRequest, bodyOf } from "./outgoing.ts";
import type { Pools } from "./pools.ts";
import { mayRetry, type RetryBudget, retryWaitMs } from "./retry.ts";
import type { BackendPlan } from "./settings.ts";
import { nowMs, type Watches } from "./watch.ts";

/** What attempts are made with. */
export interface TryParts {
  readonly plan: BackendPlan;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly limits: EgressLimits;
  readonly watches: Watches;
  readonly pools: Pools;
  readonly circuit: Circuit;
  readonly budget: RetryBudget;
  /** What a body that breaks off throws. */
  readonly broken: (failure: NetworkFailure) => Error;
}

/** An answer, and when nothing of it is under way any more. */
export interface Tried {
  readonly answer: Answer;
  readonly over: Promise<unknown>;
}

/** Makes one attempt after another, until one is answered or no other may be made. */
export async function tryRequest(
  parts: TryParts,
  ready: Omit<OutgoingRequest, "body">,
  request: BackendRequest,
  signal: AbortSignal,
): Promise<Result<Tried, NetworkFailure>> {
  const { clock, plan, limits, random, circuit, budget } = parts;
  const totalAtMs = nowMs(clock) + limits.totalMsMax;
  for (let number = 1;; number += 1) {
    const { attempt, over } = beginAttempt(parts, ready, request, totalAtMs, signal);
    const answer = await attempt.answer;
    if (answer.ok) {
      circuit.answered();
      void over.then((failure) => failure && circuit.failed(failure));
      return ok({ answer: answer.value, over: answer.value.tunnel?.closed ?? over });
    }
    const failure = answer.error;
    circuit.failed(failure);
    const { wasStarted, wasBodyRead, wasInformed } = attempt;
    const { method } = ready;
    const mayTryAgain = number <= plan.retriesMax && circuit.kind === "closed" &&
      mayRetry({ method, failure, wasStarted, wasBodyRead, wasInformed }) && budget.take();
    if (!mayTryAgain) return err(failure);
    await clock.sleep(retryWaitMs(number, limits, random), signal);
    if (signal.aborted) return err(failure);
  }
}

/** One attempt, and how it ends. */
export function beginAttempt(
  { plan, limits, watches, pools, broken }: Omit<TryParts, "random" | "circuit" | "budget">,
  ready: Omit<OutgoingRequest, "body">,
  { body, inform }: Pick<BackendRequest, "body" | "inform">,
  totalAtMs: number,
  signal: AbortSignal,
): { readonly attempt: Attempt; readonly over: Promise<NetworkFailure | undefined> } {
  const { promise: over, resolve: onOver } = Promise.withResolvers<NetworkFailure | undefined>();
  const attempt = new Attempt({
    pool: pools.for(ready),
    request: ready,
    body: body && bodyOf(body),
    ...{ plan, limits, watches, totalAtMs, signal, inform, broken, onOver },
  });
  return { attempt, over };
}
