/** The page that tells what a node tells, against what it does. */

import assert from "node:assert/strict";
import { LogWriter, type RequestEvent } from "@skerry/edge";
import { cacheResults, outcomes } from "./layout.ts";
import { Metrics } from "./metrics.ts";
import { metricsFormat } from "./metrics_text.ts";
import { renderMetrics } from "./prometheus.ts";
import { requestEvent } from "./testing/events.ts";
import { parseMetrics } from "./testing/parse_metrics.ts";
import { Totals } from "./totals.ts";
import { traceVariables } from "./trace/settings.ts";

const page = await Deno.readTextFile(new URL("../../docs/telemetry.md", import.meta.url));

/** The rows of the table below a heading, as their cells. */
function rows(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? assert.fail();
  return section.split("\n").filter((line) => line.startsWith("| "))
    .slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** What stands in backticks. */
function names(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

Deno.test("every metric stands on the page with its labels, and no other does", () => {
  const [metrics, totals] = [new Metrics(), new Totals()];
  metrics.take(requestEvent({ cache: "hit" }));
  metrics.usedByGuest({ name: "a" }, "fragment", "hit");
  metrics.refused(400);
  totals.add(0, metrics.takeDelta() ?? assert.fail(), 0, {
    ...{ threads: 1, sandboxesInUse: 0, sandboxesIdle: 0, memoryBytes: 0, memoryBytesMax: 0 },
    ...{ cacheBytes: 0, cacheBytesMax: 0, cacheEvictions: 0 },
    ...{ residentBytes: 0, cpuMs: 0 },
  });
  const snapshot = totals.snapshot({
    ...{ timeMs: 0, version: "0", spans: { exported: 0, dropped: 0 } },
    supervisor: { startTimeMs: 0, residentBytes: 0, cpuMs: 0, openFiles: 0 },
    disk: {
      ...{ bytes: 0, bytesMax: 0, files: 0, hits: 0, misses: 0 },
      ...{ writtenBytes: 0, evictions: 0, damaged: 0 },
    },
    cells: [{ cell: 0, state: "serving", restarts: 0 }],
  });
  const told = [...parseMetrics(renderMetrics(snapshot, metricsFormat(undefined)))]
    .map(([name, { samples }]) => {
      const labels = [...samples[0]?.labels.keys() ?? []].filter((label) => label !== "le");
      return `${name} ${labels.join(", ")}`;
    });
  const documented = rows("Metrics").map(([name, labels = ""]) => `${names(name)[0]} ${labels}`);
  assert.deepEqual(documented.sort(), told.sort());
});

Deno.test("every field of a request's line stands on the page, and so does every outcome", () => {
  const event: Required<RequestEvent> = {
    ...requestEvent(),
    ...{
      service: "a/b",
      serviceKey: 1,
      version: 1,
      error: "",
      backtrace: [],
      loadMs: 0,
      leaseMs: 0,
      headMs: 0,
    },
    ...{ runMs: 0, cpuMs: 0, memoryBytes: 0, fuel: 0, hostCalls: 0 },
    ...{ cache: "hit", trace: "0", span: "0", parentSpan: "0" },
  };
  let line = "";
  const writer = new LogWriter({
    sink: { write: (bytes) => void (line += new TextDecoder().decode(bytes)) },
    turn: () => {},
    onLost: (error) => assert.fail(String(error)),
  });
  writer.write(event);
  writer.flush();
  const documented = rows("The log").flatMap(([fields]) => names(fields));
  assert.deepEqual(["type", ...documented].sort(), Object.keys(JSON.parse(line)).sort());
  for (const result of cacheResults) assert.ok(page.includes(`\`${result}\``), result);
  for (const outcome of outcomes) assert.ok(page.includes(`\`${outcome}\``), outcome);
});

Deno.test("every variable that is looked at stands on the page", () => {
  const documented = rows("Traces").flatMap(([variables]) => names(variables));
  assert.deepEqual(documented.sort(), [...traceVariables].sort());
});
