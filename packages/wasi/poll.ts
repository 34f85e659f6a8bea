/** `poll_oneoff`: waiting for clocks and streams. Files, and output, are always ready. */

import type { Clock } from "@skerry/base";
import { checkRight } from "./arguments.ts";
import { waitingCall, type WasiGuest } from "./call.ts";
import { readClock } from "./calls_clock.ts";
import type { Descriptor } from "./descriptor.ts";
import { ErrnoError, errnoOf, fail } from "./errno.ts";
import {
  clockIds,
  eventRecord,
  type EventReport,
  eventTypes,
  readSubscription,
  recordBytes,
  type Subscription,
} from "./layout.ts";
import { rights } from "./rights.ts";

/** Timers of JavaScript hold no more. A longer sleep is taken in pieces. */
const sleepMsMax = 2 ** 31 - 1;

/** What a subscription waits for: a report once it is there, and a promise that settles when it may be. */
interface Watch {
  readonly subscription: Subscription;
  report(): EventReport | undefined;
  /** Called when nothing is ready; the signal says that something else was. */
  wait(signal: AbortSignal): Promise<void>;
}

export const pollOneoff = waitingCall(
  ["i32", "i32", "i32", "i32"],
  (guest, subscriptions, events, count, result) => {
    const { memory, state } = guest;
    memory.check(result, 4);
    // "If `nsubscriptions` is 0, returns `errno::inval`" (wasi_snapshot_preview1.witx).
    if (count === 0 || count >>> 0 > state.limits.subscriptionsMax) return fail("EINVAL");
    memory.check(subscriptions, count * recordBytes.subscription);
    memory.check(events, count * recordBytes.event);
    const watches = Array.from({ length: count }, (_, index) => {
      const at = (subscriptions >>> 0) + index * recordBytes.subscription;
      return watch(guest, readSubscription(memory, at));
    });
    const write = () => writeEvents(guest, watches, events, result);
    if (!write()) return waitForAny(guest, watches, write);
  },
);

/** Writes an event for each subscription that is ready; tells whether there was one. */
function writeEvents(
  { memory }: WasiGuest,
  watches: readonly Watch[],
  events: number,
  result: number,
): boolean {
  let written = 0;
  for (const { subscription, report } of watches) {
    const ready = report();
    if (ready === undefined) continue;
    memory.write((events >>> 0) + written * recordBytes.event, eventRecord(subscription, ready));
    written += 1;
  }
  memory.writeU32(result, written);
  return written > 0;
}

async function waitForAny(
  { signal }: WasiGuest,
  watches: readonly Watch[],
  ready: () => boolean,
): Promise<void> {
  while (!signal.aborted) {
    const settled = new AbortController();
    const either = AbortSignal.any([signal, settled.signal]);
    await Promise.race(watches.map((one) => one.wait(either)));
    settled.abort();
    if (ready()) return;
  }
}

function watch(guest: WasiGuest, subscription: Subscription): Watch {
  switch (subscription.type) {
    case eventTypes.clock:
      return watchClock(guest.state.clock, subscription);
    case eventTypes.fdRead:
    case eventTypes.fdWrite:
      return watchDescriptor(guest, subscription);
    default:
      return fail("EINVAL");
  }
}

function watchClock(clock: Clock, subscription: Subscription): Watch {
  const { target, timeoutNs, flags } = subscription;
  if (flags > 1 || (target !== clockIds.realtime && target !== clockIds.monotonic)) fail("EINVAL");
  const absolute = flags === 1;
  // A duration is the same on either clock, but only one of them is never set.
  const id = absolute ? target : clockIds.monotonic;
  const deadline = absolute ? timeoutNs : clock.monotonicNs() + timeoutNs;
  return {
    subscription,
    report: () => readClock(clock, id) >= deadline ? okay(0n) : undefined,
    wait(signal) {
      const leftNs = deadline - readClock(clock, id);
      const ms = Math.min(sleepMsMax, Math.max(0, Math.ceil(Number(leftNs) / 1e6)));
      return clock.sleep(ms, signal);
    },
  };
}

/** A descriptor that cannot be watched is an event that carries the error, as poll(2)'s POLLNVAL is. */
function watchDescriptor(guest: WasiGuest, subscription: Subscription): Watch {
  const watched = find(guest, subscription);
  if (typeof watched === "number") {
    const report = { errno: watched, bytes: 0n, state: "open" } as const;
    return { subscription, report: () => report, wait: () => Promise.resolve() };
  }
  if (subscription.type === eventTypes.fdWrite) {
    return { subscription, report: () => okay(1n), wait: () => Promise.resolve() };
  }
  if (watched.kind === "file") {
    const left = Number(watched.file.stat().bytes) - watched.position;
    const report = atEnd(BigInt(Math.max(0, left)));
    return { subscription, report: () => report, wait: () => Promise.resolve() };
  }
  if (watched.kind !== "input") return fail("EBADF");
  const { stream } = watched;
  return {
    subscription,
    report() {
      stream.prepare();
      return stream.available === undefined ? undefined : atEnd(BigInt(stream.available));
    },
    wait: (signal) => stream.ready(signal),
  };
}

/** The descriptor that a subscription watches, or the error that there is instead. */
function find({ state }: WasiGuest, { type, target }: Subscription): Descriptor | number {
  try {
    const descriptor = state.descriptors.get(target);
    const reads = type === eventTypes.fdRead;
    if (descriptor.kind === "directory") fail("EBADF");
    if (descriptor.kind === (reads ? "output" : "input")) fail("EBADF");
    checkRight(descriptor, rights.pollFdReadwrite | (reads ? rights.fdRead : rights.fdWrite));
    return descriptor;
  } catch (error) {
    if (error instanceof ErrnoError) return errnoOf(error.errno);
    throw error;
  }
}

function okay(bytes: bigint): EventReport {
  return { errno: 0, bytes, state: "open" };
}

function atEnd(bytes: bigint): EventReport {
  return { errno: 0, bytes, state: bytes === 0n ? "hangup" : "open" };
}
