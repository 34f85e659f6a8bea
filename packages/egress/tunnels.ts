/** Two tunnels joined to one, both ways, until both ways have ended or nothing has moved for too long. */

import type { Clock } from "@skerry/base";
import type { Tunnel } from "@skerry/http";
import { nowMs } from "./watch.ts";

const pieceBytesMax = 64 * 1024;

/** Passes bytes both ways. Resolves, never rejects, when both tunnels are closed. */
export async function joinTunnels(
  left: Tunnel,
  right: Tunnel,
  clock: Clock,
  idleMsMax: number,
  signal: AbortSignal,
): Promise<void> {
  let movedAtMs = nowMs(clock);
  const moved = () => movedAtMs = nowMs(clock);
  const over = new AbortController();
  const end = () => {
    over.abort();
    left.close();
    right.close();
  };
  if (signal.aborted) return end();
  signal.addEventListener("abort", end, { once: true });
  void watchIdle(() => movedAtMs, clock, idleMsMax, over.signal, end);
  try {
    await Promise.all([pass(left, right, moved), pass(right, left, moved)]);
  } catch {
    // One of them broke: nothing can be told to the other but its end.
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

async function pass(from: Tunnel, to: Tunnel, moved: () => void): Promise<void> {
  for (;;) {
    const piece = await from.source.read(pieceBytesMax);
    moved();
    if (piece.length === 0) return await to.closeWrite();
    await to.sink.write(piece);
    moved();
  }
}

async function watchIdle(
  movedAtMs: () => number,
  clock: Clock,
  idleMsMax: number,
  over: AbortSignal,
  end: () => void,
): Promise<void> {
  while (!over.aborted) {
    const leftMs = movedAtMs() + idleMsMax - nowMs(clock);
    if (leftMs <= 0) return end();
    await clock.sleep(leftMs, over);
  }
}
