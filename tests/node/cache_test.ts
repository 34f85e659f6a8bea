/** The cache of a node, over sockets: what a backend answers is kept as it says. */

import assert from "node:assert/strict";
import { program } from "./guests.ts";
import { type RunningNode, testsOfRunningNode, until } from "./running_node.ts";
import { type Origin, withOrigin } from "./scripted_origin.ts";

const shared = testsOfRunningNode("the cache of a node of one thread", { cells: 1, threads: 1 });

/** A test of a service that passes everything on to an origin. */
function test(name: string, use: (node: RunningNode, origin: Origin) => Promise<void>): void {
  shared.test(name, (node) =>
    withOrigin(async (origin) => {
      await node.tenant("acme", { privateBackends: ["127.0.0.1"] });
      await node.deploy("acme/shop", await program(), {
        routes: [{ host: "shop.test", prefix: "", backend: "origin" }],
        backends: { origin: { origin: origin.url } },
      });
      await use(node, origin);
    }));
}

const decision = (response: Response) => response.headers.get("cache-status");

test("what is fresh is served without its origin, with its age", async (node, origin) => {
  origin.answer = () => ({ fields: { "cache-control": "max-age=60" }, body: "kept" });
  const first = await node.ask("shop.test", "/a");
  assert.match(decision(first) ?? "", /^Skerry; fwd=uri-miss; ttl=\d+; stored$/);
  const second = await node.ask("shop.test", "/a");
  assert.match(decision(second) ?? "", /^Skerry; hit; ttl=\d+$/);
  assert.match(second.headers.get("age") ?? "", /^\d+$/);
  assert.equal(await second.text(), "kept");
  assert.notEqual(first.headers.get("x-request-id"), second.headers.get("x-request-id"));
  assert.equal(origin.requests.length, 1);
  const line = await node.logged(({ cache }) => cache === "hit");
  assert.deepEqual([line["outcome"], line["status"], line["responseBytes"]], ["cached", 200, 4]);
});

test("what is stale is validated, and served again where it still holds", async (node, origin) => {
  origin.answer = ({ headers }) =>
    headers.get("if-none-match") === '"1"'
      ? { status: 304, fields: { etag: '"1"' } }
      : { fields: { etag: '"1"', "cache-control": "max-age=0" }, body: "one" };
  await node.ask("shop.test", "/a");
  const second = await node.ask("shop.test", "/a");
  assert.equal(await second.text(), "one");
  assert.match(decision(second) ?? "", /^Skerry; fwd=stale; fwd-status=304/);
  assert.equal(origin.requests.length, 2);
  await node.logged(({ cache }) => cache === "revalidated");
});

test(
  "fifty who ask at once are one fetch, and all get what comes as it comes",
  async (node, origin) => {
    const open = Promise.withResolvers<void>();
    origin.answer = () => ({
      fields: { "cache-control": "max-age=60" },
      body: (async function* () {
        await open.promise;
        yield "first ";
        yield "second";
      })(),
    });
    const answers = Array.from({ length: 50 }, () => node.text("shop.test", "/a"));
    await until(() => origin.requests.length > 0 || undefined, () => "the origin to be asked");
    open.resolve();
    assert.deepEqual(new Set(await Promise.all(answers)), new Set(["first second"]));
    assert.equal(origin.requests.length, 1);
  },
);

test("while the origin is away, what is stale is served", async (node, origin) => {
  origin.answer = () => ({
    fields: { "cache-control": "max-age=0, stale-if-error=600", etag: '"1"' },
    body: "kept",
  });
  await node.ask("shop.test", "/a");
  origin.answer = () => ({ status: 503, body: "away" });
  const second = await node.ask("shop.test", "/a");
  assert.equal(await second.text(), "kept");
  assert.match(decision(second) ?? "", /fwd=stale; fwd-status=503.*detail=stale-if-error/);
  origin.answer = () => "cut off";
  const third = await node.ask("shop.test", "/a");
  assert.deepEqual([third.status, await third.text()], [200, "kept"]);
  const never = await node.ask("shop.test", "/never-seen");
  assert.equal(never.status, 502);
  await never.body?.cancel();
});

test("a miss reaches its client while it is being stored", async (node, origin) => {
  const open = Promise.withResolvers<void>();
  origin.answer = () => ({
    fields: { "cache-control": "max-age=60" },
    body: (async function* () {
      yield "begin ";
      await open.promise;
      yield "end";
    })(),
  });
  using client = Deno.createHttpClient({ allowHost: true });
  const headers = { host: "shop.test" };
  const response = await fetch(`${node.url}/a`, { headers, client });
  const reader = response.body?.getReader() ?? assert.fail("it has no body");
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "begin ");
  open.resolve();
  const { value: rest } = await reader.read();
  assert.equal(new TextDecoder().decode(rest), "end");
  await reader.cancel();
  const answered = await until(
    async () => {
      const next = await node.ask("shop.test", "/a");
      return /hit/.test(decision(next) ?? "") ? next.text() : undefined;
    },
    () => "it to be kept",
  );
  assert.equal(answered, "begin end");
  assert.equal(origin.requests.length, 1);
});

test("INV-16: what is cut off is served to nobody else", async (node, origin) => {
  origin.answer = () => ({
    fields: { "cache-control": "max-age=60", "content-length": "100" },
    body: "only the beginning",
    isCutOff: true,
  });
  await assert.rejects(node.text("shop.test", "/a"));
  origin.answer = () => ({ fields: { "cache-control": "max-age=60" }, body: "whole" });
  assert.equal(await node.text("shop.test", "/a"), "whole");
  assert.equal(origin.requests.length, 2);
});

test("what changes a resource makes what is kept of it invalid", async (node, origin) => {
  let body = "before";
  origin.answer = () => ({ fields: { "cache-control": "max-age=60" }, body });
  await node.text("shop.test", "/a");
  body = "after";
  assert.equal(await node.text("shop.test", "/a"), "before");
  await node.text("shop.test", "/a", { method: "POST", body: "change" });
  assert.equal(await node.text("shop.test", "/a"), "after");
});

shared.test("INV-17: a program's answers are kept where its manifest says so, for its version alone", async (node) => {
  await node.tenant("acme");
  const cache = { mode: "cache", ttlMs: 60_000, pass: [{ field: "x-fresh" }] } as const;
  const count = (init?: RequestInit) => node.text("counter.test", "/count?visits", init);
  const first = await node.deploy("acme/counter", await program(), { cache });
  assert.deepEqual([await count(), await count()], ["1", "1"]);
  assert.equal(await count({ headers: { "x-fresh": "1" } }), "2");
  const hit = await node.logged((line) => line["cache"] === "hit");
  assert.deepEqual([hit["outcome"], hit["version"], hit["fuel"]], ["cached", first, undefined]);
  const miss = await node.logged((line) => line["cache"] === "miss");
  assert.deepEqual([miss["outcome"], typeof miss["fuel"]], ["returned", "number"]);
  await node.deploy("acme/counter", await program("1111"), { cache });
  assert.deepEqual([await count(), await count()], ["3", "3"]);
  // What a program did wrong is never kept.
  const trap = () => node.ask("counter.test", "/trap");
  assert.deepEqual([(await trap()).status, (await trap()).status], [500, 500]);
});
