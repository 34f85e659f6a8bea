import { deepEqual, equal } from "node:assert/strict";
import type { Field } from "@skerry/http";
import type { Explanation } from "./explanation.ts";
import { Counter, owner } from "./testing/counter.ts";
import { settled } from "./testing/hand_clock.ts";

const fields: Field[] = [
  ["cache-control", "max-age=60, stale-while-revalidate=30"],
  ["vary", "accept-language"],
  ["surrogate-key", "a b"],
];

/** A counter that keeps a response for those who ask for German. */
async function keeping(): Promise<Counter> {
  const counter = new Counter();
  await counter.ask("/a", [["accept-language", "de"]]);
  counter.last.head({ fields }, "kept");
  await settled();
  return counter;
}

function explained(counter: Counter, language = "de", method = "GET"): Explanation {
  const fields: Field[] = [["accept-language", language]];
  const asked = {
    method,
    scheme: "http",
    host: "h",
    path: "/a",
    query: undefined,
    fields,
  } as const;
  const { settings, clock, cache } = counter;
  return cache.explain({ owner, request: asked, settings }, clock.ms);
}

Deno.test("what is kept is explained with its age and until when, and nothing is changed by that", async () => {
  const counter = await keeping();
  counter.clock.pass(20_000);
  deepEqual(explained(counter), {
    ...{ resource: "http://h/a", decision: "hit", why: "fresh", ttlMs: 40_000 },
    variants: [{
      ...{ status: 200, state: "fresh", isAsked: true, vary: ["accept-language"], ageMs: 20_000 },
      ...{ ttlMs: 40_000, staleWhileRevalidateMs: 30_000, staleIfErrorMs: 0, bytes: 4 },
      surrogateKeys: ["a", "b"],
    }],
  });
  equal(counter.fetches.length, 1);
});

Deno.test("why a request goes forward is told, beside what is kept for others", async () => {
  const counter = await keeping();
  const told = (explanation: Explanation) => {
    const { decision, why, variants: [variant] } = explanation;
    return `${decision} ${why} ${variant?.state} ${variant?.isAsked}`;
  };
  equal(told(explained(counter, "fr")), "miss vary-miss fresh false");
  equal(told(explained(counter, "de", "POST")), "pass method fresh true");
  counter.clock.pass(70_000);
  equal(told(explained(counter)), "stale stale-while-revalidate stale true");
  counter.clock.pass(50_000);
  equal(told(explained(counter)), "revalidate stale stale true");
  counter.purge("/a");
  equal(told(explained(counter)), "miss uri-miss purged true");
});

Deno.test("it is told for how long nobody waits, since the last answer could not be kept", async () => {
  const counter = new Counter();
  await counter.ask("/a");
  counter.last.head({ fields: [["cache-control", "private"]] }, "1");
  await settled();
  counter.clock.pass(20_000);
  equal(explained(counter).hitForMissMs, 100_000);
});
