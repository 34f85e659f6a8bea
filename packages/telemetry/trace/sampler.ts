/** Which requests are traced, decided by their trace's id alone, so that all who are asked decide the same. */

import type { Tracer } from "@skerry/edge";
import { type TraceParent, traceParentOf } from "@skerry/http";

/** How to decide: plain values, for processes to send. */
export interface SamplerSettings {
  /** The share of traces that are recorded, from 0 to 1. */
  readonly share: number;
  /** Whether a caller's decision, where there is one, is ours too. */
  readonly followsParent: boolean;
}

/** Decides for each request. A trace that begins here has its request's id, which the log tells too. */
export function tracerOf({ share, followsParent }: SamplerSettings): Tracer {
  const decide = (parent: TraceParent | undefined, traceId: string) =>
    parent !== undefined && followsParent ? parent.isSampled : partOf(traceId) < share;
  return ({ fields }, id) => {
    const parent = traceParentOf(fields);
    const traceId = parent?.traceId ?? id;
    const isSampled = decide(parent, traceId);
    // Nobody is told of a span that is not recorded where there is one already.
    if (!isSampled && parent !== undefined) return undefined;
    return { traceId, spanId: id.slice(16), parentSpanId: parent?.spanId, isSampled };
  };
}

/** A number from 0 to 1 from a trace's random digits, which are its last (Trace Context level 2, §3.2.2.3). */
function partOf(traceId: string): number {
  return parseInt(traceId.slice(-13), 16) / 2 ** 52;
}
