import assert from "node:assert/strict";
import {
  array,
  assert as assertProperty,
  constantFrom,
  double,
  property,
  record,
  string,
} from "fast-check";
import { outcomes } from "./layout.ts";
import { Metrics } from "./metrics.ts";
import { metricsFormat } from "./metrics_text.ts";
import { renderMetrics } from "./prometheus.ts";
import { type CellFigures, tenantView } from "./snapshot.ts";
import { requestEvent } from "./testing/events.ts";
import { parseMetrics } from "./testing/parse_metrics.ts";
import { Totals } from "./totals.ts";

const plainText = metricsFormat(undefined);
const openText = metricsFormat("application/openmetrics-text");

const figures: CellFigures = {
  ...{ threads: 2, sandboxesInUse: 3, sandboxesIdle: 4, memoryBytes: 5, memoryBytesMax: 6 },
  ...{ residentBytes: 7, cpuMs: 8000, cacheBytes: 9, cacheBytesMax: 10, cacheEvictions: 11 },
};

/** A node that has had these requests. */
function snapshotOf(events: Parameters<Metrics["take"]>[0][]) {
  const [metrics, totals] = [new Metrics(), new Totals()];
  for (const event of events) metrics.take(event);
  metrics.refused(431);
  totals.add(0, metrics.takeDelta() ?? assert.fail(), 0, figures);
  return totals.snapshot({
    ...{ timeMs: 1, version: '1"\\\n', spans: { exported: 2, dropped: 1 } },
    supervisor: { startTimeMs: 1_700_000_000_000, residentBytes: 9, cpuMs: 1500, openFiles: 12 },
    disk: {
      ...{ bytes: 21, bytesMax: 22, files: 23, hits: 24, misses: 25 },
      ...{ writtenBytes: 26, evictions: 27, damaged: 28 },
    },
    cells: [
      { cell: 0, state: "serving", restarts: 1 },
      { cell: 1, state: "waiting", restarts: 5 },
    ],
  });
}

Deno.test("a parser of its own reads every metric, and they sum to what was counted", () => {
  const event = record({
    service: constantFrom("a/one", "b/two", undefined),
    outcome: constantFrom(...outcomes),
    status: constantFrom(200, 204, 304, 404, 503),
    totalMs: double({ min: 0, max: 60_000, noNaN: true }),
  }).map(requestEvent);
  assertProperty(property(array(event), (events) => {
    const families = parseMetrics(renderMetrics(snapshotOf(events), plainText));
    const samples = (name: string) => families.get(name)?.samples ?? [];
    const sum = (name: string) => samples(name).reduce((sum, { value }) => sum + value, 0);
    assert.equal(sum("skerry_requests_total"), events.length);
    assert.equal(sum("skerry_guest_host_calls_total"), 7 * events.length);
    const durations = samples("skerry_request_duration_seconds");
    for (const name of new Set(events.map(({ service }) => service ?? ""))) {
      const own = events.filter(({ service }) => (service ?? "") === name);
      const series = durations.filter(({ labels }) => labels.get("service") === name);
      let last = 0;
      for (const { name, labels, value } of series) {
        if (!name.endsWith("_bucket")) continue;
        const bound = labels.get("le") === "+Inf" ? Infinity : Number(labels.get("le"));
        assert.ok(value >= last);
        assert.equal(value, own.filter(({ totalMs }) => totalMs <= bound * 1000).length);
        last = value;
      }
      const one = (end: string) => series.find(({ name }) => name.endsWith(end))?.value ?? NaN;
      assert.equal(one("_count"), own.length);
      const exact = own.reduce((sum, { totalMs }) => sum + totalMs, 0) / 1000;
      assert.ok(Math.abs(one("_sum") - exact) < 1e-6 * (1 + exact));
    }
  }));
});

Deno.test("the node's own figures are there, in seconds and bytes", () => {
  const families = parseMetrics(renderMetrics(snapshotOf([requestEvent()]), plainText));
  const value = (name: string, labels: Record<string, string> = {}) =>
    families.get(name)?.samples.find((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels.get(label) === value)
    )?.value;
  assert.equal(value("skerry_build_info", { version: '1"\\\n' }), 1);
  assert.equal(value("process_start_time_seconds"), 1_700_000_000);
  assert.equal(value("process_cpu_seconds_total"), 1.5);
  assert.deepEqual(
    ["0", "1"].map((cell) => [
      value("skerry_cell_up", { cell }),
      value("skerry_cell_restarts_total", { cell }),
      value("skerry_sandboxes_in_use", { cell }),
    ]),
    [[1, 1, 3], [0, 5, undefined]],
  );
  assert.equal(value("skerry_refused_total", { code: "431" }), 1);
  assert.equal(value("skerry_spans_total", { result: "dropped" }), 1);
  assert.deepEqual(
    [
      ...["bytes", "max_bytes", "files", "written_bytes_total", "evictions_total", "damaged_total"]
        .map((name) => value(`skerry_cache_disk_${name}`)),
      ...["hit", "miss"].map((result) => value("skerry_cache_disk_lookups_total", { result })),
    ],
    [21, 22, 23, 26, 27, 28, 24, 25],
  );
  assert.equal(value("skerry_guest_memory_peak_bytes", { service: "shop/api" }), 131_072);
  for (const [name, { type, help }] of families) {
    assert.equal(type === "counter", name.endsWith("_total"), name);
    assert.ok(help.endsWith("."), name);
  }
});

Deno.test("no name of a service breaks out of its label", () => {
  assertProperty(property(string({ unit: "binary" }), (service) => {
    const families = parseMetrics(
      renderMetrics(snapshotOf([requestEvent({ service })]), plainText),
    );
    const [sample] = families.get("skerry_requests_total")?.samples ?? [];
    assert.equal(sample?.labels.get("service"), service.toWellFormed());
  }));
});

Deno.test("OpenMetrics differs in its counters' families and its end", () => {
  const text = renderMetrics(snapshotOf([requestEvent()]), openText);
  assert.ok(text.endsWith("# EOF\n"));
  const families = parseMetrics(text.replace("# EOF\n", ""));
  assert.equal(families.get("skerry_requests")?.samples[0]?.name, "skerry_requests_total");
  assert.ok(!families.has("skerry_requests_total"));
});

Deno.test("the format is the one that is asked for", () => {
  const asked = (accept: string | undefined) => metricsFormat(accept).isOpenMetrics;
  const prometheus = "application/openmetrics-text;version=1.0.0;q=0.5," +
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
  assert.deepEqual([prometheus, "Application/OpenMetrics-Text"].map(asked), [true, true]);
  const plain = [
    undefined,
    "*/*",
    "",
    "text/plain",
    "text/plain, application/openmetrics-text;q=0.9",
  ];
  assert.deepEqual(plain.map(asked), plain.map(() => false));
  assert.equal(asked("application/openmetrics-text;q=0"), false);
});

Deno.test("a tenant is told its own services, and that they run on Skerry", () => {
  const events = ["shop/api", "rival/api", undefined].map((service) => requestEvent({ service }));
  const text = renderMetrics(tenantView(snapshotOf(events), "shop"), plainText);
  const families = parseMetrics(text);
  assert.ok(!/rival|cell|process_|refused|spans/.test(text));
  assert.equal(families.get("skerry_requests_total")?.samples.length, 1);
});
