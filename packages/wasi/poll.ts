/** `poll_oneoff`: waiting for clocks, streams and sockets. Files, and output, are always ready. */

import type { Clock } from "@skerry/base";
import { afterTurn } from "./after_turn.ts";
import { andThen } from "./and_then.ts";
import { checkRight } from "./arguments.ts";
import { waitingCall, type WasiGuest } from "./call.ts";
import { readClock } from "./calls_clock.ts";
import type { ConnectionDescriptor, Descriptor, ListenerDescriptor } from "./descriptor.ts";
import { ErrnoError, errnoOf, fail } from "./errno.ts";
import type { InputStream } from "./input_stream.ts";
import {
  type ArgumentLayout,
  clockIds,
  eventRecord,
  type EventReport,
  eventTypes,
  recordBytes,
  type Subscription,
} from "./layout.ts";
import { entriesPerTurn, streamChunkBytesMax } from "./limits.ts";
import { rights } from "./rights.ts";

/** Timers of JavaScript hold no more. A longer sleep is taken in pieces. */
const sleepMsMax = 2 ** 31 - 1;

/** Something that tells when it is ready. */
interface Source {
  ready(signal: AbortSignal): Promise<void>;
}

/** What a subscription waits for, and its report once that is there. */
interface Watch {
  readonly subscription: Subscription;
  /** What wakes the guest, by time or by itself; neither where it is ready from the start. */
  readonly leftMs?: () => number;
  readonly source?: Source;
  report(): EventReport | undefined;
}

/** `poll_oneoff` with the layout of a snapshot. */
export const pollOneoff = (layout: ArgumentLayout<Subscription>) =>
  waitingCall(
    ["i32", "i32", "i32", "i32"],
    (guest, subscriptions, events, count, result) => {
      const { memory, state } = guest;
      memory.check(result, 4);
      // "If `nsubscriptions` is 0, returns `errno::inval`" (wasi_snapshot_preview1.witx).
      if (count === 0 || count >>> 0 > state.limits.subscriptionsMax) return fail("EINVAL");
      memory.check(subscriptions, count * layout.bytes);
      memory.check(events, count * recordBytes.event);
      const watches: Watch[] = [];
      const list = { layout, at: subscriptions >>> 0, count };
      return andThen(addWatches(guest, list, watches), () => {
        const write = () => writeEvents(guest, watches, events, result);
        const wait = () =>
          guest.signal.aborted || write() ? undefined : waitForAny(guest, watches, write);
        // What is asked whether there is anything, and not waited for, is given the time to say so.
        return onlyTimeIsUp(watches) ? afterTurn(guest, wait) : wait();
      });
    },
  );

/** Subscriptions in guest memory. */
interface SubscriptionList {
  readonly layout: ArgumentLayout<Subscription>;
  readonly at: number;
  readonly count: number;
}

/** Looks at each subscription. That of a file may ask the host, so others have their turn now and then. */
function addWatches(
  guest: WasiGuest,
  list: SubscriptionList,
  watches: Watch[],
): void | Promise<void> {
  const { layout, at, count } = list;
  const first = watches.length;
  for (let index = first; index < count; index += 1) {
    const isTurn = index > first && index % entriesPerTurn === 0;
    const turn = isTurn ? guest.turn() : undefined;
    if (turn !== undefined) {
      return turn.then(() => addWatches(guest, list, watches));
    }
    const subscription = layout.read(guest.memory, at + index * layout.bytes);
    watches.push(watch(guest, subscription));
  }
}

/** Whether the poll would end because of its clocks alone, while there is something else that it asks for. */
function onlyTimeIsUp(watches: readonly Watch[]): boolean {
  const isReady = (one: Watch) => one.report() !== undefined;
  return watches.some(({ source }) => source !== undefined) &&
    watches.some((one) => one.leftMs !== undefined && isReady(one)) &&
    !watches.some((one) => one.leftMs === undefined && isReady(one));
}

/** Writes an event for each subscription that is ready; tells whether there was one. */
function writeEvents(
  { memory }: WasiGuest,
  watches: readonly Watch[],
  events: number,
  result: number,
): boolean {
  let written = 0;
  for (const one of watches) {
    const ready = one.report();
    if (ready === undefined) continue;
    const record = eventRecord(one.subscription, ready);
    memory.write((events >>> 0) + written * recordBytes.event, record);
    written += 1;
  }
  memory.writeU32(result, written);
  return written > 0;
}

/** Waits with one timer for all clocks, and once for each stream or socket, however many subscriptions there are. */
async function waitForAny(
  { signal, state }: WasiGuest,
  watches: readonly Watch[],
  ready: () => boolean,
): Promise<void> {
  while (!signal.aborted) {
    const settled = new AbortController();
    const either = AbortSignal.any([signal, settled.signal]);
    const sources = new Set<Source>();
    let leftMs = Infinity;
    for (const one of watches) {
      if (one.source !== undefined) sources.add(one.source);
      if (one.leftMs !== undefined) leftMs = Math.min(leftMs, one.leftMs());
    }
    const waits = Array.from(sources, (source) => source.ready(either));
    if (leftMs < Infinity) waits.push(state.clock.sleep(Math.min(leftMs, sleepMsMax), either));
    await Promise.race(waits);
    settled.abort();
    // A guest that was ended while it waited is not touched again.
    if (signal.aborted || ready()) return;
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
    leftMs: () => Math.max(0, Math.ceil(Number(deadline - readClock(clock, id)) / 1e6)),
  };
}

/** A descriptor that cannot be watched is an event that carries the error, as poll(2)'s POLLNVAL is. */
function watchDescriptor(guest: WasiGuest, subscription: Subscription): Watch {
  const watched = find(guest, subscription);
  if (typeof watched === "number") {
    const report = { errno: watched, bytes: 0n, state: "open" } as const;
    return { subscription, report: () => report };
  }
  const reads = subscription.type === eventTypes.fdRead;
  switch (watched.kind) {
    case "input":
      return { subscription, ...watchStream(watched.stream) };
    case "connection":
      return { subscription, ...(reads ? watchStream(watched.stream) : watchOutput(watched)) };
    case "listener":
      return { subscription, ...watchListener(watched) };
    case "output":
      return { subscription, report: () => okay(1n) };
    case "file": {
      const left = Number(watched.file.stat().bytes) - watched.position;
      const report = reads ? atEnd(BigInt(Math.max(0, left))) : okay(1n);
      return { subscription, report: () => report };
    }
    case "directory":
      return fail("EBADF");
  }
}

type Watched = Omit<Watch, "subscription">;

function watchStream(stream: InputStream): Watched {
  return {
    report() {
      stream.prepare();
      return stream.available === undefined ? undefined : atEnd(BigInt(stream.available));
    },
    source: stream,
  };
}

function watchListener({ acceptor }: ListenerDescriptor): Watched {
  return {
    report() {
      acceptor.prepare();
      return acceptor.isReady ? okay(1n) : undefined;
    },
    source: acceptor,
  };
}

function watchOutput({ output }: ConnectionDescriptor): Watched {
  return {
    report() {
      if (!output.isReady) return undefined;
      return output.isOver ? atEnd(0n) : okay(BigInt(streamChunkBytesMax));
    },
    source: output,
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
