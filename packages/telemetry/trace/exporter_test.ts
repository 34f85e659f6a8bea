import assert from "node:assert/strict";
import { seededRandom } from "@skerry/base";
import { systemClock, systemRandom } from "@skerry/platform";
import { requestEvent } from "../testing/events.ts";
import { manualClock } from "../testing/manual_clock.ts";
import { SpanExporter } from "./exporter.ts";
import type { ExportSettings } from "./settings.ts";

const traced = requestEvent({
  ...{ trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7" },
  ...{ leaseMs: 0.25, runMs: 1.5, totalMs: 1.5, query: "secret" } as object,
});
/** The request, its lease and its run. */
const spansEach = 3;

const settings: ExportSettings = {
  url: "http://collector.example/v1/traces?key=hunter2",
  headers: [["authorization", "Bearer x"], ["Content-Type", "text/plain"]],
  ...{ timeoutMs: 1_000, delayMs: 5_000, batchMax: 6, queueMax: 12 },
  resource: { "service.name": "edge", "service.version": "1" },
};

/** An exporter, and what it sent to a collector that answers as it is told, in turn, and then well. */
function exporterOf(...answers: ((request: RequestInit) => Response | Promise<Response>)[]) {
  const sent: { readonly url: string; readonly request: RequestInit }[] = [];
  const notes: string[] = [];
  const { clock, pass } = manualClock();
  const exporter = new SpanExporter({
    settings,
    clock,
    random: seededRandom(1n),
    send: async (url, request) => {
      sent.push({ url, request });
      return await (answers.shift() ?? (() => new Response("{}")))(request);
    },
    note: (text) => notes.push(text),
  });
  const add = (count: number) => {
    for (let made = 0; made < count; made++) exporter.add(traced);
  };
  return { exporter, add, sent, notes, pass };
}

function status(status: number, headers: Record<string, string> = {}) {
  return () => new Response(null, { status, headers });
}

function documentOf(request: RequestInit | undefined) {
  return JSON.parse(new TextDecoder().decode(request?.body as Uint8Array));
}

Deno.test("a request's spans are sent as OTLP has them, with what is known of it", async () => {
  const { exporter, sent, pass } = exporterOf();
  exporter.add({ ...traced, parentSpan: "1111111111111111" });
  exporter.add(requestEvent());
  await pass(4_999);
  assert.equal(sent.length, 0);
  await pass(1);
  assert.equal(sent[0]?.url, settings.url);
  assert.deepEqual(sent[0]?.request.headers, {
    "authorization": "Bearer x",
    "content-type": "application/json",
  });
  assert.equal(sent[0]?.request.redirect, "manual");
  const { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] } = documentOf(
    sent[0]?.request,
  );
  assert.deepEqual(resource.attributes[0], { key: "service.name", value: { stringValue: "edge" } });
  assert.equal(scope.name, "skerry");
  const [request, lease, run] = spans;
  assert.deepEqual(
    [request.traceId, request.spanId, request.parentSpanId, request.name, request.kind],
    [traced.trace, traced.span, "1111111111111111", "GET shop/api", 2],
  );
  const endNs = BigInt(Date.parse(traced.time)) * 1_000_000n;
  assert.deepEqual(
    [request.startTimeUnixNano, request.endTimeUnixNano, lease.endTimeUnixNano],
    [endNs - 1_500_000n, endNs, endNs - 1_250_000n].map(String),
  );
  assert.deepEqual([lease.name, run.name, run.parentSpanId], ["lease", "run", traced.span]);
  assert.ok(new Set([request.spanId, lease.spanId, run.spanId]).size === spansEach);
  const code = request.attributes.find(({ key }: { key: string }) =>
    key === "http.response.status_code"
  );
  assert.deepEqual(code.value, { intValue: "200" });
  assert.ok(!JSON.stringify(spans).includes("secret"));
  assert.deepEqual(exporter.figures, { exported: spansEach, dropped: 0 });
});

Deno.test("a span is in error where the server failed, and a strange method makes no name", async () => {
  const { exporter, sent, pass } = exporterOf();
  exporter.add({ ...traced, status: 500, outcome: "trapped", error: "x".repeat(999) });
  exporter.add({ ...traced, status: 404, outcome: "unrouted", error: "no path", method: "FOO" });
  await pass(5_000);
  const { spans } = documentOf(sent[0]?.request).resourceSpans[0].scopeSpans[0];
  assert.deepEqual(spans[0].status, { code: 2, message: "x".repeat(300) });
  assert.deepEqual([spans[3].status, spans[3].name], [{}, "_OTHER shop/api"]);
});

