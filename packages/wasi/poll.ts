/** `poll_oneoff`: waiting for the first of many things, and telling of all that are ready (watch.ts). */

import { andThen, fail } from "@skerry/base";
import { afterTurn } from "./after_turn.ts";
import { waitingCall, type WasiGuest } from "./call.ts";
import { type ArgumentLayout, eventRecord, recordBytes, type Subscription } from "./layout.ts";
import { entriesPerTurn } from "./limits.ts";
import { type Source, type Watch, watch } from "./watch.ts";

/** Timers of JavaScript hold no more. A longer sleep is taken in pieces. */
const sleepMsMax = 2 ** 31 - 1;

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
