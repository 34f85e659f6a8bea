import assert from "node:assert/strict";
import { Metrics } from "./metrics.ts";
import { parseSnapshot } from "./snapshot_schema.ts";
import { requestEvent } from "./testing/events.ts";
import { Totals } from "./totals.ts";

function snapshot() {
  const [metrics, totals] = [new Metrics(), new Totals()];
  metrics.take(requestEvent());
  metrics.refused(400);
  totals.add(1, metrics.takeDelta() ?? assert.fail(), 0, {
    ...{ threads: 1, sandboxesInUse: 0, sandboxesIdle: 1, memoryBytes: 1, memoryBytesMax: 2 },
    ...{ cacheBytes: 0, cacheBytesMax: 0, cacheEvictions: 0 },
    residentBytes: 3,
  });
  return JSON.parse(JSON.stringify(totals.snapshot({
    ...{ timeMs: 1, version: "1", spans: { exported: 1, dropped: 0 } },
    supervisor: { startTimeMs: 1, cpuMs: 2.5 },
    disk: {
      ...{ bytes: 1, bytesMax: 2, files: 3, hits: 4, misses: 5 },
      ...{ writtenBytes: 6, evictions: 7, damaged: 8 },
    },
    cells: [{ cell: 0, state: "starting", restarts: 0 }, {
      cell: 1,
      state: "serving",
      restarts: 2,
    }],
  })));
}

Deno.test("a snapshot is read as it was sent", () => {
  const read = parseSnapshot(snapshot());
  assert.ok(read.ok);
  assert.deepEqual(read.value, snapshot());
});

Deno.test("what is no snapshot is told with its place", () => {
  const [service] = snapshot().services;
  const mistakes: [unknown, RegExp][] = [
    [undefined, /^it: /],
    ["<html>", /^it: /],
    [{ ...snapshot(), timeMs: "1" }, /^timeMs: /],
    [{ ...snapshot(), services: [{ ...service, errors: -1 }] }, /^services\.0\.errors: /],
    [{ ...snapshot(), cells: [{}] }, /^cells\.0\.cell: /],
  ];
  for (const [value, expected] of mistakes) {
    const read = parseSnapshot(value);
    assert.ok(!read.ok);
    assert.match(read.error, expected);
  }
});
