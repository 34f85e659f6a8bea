import assert from "node:assert/strict";
import { assert as assertProperty, constantFrom, nat, property, string } from "fast-check";
import type { RequestEvent } from "@skerry/edge";
import { Metrics } from "../metrics.ts";
import { requestEvent } from "../testing/events.ts";
import { type NodeFigures, Totals } from "../totals.ts";
import { renderTop } from "./render_top.ts";
import { serviceRates, topOrders } from "./service_rates.ts";

const screen = { columns: 80, rows: 24 };

const node: NodeFigures = {
  ...{ timeMs: Date.UTC(2026, 0, 2, 12, 0, 0), version: "0.1.0" },
  supervisor: { startTimeMs: Date.UTC(2026, 0, 1, 9, 30, 0) },
  cells: [
    { cell: 0, state: "serving", restarts: 0 },
    { cell: 1, state: "waiting", restarts: 3 },
  ],
};

/** Two snapshots ten seconds apart, with requests before and between. */
function snapshotsOf(before: readonly RequestEvent[], between: readonly RequestEvent[]) {
  const [metrics, totals] = [new Metrics(), new Totals()];
  const figures = {
    ...{ threads: 2, sandboxesInUse: 3, sandboxesIdle: 40 },
    ...{ memoryBytes: 2 ** 30, memoryBytesMax: 2 ** 32 },
    ...{ cacheBytes: 0, cacheBytesMax: 0, cacheEvictions: 0 },
  };
  const add = (events: readonly RequestEvent[]) => {
    for (const event of events) metrics.take(event);
    const delta = metrics.takeDelta() ?? { services: [], refused: [] };
    totals.add(0, delta, 0, figures);
  };
  add(before);
  const first = totals.snapshot(node);
  add(between);
  return [first, totals.snapshot({ ...node, timeMs: node.timeMs + 10_000 })] as const;
}

function many(count: number, more: Partial<RequestEvent>): RequestEvent[] {
  return Array.from({ length: count }, () => requestEvent(more));
}

const [before, now] = snapshotsOf(many(1000, { service: "shop/api", totalMs: 1000 }), [
  ...many(50, { service: "shop/api", totalMs: 1, cpuMs: 50, cache: "hit" }),
  ...many(49, { service: "shop/api", totalMs: 1, cpuMs: 50, cache: "miss" }),
  requestEvent({
    service: "shop/api",
    totalMs: 20_000,
    status: 500,
    outcome: "trapped",
    cache: "failed",
  }),
  ...many(5, { service: "a/slow", totalMs: 900, memoryBytes: 2 ** 20 }),
]);

Deno.test("rates and quantiles are of what came between two snapshots", () => {
  const [api, slow] = serviceRates(before, now, "rate");
  assert.deepEqual([api?.name, api?.requests, api?.errors], ["shop/api", 10, 0.1]);
  assert.ok(Math.abs((api?.processors ?? 0) - 0.495) < 0.001);
  assert.ok((api?.p50Ms ?? 9) <= 1 && (api?.p99Ms ?? 9) <= 1);
  assert.ok(900 < (slow?.p99Ms ?? 0) && (slow?.p99Ms ?? 0) <= 1024);
  assert.deepEqual([slow?.requests, slow?.sentBytes], [0.5, 50]);
});

Deno.test("a screen tells of the node, its cells and its services", () => {
  const lines = renderTop(before, now, screen, "rate");
  assert.deepEqual(lines.slice(0, 5), [
    "skerry 0.1.0   up 1d 2h   1 of 2 cells serving   12:00:10",
    "10.5 requests/s   0.1 errors/s   0 refused/s   guests' cpu 49.5%",
    "sandboxes: 3 in use, 40 idle   memory: 1 GiB of 4 GiB",
    "cell 1 is waiting, after 3 restarts",
    "",
  ]);
  assert.match(lines[5] ?? "", /^SERVICE +REQ\/S +ERR\/S +CPU +P50 +P99 +HIT +MEMORY +SENT\/S$/);
  assert.match(
    lines[6] ?? "",
    /^shop\/api +10.0 +0.1 +49.5% +0.75 ms +1.0 ms +50% +128KiB +1000B$/,
  );
  assert.match(lines[7] ?? "", /^a\/slow +0.5 +0 +0.0% +\d+ ms +1.02 s +- +1MiB +50B$/);
  assert.equal(lines.length, 8);
});

Deno.test("services stand in the order that is asked for", () => {
  const first = topOrders.map((order) => serviceRates(before, now, order)[0]?.name);
  assert.deepEqual(first, ["shop/api", "shop/api", "shop/api", "a/slow", "a/slow", "a/slow"]);
});

Deno.test("without an earlier snapshot rates are since the start, and none where that is not known", () => {
  assert.match(renderTop(undefined, now, screen, "rate")[1] ?? "", /^0.0 requests\/s/);
  const tenants = { ...now, supervisor: undefined, cells: [] };
  const lines = renderTop(undefined, tenants, screen, "rate");
  assert.deepEqual(lines.slice(0, 2), ["skerry 0.1.0   12:00:10", "no rates yet"]);
  assert.match(lines[4] ?? "", /^shop\/api +- +- +- /);
});

Deno.test("a node that was started again has no rates below zero", () => {
  const lines = renderTop({ ...now, timeMs: now.timeMs - 20_000 }, before, screen, "rate");
  assert.doesNotMatch(lines.join("\n"), /-\d/);
});

Deno.test("a screen is never larger than the terminal, and nothing in it is obeyed", () => {
  const events = string({ unit: "binary", maxLength: 100 }).map((service) =>
    requestEvent({ service })
  );
  const size = { columns: nat(200), rows: nat(60) };
  assertProperty(
    property(
      events,
      size.columns,
      size.rows,
      constantFrom(...topOrders),
      (event, columns, rows, order) => {
        const names = Array.from(
          { length: 30 },
          (_, at) => requestEvent({ service: `many/${at}` }),
        );
        const [before, now] = snapshotsOf([], [event, ...names]);
        const hostile = {
          ...now,
          version: "\x1b[2J",
          cells: [{ cell: 0, state: "\n", restarts: 0 }],
        };
        const lines = renderTop(before, hostile, { columns, rows }, order);
        assert.ok(lines.length <= rows);
        for (const line of lines) assert.ok(line.length <= columns && /^[ -~]*$/.test(line), line);
      },
    ),
  );
});

Deno.test("services that do not fit are counted", () => {
  const [before, now] = snapshotsOf(
    [],
    Array.from({ length: 30 }, (_, at) => requestEvent({ service: `many/${at}` })),
  );
  const lines = renderTop(before, now, screen, "name");
  assert.equal(lines.length, screen.rows);
  const shown = lines.filter((line) => line.startsWith("many/")).length;
  assert.equal(lines.at(-1), `... and ${30 - shown} more`);
});
