/** What a poll's subscriptions wait for: clocks, streams and sockets. Files, and output, are always ready. */

import { type Clock, ErrnoError, errnoOf, fail } from "@skerry/base";
import { checkRight } from "./arguments.ts";
import type { WasiGuest } from "./call.ts";
import { readClock } from "./calls_clock.ts";
import type { ConnectionDescriptor, Descriptor, ListenerDescriptor } from "./descriptor.ts";
import type { InputStream } from "./input_stream.ts";
import { clockIds, type EventReport, eventTypes, type Subscription } from "./layout.ts";
import { streamChunkBytesMax } from "./limits.ts";
import { rights } from "./rights.ts";

/** Something that tells when it is ready. */
export interface Source {
  ready(signal: AbortSignal): Promise<void>;
}

/** What a subscription waits for, and its report once that is there. */
export interface Watch {
  readonly subscription: Subscription;
  /** What wakes the guest, by time or by itself; neither where it is ready from the start. */
  readonly leftMs?: () => number;
  readonly source?: Source;
  report(): EventReport | undefined;
}

/** What a subscription waits for (EINVAL where it is none that there is). */
export function watch(guest: WasiGuest, subscription: Subscription): Watch {
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
