/** A real node whose requests are traced, and a collector that a test plays. */

import assert from "node:assert/strict";
import { root } from "./skerry.ts";

const parent = { trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7" };

/** A span as OTLP has it in JSON. */
interface SpanJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

Deno.test("a node's requests are spans at a collector, and the log tells their trace", async () => {
  const received = Promise.withResolvers<{ readonly secret: string | null; spans: SpanJson[] }>();
  const collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const { resourceSpans } = await request.json();
      received.resolve({
        secret: request.headers.get("x-secret"),
        spans: resourceSpans[0].scopeSpans[0].spans,
      });
      return Response.json({});
    },
  );
  const state = await Deno.makeTempDir();
  const node = new Deno.Command("node", {
    args: [
      ...[`${root}/bin/skerry.mjs`, "node", "--state", `${state}/node`],
      ...["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--cells", "1", "--threads", "1"],
    ],
    env: {
      NO_COLOR: "1",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-secret=hunter2",
      OTEL_TRACES_SAMPLER: "parentbased_always_off",
      OTEL_BSP_SCHEDULE_DELAY: "1",
    },
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  const log = new Response(node.stdout).text();
  try {
    const url = await servesOn(node.stderr);
    const ask = (headers: Record<string, string>) =>
      fetch(`${url}/path`, { headers }).then((response) => response.text());
    await ask({});
    await ask({ traceparent: `00-${parent.trace}-${parent.span}-00` });
    await ask({ traceparent: `00-${parent.trace}-${parent.span}-01` });
    const { secret, spans: [span, ...others] } = await received.promise;
    assert.equal(secret, "hunter2");
    assert.deepEqual(
      [span?.traceId, span?.parentSpanId, span?.name, others],
      [parent.trace, parent.span, "GET", []],
    );
    node.kill("SIGTERM");
    const lines = (await log).trimEnd().split("\n").map((line) => JSON.parse(line));
    const traced = lines.map(({ trace, span, parentSpan }) => [trace, span, parentSpan]);
    const none = [undefined, undefined, undefined];
    assert.deepEqual(traced, [none, none, [parent.trace, span?.spanId, parent.span]]);
  } finally {
    try {
      node.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await node.status;
    await log;
    await collector.shutdown();
    await Deno.remove(state, { recursive: true });
  }
});

/** Where the node serves, once it does; what it says after that is read and dropped. */
async function servesOn(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const [first, rest] = stderr.tee();
  void rest.pipeTo(new WritableStream());
  let text = "";
  for await (const piece of first.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const url = /serves on (\S+)\n/.exec(text)?.[1];
    if (url !== undefined && /All that is deployed is served/.test(text)) return url;
  }
  throw new Error(`the node ended: ${text}`);
}
