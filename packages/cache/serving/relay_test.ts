import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { HandClock, settled } from "../testing/hand_clock.ts";
import { segmentBytes } from "../body.ts";
import { FillBudget, TenantBudgets } from "./fill_budget.ts";
import { Relay, relayLimits } from "./relay.ts";

const piece = new Uint8Array(relayLimits.pieceBytesMax).fill(7);

/** An origin that counts what is taken of it. */
class CountedOrigin {
  taken = 0;

  async *pieces(count: number): AsyncGenerator<Uint8Array> {
    for (; this.taken < count; this.taken += 1) yield piece;
  }
}

/** One who reads as many pieces as it is told. */
function readerOf(relay: Relay) {
  const iterator = relay.reader()[Symbol.asyncIterator]();
  const found = { bytes: 0, isDone: false };
  return {
    found,
    async read(count: number): Promise<void> {
      for (let read = 0; read < count && !found.isDone; read += 1) {
        const { done, value } = await iterator.next();
        if (done === true) found.isDone = true;
        else found.bytes += value.length;
      }
    },
  };
}

async function settle(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await settled();
}

Deno.test("an origin is read as fast as the fastest reader takes it, and a little ahead", async () => {
  const [relay, origin] = [
    new Relay({ keptBytesMax: 1e9, clock: new HandClock() }),
    new CountedOrigin(),
  ];
  const [fast, slow] = [readerOf(relay), readerOf(relay)];
  const filling = relay.fill(origin.pieces(100), () => {});
  await settle();
  const ahead = relayLimits.aheadBytesMax / piece.length;
  ok(origin.taken >= ahead && origin.taken <= ahead + 2, String(origin.taken));
  await fast.read(50);
  await settle();
  // The last piece counts as taken once the next one is asked for.
  ok(origin.taken >= 49 + ahead && origin.taken <= 50 + ahead + 2, String(origin.taken));
  const reading = fast.read(Infinity);
  equal((await filling).kind, "whole");
  await reading;
  await slow.read(Infinity);
  deepEqual([fast.found.bytes, slow.found.bytes], [100 * piece.length, 100 * piece.length]);
});

Deno.test("what nobody reads is fetched to be kept", async () => {
  const [relay, origin] = [
    new Relay({ keptBytesMax: 1e9, clock: new HandClock() }),
    new CountedOrigin(),
  ];
  const end = await relay.fill(origin.pieces(50), () => {});
  ok(end.kind === "whole" && end.body.bytes === 50 * piece.length);
});

Deno.test("a body that is too large to be kept passes through a bounded memory, whole", async () => {
  const clock = new HandClock();
  const [relay, origin] = [new Relay({ keptBytesMax: segmentBytes, clock }), new CountedOrigin()];
  const [one, other] = [readerOf(relay), readerOf(relay)];
  let outgrown = 0;
  const filling = relay.fill(origin.pieces(200), () => outgrown += 1);
  await Promise.all([one.read(Infinity), other.read(Infinity)]);
  equal((await filling).kind, "outgrown");
  equal(outgrown, 1);
  deepEqual([one.found.bytes, other.found.bytes], [200 * piece.length, 200 * piece.length]);
});

Deno.test("who holds others up that read what is not kept is left behind after a while", async () => {
  const clock = new HandClock();
  const [relay, origin] = [new Relay({ keptBytesMax: segmentBytes, clock }), new CountedOrigin()];
  const [fast, slow] = [readerOf(relay), readerOf(relay)];
  const filling = relay.fill(origin.pieces(100), () => {});
  await slow.read(1);
  const reading = fast.read(Infinity);
  await settle();
  // It waits for the slow one: no more than the bound is in memory.
  ok(origin.taken < 20, String(origin.taken));
  clock.pass(relayLimits.heldUpMsMax);
  await reading;
  equal((await filling).kind, "outgrown");
  equal(fast.found.bytes, 100 * piece.length);
  await rejects(slow.read(Infinity), /given up/);
});

Deno.test("what is too large to be kept is not read on where nobody wants it", async () => {
  const [relay, origin] = [
    new Relay({ keptBytesMax: segmentBytes, clock: new HandClock() }),
    new CountedOrigin(),
  ];
  const reader = relay.reader();
  reader.close();
  equal((await relay.fill(origin.pieces(1_000), () => {})).kind, "cut off");
  ok(origin.taken < 20, String(origin.taken));
});

Deno.test("bodies that have no share of the memory for all are passed on and not kept, and give back what they had", async () => {
  const budget = new FillBudget(10 * piece.length);
  const parts = { keptBytesMax: 1e9, clock: new HandClock(), budget };
  const origin = new CountedOrigin();
  const relay = new Relay(parts);
  const reader = readerOf(relay);
  let outgrown = 0;
  const filling = relay.fill(origin.pieces(100), () => outgrown += 1);
  await reader.read(10);
  await settle();
  ok(budget.taken > 0 && budget.taken <= 10 * piece.length, String(budget.taken));
  await reader.read(Infinity);
  equal((await filling).kind, "outgrown");
  relay.settle();
  deepEqual([outgrown, reader.found.bytes, budget.taken], [1, 100 * piece.length, 0]);
  const next = new Relay(parts);
  const { kind } = await next.fill(new CountedOrigin().pieces(15), () => {});
  next.settle();
  deepEqual([kind, budget.taken], ["whole", 0]);
});

Deno.test("what is whole has its share of the memory as long as somebody reads it, or may begin to", async () => {
  const budget = new FillBudget(100 * piece.length);
  const relay = new Relay({ keptBytesMax: 1e9, clock: new HandClock(), budget });
  const [fast, slow] = [readerOf(relay), relay.reader()];
  const filling = relay.fill(new CountedOrigin().pieces(50), () => {});
  await Promise.all([fast.read(Infinity), filling]);
  slow.close();
  ok(budget.taken > 0);
  const late = relay.reader();
  relay.settle();
  ok(budget.taken > 0);
  late.close();
  equal(budget.taken, 0);
});

Deno.test("one tenant's bodies have half of the memory, and leave the rest to others", () => {
  const budgets = new TenantBudgets(100);
  equal(budgets.of("one").take(51), false);
  equal(budgets.of("one").take(50), true);
  equal(budgets.of("one").take(1), false);
  equal(budgets.of("two").take(50), true);
  equal(budgets.of("three").take(1), false);
  budgets.of("one").give(50);
  deepEqual([budgets.of("three").take(50), budgets.whole.taken], [true, 100]);
});

Deno.test("who waits for a part that is still to come has nobody left behind who reads the rest", async () => {
  const clock = new HandClock();
  const relay = new Relay({ keptBytesMax: segmentBytes, clock });
  const parked = relay.reader(() => {}, { first: 90 * piece.length, last: 91 * piece.length });
  const [reader, stuck] = [readerOf(relay), relay.reader()];
  const later = parked[Symbol.asyncIterator]().next();
  const filling = relay.fill(new CountedOrigin().pieces(100), () => {});
  // Some bytes beyond the place up to which one who is stuck holds them up.
  await reader.read(11);
  await settle();
  clock.pass(relayLimits.heldUpMsMax);
  await settle();
  await reader.read(Infinity);
  equal((await filling).kind, "outgrown");
  equal(reader.found.bytes, 100 * piece.length);
  equal((await later).done, false);
  stuck.close();
});
