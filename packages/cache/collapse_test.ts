import assert from "node:assert/strict";
import fc from "fast-check";
import { advance, depart, type Direction, type Flight, type FlightEvent } from "./collapse.ts";

const limits = { slowMs: 100, handoversMax: 2, waitingMax: 3 };
const all = () => true;

/** A flight that 1 began; events happen one after another, and the last one's directions are told: `follow 2<1`. */
function check(events: readonly FlightEvent[], expected: string, kind?: Flight["kind"]): void {
  let step = depart({ asker: 1, epoch: 0 }, 0);
  for (const event of events) step = advance(step.flight, event, limits);
  assert.equal(step.directions.map(told).join(", "), expected);
  if (kind !== undefined) assert.equal(step.flight.kind, kind);
}

function told(direction: Direction): string {
  const source = direction.kind === "follow" ? `<${direction.source}` : "";
  return `${direction.kind} ${direction.asker}${source}`;
}

const join = (asker: number, epoch = 0): FlightEvent => ({
  kind: "join",
  waiting: { asker, epoch },
  isParted: false,
});
const head = (
  from: number,
  isKept: boolean,
  fits: (one: { asker: number }) => boolean = all,
): FlightEvent => ({
  kind: "head",
  from,
  isKept,
  fits,
});
const end = (from: number, how: "complete" | "failed"): FlightEvent => ({ kind: "end", from, how });

Deno.test("who comes while one fetches waits, and follows when a head comes that is kept", () => {
  check([], "fetch 1", "asking");
  check([join(2)], "");
  check([join(2), join(3), head(1, true)], "follow 2<1, follow 3<1", "streaming");
  check([head(1, true), join(2)], "follow 2<1");
  check([join(2), head(1, true), end(1, "complete")], "", "over");
});

Deno.test("an answer that is not kept releases all at once", () => {
  check([join(2), join(3), head(1, false)], "alone 2, alone 3", "over");
});

Deno.test("whom the answer does not fit begins anew", () => {
  check([join(2), join(3), head(1, true, ({ asker }) => asker !== 2)], "again 2, follow 3<1");
  check([{ kind: "join", waiting: { asker: 2, epoch: 1 }, isParted: true }], "again 2", "asking");
  check([head(1, true), end(1, "complete"), join(2)], "again 2");
});

Deno.test("a fetch that fails is taken over by the next, a bounded number of times", () => {
  check([join(2), join(3), end(1, "failed")], "fetch 2", "asking");
  check([end(1, "failed")], "", "over");
  const failing = [join(2), join(3), join(4), end(1, "failed"), end(2, "failed"), end(3, "failed")];
  check(failing, "fail 4", "over");
});

Deno.test("a fetch that is slow gets another beside it, and the first head is everybody's", () => {
  const slow: FlightEvent = { kind: "look", nowMs: 100, epoch: 0 };
  check([join(2), join(3), { ...slow, nowMs: 99 }], "");
  check([join(2), join(3), slow], "fetch 2");
  check([join(2), join(3), slow, head(2, true)], "follow 3<2", "streaming");
  check([join(2), join(3), slow, head(1, true)], "follow 3<1", "streaming");
  check([join(2), join(3), slow, end(1, "failed")], "", "asking");
  check([slow], "", "asking");
});

Deno.test("what was cut short is over for whoever comes; who follows it hears by its bytes", () => {
  check([join(2), head(1, true), end(1, "failed")], "", "over");
  check([join(2), head(1, true), end(1, "failed"), join(3)], "again 3", "over");
});

Deno.test("however many follow and have gone, a flight is not larger for that", () => {
  let step = advance(depart({ asker: 1, epoch: 0 }, 0).flight, head(1, true), limits);
  const before = JSON.stringify(step.flight);
  for (let asker = 2; asker < 100; asker += 1) {
    step = advance(step.flight, join(asker), limits);
    if (asker % 2 === 0) step = advance(step.flight, { kind: "leave", asker }, limits);
  }
  assert.equal(JSON.stringify(step.flight), before);
});

Deno.test("a fetch ends where nobody wants it, and goes on for those who wait", () => {
  check([{ kind: "leave", asker: 1 }], "cancel 1", "over");
  check([join(2), { kind: "leave", asker: 1 }], "", "asking");
  check([join(2), { kind: "leave", asker: 2 }, { kind: "leave", asker: 1 }], "cancel 1", "over");
  check([join(2), head(1, true), { kind: "leave", asker: 2 }, end(1, "failed")], "", "over");
});

Deno.test("more than may wait fetch for themselves", () => {
  check([join(2), join(3), join(4), join(5)], "alone 5");
});

Deno.test("whatever happens, everybody is told once where to go, and at the end nobody waits", () => {
  const kind = fc.constantFrom("join", "kept", "refused", "complete", "failed", "look", "leave");
  fc.assert(
    fc.property(fc.array(fc.tuple(kind, fc.nat(5)), { maxLength: 30 }), (steps) => {
      const last = new Map<number, string>();
      const gone = new Set<number>();
      let [asker, nowMs] = [1, 0];
      let step = depart({ asker, epoch: 0 }, 0);
      const take = (next: typeof step) => {
        step = next;
        for (const { kind, asker } of next.directions) {
          const before = last.get(asker);
          // Whoever fetches may hear that nobody wants it; nothing else is ever taken back.
          const isAfter = before === undefined || before === "waits" || kind === "cancel";
          assert.ok(isAfter, `${asker} was told ${before}, then ${kind}`);
          last.set(asker, kind);
        }
      };
      take(step);
      for (const [kind, pick] of steps) {
        nowMs += 50;
        const { flight } = step;
        const fetchers = flight.kind === "asking"
          ? flight.fetching
          : flight.kind === "streaming"
          ? [flight.source]
          : [];
        const from = fetchers[pick % Math.max(1, fetchers.length)];
        if (kind === "join") {
          asker += 1;
          last.set(asker, "waits");
          take(advance(flight, join(asker), limits));
        } else if (kind === "look") take(advance(flight, { kind, nowMs, epoch: 0 }, limits));
        else if (kind === "leave") {
          const who = 1 + pick % asker;
          gone.add(who);
          take(advance(flight, { kind, asker: who }, limits));
        } else if (from !== undefined) {
          const event = kind === "kept" || kind === "refused"
            ? head(from, kind === "kept")
            : end(from, kind as "failed");
          if (event.kind === "end" && kind === "complete" && flight.kind === "asking") continue;
          take(advance(flight, event, limits));
        }
      }
      for (let rounds = 0; step.flight.kind !== "over"; rounds += 1) {
        assert.ok(rounds < 20, "it comes to an end");
        const { flight } = step;
        const from = flight.kind === "streaming" ? flight.source : flight.fetching[0] ?? 0;
        take(advance(flight, end(from, "failed"), limits));
      }
      for (const [who, kind] of last) assert.ok(kind !== "waits" || gone.has(who), `${who} waits`);
    }),
    { numRuns: 3000 },
  );
});