Deno.test("enough spans are sent at once, and no more than a request may have", async () => {
  const { add, sent, pass, exporter } = exporterOf();
  add(3);
  await pass(0);
  assert.equal(sent.length, 1);
  await pass(5_000);
  const counts = sent.map(({ request }) =>
    documentOf(request).resourceSpans[0].scopeSpans[0].spans.length
  );
  assert.deepEqual(counts, [6, 3]);
  assert.equal(exporter.figures.exported, 9);
});

Deno.test("what a collector cannot take now is sent again, after as long as it says", async () => {
  const { add, sent, pass, exporter, notes } = exporterOf(
    status(503),
    status(429, { "retry-after": "7" }),
  );
  add(2);
  await pass(0);
  await pass(1_000);
  assert.equal(sent.length, 2);
  await pass(6_999);
  assert.equal(sent.length, 2);
  await pass(1);
  assert.equal(sent.length, 3);
  assert.deepEqual(documentOf(sent[2]?.request), documentOf(sent[0]?.request));
  assert.deepEqual(exporter.figures, { exported: 6, dropped: 0 });
  assert.deepEqual(notes, []);
});

Deno.test("while a collector is away the newest spans are dropped, counted, and told of once", async () => {
  const away = () => Promise.reject(new TypeError(`cannot reach ${settings.url}`));
  const { add, pass, exporter, notes } = exporterOf(...Array.from({ length: 10 }, () => away));
  add(2);
  await pass(0);
  add(6);
  assert.equal(exporter.figures.dropped, 2 * spansEach);
  for (const ms of [1_000, 2_000, 4_000, 8_000]) await pass(ms);
  assert.equal(exporter.figures.dropped, 4 * spansEach);
  for (const ms of [1_000, 2_000, 4_000, 8_000]) await pass(ms);
  await pass(0);
  assert.deepEqual(exporter.figures, { exported: 2 * spansEach, dropped: 6 * spansEach });
  assert.equal(notes.length, 2);
  assert.match(notes[0] ?? "", /cannot reach http:\/\/collector\.example$/);
  assert.match(notes[1] ?? "", /again/);
});

Deno.test("what a collector refuses is not sent again, and what it did not keep is counted", async () => {
  const { add, sent, pass, exporter } = exporterOf(
    status(400),
    status(302, { location: "http://elsewhere.example/" }),
    () => new Response('{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}'),
    () => new Response("<html>"),
  );
  for (let round = 0; round < 4; round++) {
    add(2);
    await pass(0);
    await pass(0);
  }
  assert.equal(sent.length, 4);
  assert.deepEqual(exporter.figures, { exported: 4 + 6, dropped: 6 + 6 + 2 });
});

Deno.test("a collector that does not answer in time is asked again", async () => {
  const silent = ({ signal }: RequestInit) =>
    new Promise<Response>((_, reject) => signal?.addEventListener("abort", reject));
  const { exporter, add, sent, pass } = exporterOf(silent);
  exporter.lost(5);
  add(2);
  await pass(999);
  assert.equal(sent.length, 1);
  await pass(1);
  await pass(1_000);
  assert.equal(sent.length, 2);
  assert.deepEqual(exporter.figures, { exported: 6, dropped: 5 });
});

Deno.test("what waits is sent at the end, tried once, and nothing is taken from then on", async () => {
  const { add, sent, exporter } = exporterOf(status(200), status(503));
  add(3);
  await exporter.close();
  assert.equal(sent.length, 2);
  add(1);
  assert.deepEqual(exporter.figures, { exported: 6, dropped: 6 });
});

Deno.test("a collector that is away does not hold up the end", async () => {
  const { add, sent, exporter } = exporterOf(status(503), status(200));
  add(4);
  await exporter.close();
  assert.deepEqual([sent.length, exporter.figures], [1, { exported: 0, dropped: 12 }]);
});

Deno.test("an event that is not sound makes no exporter fail", async () => {
  const { exporter, sent, pass } = exporterOf();
  exporter.add({ ...traced, time: "no time", totalMs: Number.NaN, runMs: Infinity });
  await pass(5_000);
  assert.equal(sent.length, 1);
});

Deno.test("spans reach a server over HTTP by the platform's own fetch", async () => {
  const received = Promise.withResolvers<{ readonly type: string | null; readonly text: string }>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      received.resolve({ type: request.headers.get("content-type"), text: await request.text() });
      return Response.json({ partialSuccess: {} });
    },
  );
  const exporter = new SpanExporter({
    settings: { ...settings, url: `http://127.0.0.1:${server.addr.port}/v1/traces` },
    clock: systemClock,
    random: systemRandom,
    send: fetch,
    note: (text) => assert.fail(text),
  });
  exporter.add(traced);
  await exporter.close();
  const { type, text } = await received.promise;
  assert.equal(type, "application/json");
  assert.equal(JSON.parse(text).resourceSpans[0].scopeSpans[0].spans.length, spansEach);
  assert.deepEqual(exporter.figures, { exported: spansEach, dropped: 0 });
  await server.shutdown();
});
