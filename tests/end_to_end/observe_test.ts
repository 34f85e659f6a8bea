/** `skerry top` and `skerry tail` against an admin API that a test plays. */

import assert from "node:assert/strict";
import type { LogEvent } from "@skerry/edge";
import { Metrics, Totals } from "@skerry/telemetry";
import { skerry, withCommand } from "./skerry.ts";

const token = "skerry-test-token";

/** Runs verbs with options for a node that answers as `answer` does; others than the token's owner it answers nothing. */
async function withNode(
  answer: (url: URL, asked: number) => Response,
  use: (options: readonly string[], asked: URL[]) => Promise<void>,
): Promise<void> {
  const asked: URL[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return Response.json({ title: "A token is needed", detail: "this one is \x1b[2J" }, {
        status: 401,
      });
    }
    asked.push(new URL(request.url));
    return answer(new URL(request.url), asked.length);
  });
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, `${token}\n`);
  try {
    await use(["--node", `http://127.0.0.1:${server.addr.port}`, "--token-file", file], asked);
  } finally {
    await Deno.remove(file);
    await server.shutdown();
  }
}

function event(service: string, line: string): LogEvent {
  return { type: "guest", time: "2026-01-02T03:04:05.678Z", id: "0123456789", service, line };
}

function lines(...events: unknown[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

Deno.test("top prints one table of what happened between two looks", async () => {
  const [metrics, totals] = [new Metrics(), new Totals()];
  const look = (_url: URL, asked: number) => {
    metrics.take({
      ...{ type: "request", time: "", id: "", service: "shop/api", method: "GET", host: "" },
      ...{ path: "", remote: "", status: 200, outcome: "returned", requestBytes: 0 },
      ...{ responseBytes: 1000, totalMs: 3 },
    });
    const delta = metrics.takeDelta();
    assert.ok(delta !== undefined);
    totals.add(0, delta, 0);
    return Response.json(totals.snapshot({
      ...{ timeMs: 1000 * asked, version: "0.1.0" },
      cells: [{ cell: 0, state: "serving", restarts: 0 }],
    }));
  };
  await withNode(look, async (options, asked) => {
    const { code, stdout, stderr } = await skerry(["top", "--interval", "1ms", ...options]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^skerry 0\.1\.0 +1 of 1 cells serving/);
    assert.match(stdout, /\nshop\/api +1\.0 +0 +0\.0% +\S+ ms +\S+ ms +- +0B +1000B\n$/);
    assert.deepEqual(asked.map(({ pathname }) => pathname), Array(2).fill("/v1/metrics.json"));
  });
});

Deno.test("what is no snapshot, no node and no token is told", async () => {
  await withNode(() => new Response("<html>"), async (options) => {
    const { code, stderr } = await skerry(["top", "--once", ...options]);
    assert.equal(code, 1);
    assert.match(stderr, /is no snapshot/);
    const [url = ""] = options.slice(1);
    const none = await skerry(["top", "--node", url, "--token-file", "deno.json"]);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /there is no token/);
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "another-token");
    const wrong = await skerry(["tail", "a/b", "--node", url, "--token-file", file]);
    await Deno.remove(file);
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.stderr,
      /the node answers 401: this one is \\u\{1b\}\[2J\n.*token that is valid/,
    );
    const elsewhere = await skerry(["top", ...options, "--node", "http://node.example"]);
    assert.equal(elsewhere.code, 2);
    assert.match(elsewhere.stderr, /not sent over http to another machine/);
  });
});

Deno.test("tail shows events and comes back after the connection is lost", async () => {
  const answer = (_url: URL, asked: number) => {
    if (asked === 2) return new Response(null, { status: 503 });
    const hostile = event("shop/api", `number ${asked} \x1b[2J`);
    return new Response(lines(hostile, { type: "missed", events: 5 }, { type: "unheard of" }));
  };
  await withNode(answer, async (options, asked) => {
    await withCommand(["tail", "shop/api", ...options], async ({ printed, signal }) => {
      await printed("stdout", /^03:04:05\.678 01234567 shop\/api \| number 1 \\u\{1b\}\[2J\n/);
      await printed("stdout", /number 3/);
      await printed("stderr", /5 events came too fast/);
      await printed("stderr", /no event/);
      await printed("stderr", /connection was lost/);
      signal("SIGTERM");
    });
    assert.equal(asked[0]?.pathname, "/v1/tenants/shop/services/api/tail");
  });
});

Deno.test("tail gives events as JSON, and ends where the node refuses", async () => {
  const answer = (_url: URL, asked: number) =>
    asked === 1
      ? new Response(lines(event("a/b", "\u202e")))
      : Response.json({ detail: "there is no such service \x1b[2J" }, { status: 404 });
  await withNode(answer, async (options) => {
    const { code, stdout, stderr } = await skerry(["tail", "--json", "a/b", ...options]);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout), event("a/b", "\u202e"));
    assert.ok(!stdout.includes("\u202e"));
    assert.match(stderr, /the node answers 404: there is no such service \\u\{1b\}/);
  });
});
