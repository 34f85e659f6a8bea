import assert from "node:assert/strict";
import {
  array,
  assert as assertProperty,
  constantFrom,
  double,
  integer,
  nat,
  property,
  record,
} from "fast-check";
import type { RequestEvent } from "@skerry/edge";
import { classCount, outcomes, requestPlace } from "./layout.ts";
import { type Delta, Metrics } from "./metrics.ts";
import type { TelemetrySnapshot } from "./snapshot.ts";
import { tenantView } from "./snapshot.ts";
import { requestEvent } from "./testing/events.ts";
import { Totals } from "./totals.ts";

const node = { timeMs: 0, version: "0", cells: [] };

/** A service's part of what was counted. */
function serviceOf({ services }: TelemetrySnapshot, name: string) {
  const found = services.find((service) => service.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

/** What several threads' counts come to, sent as JSON. */
function collect(totals: Totals, ...threads: Metrics[]): void {
  for (const metrics of threads) {
    const delta = metrics.takeDelta();
    if (delta !== undefined) totals.add(0, JSON.parse(JSON.stringify(delta)) as Delta, 0);
  }
}

Deno.test("purges are counted by their service and kind, with their times", () => {
  const totals = new Totals();
  totals.purged({ name: "shop/api" }, "hard", 0.03);
  totals.purged({ name: "shop/api" }, "soft", 2);
  const { purges: { hard, soft, times } } = serviceOf(totals.snapshot(node), "shop/api");
  assert.deepEqual([hard, soft, times.sumMs], [1, 1, 2.03]);
  assert.deepEqual([times.counts[0], times.counts[6]], [1, 1]);
});

Deno.test("every outcome and class has a place of its own", () => {
  const places = outcomes.flatMap((outcome) =>
    [100, 204, 302, 499, 503].map((status) => requestPlace(outcome, status))
  );
  assert.deepEqual(places, Array.from({ length: outcomes.length * classCount }, (_, at) => at));
  assert.equal(requestPlace("returned", 0), 0);
  assert.equal(requestPlace("returned", 999), classCount - 1);
});

Deno.test("the sums of all threads are those of their events, however often they are asked", () => {
  const event = record({
    service: constantFrom("a/one", "a/two", "b/one", undefined),
    outcome: constantFrom(...outcomes),
    status: integer({ min: 100, max: 599 }),
    requestBytes: nat(),
    responseBytes: nat(),
    totalMs: double({ min: 0, max: 60_000, noNaN: true }),
    hostCalls: nat(1000),
  }).map(requestEvent);
  assertProperty(property(array(array(event)), (batches) => {
    const threads = [new Metrics(), new Metrics()] as const;
    const totals = new Totals();
    for (const batch of batches) {
      for (const [index, event] of batch.entries()) threads[index % 2 === 0 ? 0 : 1].take(event);
      collect(totals, ...threads);
    }
    const snapshot = totals.snapshot(node);
    for (const name of ["a/one", "a/two", "b/one", ""]) {
      const own = batches.flat().filter(({ service }) => (service ?? "") === name);
      if (own.length === 0) continue;
      const found = serviceOf(snapshot, name);
      const sum = (numbers: number[]) => numbers.reduce((sum, count) => sum + count, 0);
      assert.equal(sum(found.requests.map(({ count }) => count)), own.length);
      assert.equal(sum([...found.total.counts]), own.length);
      assert.equal(sum([...found.lease.counts]), own.length);
      assert.equal(found.hostCalls, sum(own.map(({ hostCalls = 0 }) => hostCalls)));
      assert.equal(found.responseBytes, sum(own.map(({ responseBytes }) => responseBytes)));
      for (const { outcome, code, count } of found.requests) {
        const same = own.filter((event) =>
          event.outcome === outcome && `${Math.trunc(event.status / 100)}xx` === code
        );
        assert.equal(count, same.length);
      }
    }
  }));
});

Deno.test("a delta tells only of what had requests since the last one", () => {
  const metrics = new Metrics();
  assert.equal(metrics.takeDelta(), undefined);
  metrics.take(requestEvent({ service: "a/one" }));
  metrics.take({ type: "guest", time: "", id: "", service: "a/two", line: "hello" });
  assert.deepEqual(metrics.takeDelta()?.services.map(({ name }) => name), ["a/one", "a/two"]);
  metrics.take(requestEvent({ service: "a/one" }));
  const delta = metrics.takeDelta();
  assert.deepEqual(delta?.services.map(({ name }) => name), ["a/one"]);
  assert.ok(JSON.stringify(delta).length < 300);
  assert.equal(metrics.takeDelta(), undefined);
});

Deno.test("services that are idle for long count on as if they had not been", () => {
  const [metrics, totals] = [new Metrics(), new Totals()];
  for (let round = 0; round < 200; round++) {
    if (round % 70 === 0) metrics.take(requestEvent({ service: "a/seldom" }));
    metrics.take(requestEvent({ service: "a/often" }));
    collect(totals, metrics);
  }
  const count = (name: string) => serviceOf(totals.snapshot(node), name).requests[0]?.count;
  assert.deepEqual([count("a/seldom"), count("a/often")], [3, 200]);
});

Deno.test("what failed is an error, unless its client left or asked for what is not there", () => {
  const metrics = new Metrics();
  const errors = [
    requestEvent({ status: 500, outcome: "trapped" }),
    requestEvent({ status: 503, outcome: "refused" }),
    requestEvent({ status: 200, outcome: "trapped", error: "trapped (after it had begun)" }),
  ];
  const others = [
    requestEvent(),
    requestEvent({ status: 404, outcome: "unrouted", error: "no service has this path" }),
    requestEvent({ status: 503, outcome: "hung up", error: "the client hung up" }),
  ];
  for (const event of [...errors, ...others]) metrics.take(event);
  const totals = new Totals();
  collect(totals, metrics);
  assert.equal(serviceOf(totals.snapshot(node), "shop/api").errors, errors.length);
});

Deno.test("services beyond the bound are counted together, in threads and in sums", () => {
  const [metrics, totals] = [new Metrics(2), new Totals({ servicesMax: 3 })];
  for (const service of ["a/1", "a/2", "a/3", "a/4", "a/1"]) {
    metrics.take(requestEvent({ service }));
  }
  collect(totals, metrics);
  const another = new Metrics(10);
  for (const service of ["b/1", "b/2", "a/2"]) another.take(requestEvent({ service }));
  collect(totals, another);
  const counts = totals.snapshot(node).services
    .map(({ name, requests }) => [name, requests[0]?.count]);
  assert.deepEqual(counts, [["a/1", 2], ["a/2", 2], ["other", 4]]);
});

Deno.test("refusals are counted by status, and what cannot be a count is not", () => {
  const [metrics, totals] = [new Metrics(), new Totals()];
  for (const status of [400, 431, 400]) metrics.refused(status);
  collect(totals, metrics);
  const added = [-1, 5, 9999, 5, 0.5, 5, 0, Number.NaN, 0, -5, 1, 3];
  totals.add(0, { services: [{ name: "a/b", added, memoryPeakBytes: Infinity }], refused: [] }, 0);
  const snapshot = totals.snapshot(node);
  assert.deepEqual(snapshot.refused, [{ status: 400, count: 2 }, { status: 431, count: 1 }]);
  const { requests, memoryPeakBytes } = serviceOf(snapshot, "a/b");
  assert.deepEqual(requests, [{ outcome: "returned", code: "2xx", count: 3 }]);
  assert.equal(memoryPeakBytes, 0);
});

Deno.test("a memory peak is told for a minute or two", () => {
  const totals = new Totals();
  const peakAt = (nowMs: number, memoryPeakBytes: number) => {
    totals.add(0, { services: [{ name: "a/b", added: [], memoryPeakBytes }], refused: [] }, nowMs);
    return serviceOf(totals.snapshot(node), "a/b").memoryPeakBytes;
  };
  assert.deepEqual([peakAt(0, 50), peakAt(1_000, 900), peakAt(59_000, 100)], [50, 900, 900]);
  assert.deepEqual([peakAt(61_000, 200), peakAt(119_000, 100)], [900, 900]);
  assert.equal(peakAt(130_000, 10), 200);
  assert.equal(peakAt(300_000, 10), 10);
});

Deno.test("what was counted outlives its cell, not its service", () => {
  const totals = new Totals();
  const metrics = new Metrics();
  metrics.take(requestEvent());
  const figures = {
    ...{ threads: 1, sandboxesInUse: 2, sandboxesIdle: 3 },
    ...{ memoryBytes: 4, memoryBytesMax: 5 },
    ...{ cacheBytes: 0, cacheBytesMax: 0, cacheEvictions: 0 },
  };
  totals.add(7, metrics.takeDelta() ?? assert.fail(), 0, figures);
  const told = { ...node, cells: [{ cell: 7, state: "serving", restarts: 0 }] };
  assert.deepEqual(totals.snapshot(told).cells[0]?.figures, figures);
  totals.cellEnded(7);
  assert.equal(totals.snapshot(told).cells[0]?.figures, undefined);
  assert.equal(totals.snapshot(told).services.length, 1);
  totals.forget((name) => name === "shop/api");
  assert.equal(totals.snapshot(told).services.length, 0);
});

Deno.test("what was counted for a service that is gone comes back neither as its own nor as another's of its name", () => {
  const [there, metrics] = [new Map<string, number>(), new Metrics()];
  const totals = new Totals({ isThere: ({ name, key }) => there.get(name) === key });
  const told = (...keys: number[]) => {
    for (const serviceKey of keys) metrics.take(requestEvent({ service: "shop/api", serviceKey }));
    metrics.usedByGuest({ name: "shop/api", key: keys[0] }, "fragment", "hit");
    collect(totals, metrics);
    return totals.snapshot(node).services.map(({ name, requests }) => [name, requests[0]?.count]);
  };
  there.set("shop/api", 1);
  assert.deepEqual(told(1), [["shop/api", 1]]);
  there.delete("shop/api");
  totals.forget((name) => name === "shop/api");
  totals.purged({ name: "shop/api", key: 1 }, "hard", 1);
  assert.deepEqual(told(1), []);
  there.set("shop/api", 2);
  assert.deepEqual(told(1), []);
  assert.deepEqual(told(1, 2, 1, 2), [["shop/api", 2]]);
  assert.deepEqual(told(1, 2), [["shop/api", 3]]);
});

Deno.test("a tenant sees its own services and nothing of the node", () => {
  const [metrics, totals] = [new Metrics(), new Totals()];
  const names = ["shop/api", "shop-two/api", "shop", "other", undefined, "a/shop/"];
  for (const service of names) metrics.take(requestEvent({ service }));
  metrics.refused(400);
  collect(totals, metrics);
  const all = totals.snapshot({
    ...{
      timeMs: 1,
      version: "2",
      supervisor: { startTimeMs: 0 },
      spans: { exported: 1, dropped: 0 },
    },
    cells: [{ cell: 0, state: "serving", restarts: 0 }],
  });
  const { services, ...rest } = tenantView(all, "shop");
  assert.deepEqual(services.map(({ name }) => name), ["shop/api"]);
  const { boundsMs } = all;
  assert.deepEqual(rest, { timeMs: 1, version: "2", cells: [], refused: [], boundsMs });
});

Deno.test("what the cache had to do with requests is counted, and what it asks for on its own is nobody's request", () => {
  const [metrics, totals] = [new Metrics(), new Totals()];
  const taken: [RequestEvent["cache"], number][] = [["hit", 3], ["miss", 2], ["refresh", 1]];
  for (const [cache, count] of taken) {
    for (let event = 0; event < count; event += 1) metrics.take(requestEvent({ cache, cpuMs: 1 }));
  }
  totals.add(0, metrics.takeDelta() ?? assert.fail(), 0);
  const [service] = totals.snapshot({ timeMs: 0, version: "0", cells: [] }).services;
  assert.deepEqual(service?.cache, taken.map(([result, count]) => ({ result, count })));
  assert.equal(service?.cacheBytes, 300);
  assert.equal(service?.requests.reduce((sum, { count }) => sum + count, 0), 5);
  assert.equal(service?.cpuMs, 6);
});
