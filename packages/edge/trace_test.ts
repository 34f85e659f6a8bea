import assert from "node:assert/strict";
import { sourceOf } from "@skerry/base";
import { type Field, fieldValues, type HttpRequest } from "@skerry/http";
import { systemClock, systemRandom } from "@skerry/platform";
import { Pool } from "@skerry/sandbox";
import { Edge, type LogEvent, type RequestTrace, type Tracer } from "./mod.ts";

/** What a backend was asked and what was logged for a request with these fields. */
async function forwarded(tracer: Tracer | undefined, fields: readonly Field[] = []) {
  const asked: HttpRequest[] = [];
  const events: LogEvent[] = [];
  const edge = new Edge({
    router: {
      route: () =>
        Promise.resolve({
          kind: "forward",
          name: "shop/api",
          forward: async (request) => {
            asked.push(request);
            await request.body?.read(4);
            return { status: 200, fields: [], body: pieces() };
          },
        }),
    },
    pool: new Pool(),
    clock: systemClock,
    random: systemRandom,
    log: (event) => events.push(event),
    software: "Skerry/test",
    tracer,
  });
  const { body } = await edge.handle({
    ...{ method: "POST", target: "/", scheme: "http", body: sourceOf("question") },
    fields: [["Host", "a.example"], ...fields],
    peer: { address: "192.0.2.7", port: 4711 },
    whenGone: () => {},
  });
  assert.ok(body !== undefined && !(body instanceof Uint8Array));
  await Array.fromAsync(body);
  const [event] = events;
  assert.ok(event?.type === "request" && asked[0] !== undefined);
  const values = (name: string) => fieldValues(asked[0]?.fields ?? [], name);
  return { event, traceparent: values("traceparent"), tracestate: values("tracestate") };
}

async function* pieces() {
  yield new Uint8Array(5);
}

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const trace: RequestTrace = {
  ...{ traceId, spanId: "00f067aa0ba902b7", parentSpanId: "1111111111111111", isSampled: true },
};
const old: Field[] = [["Traceparent", "an-old-one"], ["TraceState", "a=b"]];

Deno.test("who answers is called by the request's own span, which its event tells", async () => {
  const { event, traceparent, tracestate } = await forwarded(() => trace, old);
  assert.deepEqual(traceparent, [`00-${traceId}-00f067aa0ba902b7-01`]);
  assert.deepEqual(tracestate, ["a=b"]);
  const { span, parentSpan } = event;
  assert.deepEqual([event.trace, span, parentSpan], [traceId, trace.spanId, trace.parentSpanId]);
});

Deno.test("a trace that begins here takes no state from its client", async () => {
  const { tracestate, event } = await forwarded(() => ({ ...trace, parentSpanId: undefined }), old);
  assert.deepEqual([tracestate, event.parentSpan], [[], undefined]);
});

Deno.test("a trace that is not recorded is passed on, and its event tells nothing of it", async () => {
  const { event, traceparent } = await forwarded(() => ({ ...trace, isSampled: false }));
  assert.deepEqual(traceparent, [`00-${traceId}-00f067aa0ba902b7-00`]);
  assert.deepEqual([event.trace, event.span], [undefined, undefined]);
});

Deno.test("where nothing is traced, a client's own trace is passed on as it came", async () => {
  for (const tracer of [undefined, () => undefined]) {
    const { event, traceparent, tracestate } = await forwarded(tracer, old);
    assert.deepEqual([traceparent, tracestate, event.trace], [["an-old-one"], ["a=b"], undefined]);
  }
});

Deno.test("an event tells when who answers was found and when the head of a body was there", async () => {
  const { event: { loadMs = -1, headMs = -1, totalMs } } = await forwarded(undefined);
  assert.ok(0 <= loadMs && loadMs <= headMs && headMs <= totalMs);
});

Deno.test("an event tells what of a body was passed on, both ways", async () => {
  for (const tracer of [undefined, () => trace]) {
    const { event: { requestBytes, responseBytes } } = await forwarded(tracer);
    assert.deepEqual([requestBytes, responseBytes], [4, 5]);
  }
});
