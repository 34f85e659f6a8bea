/** Purges of a node with several cells and threads, over sockets: once one is acknowledged, none of them serves what was before. */

import assert from "node:assert/strict";
import { program } from "./guests.ts";
import { type RunningNode, testsOfRunningNode, until, withRunningNode } from "./running_node.ts";
import { type Origin, withOrigin } from "./scripted_origin.ts";

/** How often each thing is asked for: over connections of their own, which go to all threads of all cells. */
const asks = 24;

interface Shop {
  readonly node: RunningNode;
  readonly origin: Origin;
  /** What the origin answers from now on. */
  body: string;
  /** Asks over many connections, and gives what was answered, each answer once. */
  seen(path?: string, host?: string): Promise<readonly string[]>;
  purge(order: object): Promise<{ readonly id: string; readonly nodes: Record<string, number> }>;
}

const size = { cells: 2, threads: 2 };

/** A node with a service that passes everything on to an origin, whose answers may be kept for long. */
function withShop(use: (shop: Shop) => Promise<void>): Promise<void> {
  return withRunningNode(size, (node) => withShopOn(node, use));
}

/** As above on a node that there is. */
function withShopOn(node: RunningNode, use: (shop: Shop) => Promise<void>): Promise<void> {
  return withOrigin(async (origin) => {
    await node.tenant("acme", { privateBackends: ["127.0.0.1"] });
    await node.deploy("acme/shop", await program(), {
      routes: [
        { host: "shop.test", prefix: "", backend: "origin" },
        { host: "other.test", prefix: "", backend: "origin" },
      ],
      backends: { origin: { origin: origin.url } },
    });
    const shop: Shop = {
      ...{ node, origin, body: "first" },
      async seen(path = "/a", host = "shop.test") {
        const texts: string[] = [];
        for (let ask = 0; ask < asks; ask++) texts.push(await node.text(host, path));
        return [...new Set(texts)].sort();
      },
      purge: (order) => node.ok("POST", "/v1/tenants/acme/services/shop/purge", order),
    };
    origin.answer = ({ target }) => ({
      fields: {
        "cache-control": "max-age=3600, stale-while-revalidate=3600",
        "surrogate-key": `page ${target.slice(1)}`,
      },
      body: shop.body,
    });
    await use(shop);
  });
}

const shared = testsOfRunningNode("purges of a node with several cells and threads", size);

// The first of its node: it looks at all that the node has counted.
shared.test("INV-15: after an acknowledged purge no cell serves what was before, by whichever way it was purged", (node) =>
  withShopOn(node, async (shop) => {
    const { node } = shop;
    let round = 0;
    const check = async (purge: () => Promise<unknown>) => {
      await shop.seen();
      const before = shop.body;
      shop.body = `after ${round += 1}`;
      assert.deepEqual(await shop.seen(), [before], "it is kept");
      await purge();
      assert.deepEqual(await shop.seen(), [shop.body]);
    };
    await check(async () => {
      const beganMs = Date.now() - 1_000;
      const { id, nodes } = await shop.purge({ urls: ["https://SHOP.test/a"] });
      assert.match(id, /^\w+-\w+$/);
      const [[name = "", appliedMs = 0] = []] = Object.entries(nodes);
      assert.match(name, /^skerry-/);
      assert.ok(appliedMs > beganMs && appliedMs < Date.now() + 1_000);
    });
    await check(() => shop.purge({ keys: ["none", "a"] }));
    await check(() => shop.purge({ hosts: ["shop.test"] }));
    await check(() => shop.purge({ everything: true }));
    await check(() => node.ok("POST", "/service/acme--shop/purge/page"));
    await check(() => node.ok("POST", "/service/acme--shop/purge", { surrogate_keys: ["a"] }));
    await check(() => node.ok("POST", "/service/acme%2Fshop/purge_all"));
    // An unsafe method invalidates what is kept of its target, in all cells too.
    await check(() => node.text("shop.test", "/a", { method: "POST", body: "change" }));
    const headers = { authorization: `Bearer ${node.token}` };
    const metrics = await (await fetch(`${node.adminUrl}/metrics`, { headers })).text();
    assert.match(metrics, /\nskerry_purges_total\{service="acme\/shop",mode="hard"\} 7\n/);
    assert.match(metrics, /\nskerry_purge_duration_seconds_count\{service="acme\/shop"\} 7\n/);
  }));

shared.test("the PURGE method purges for who shows a token that may, and nobody else", (node) =>
  withShopOn(node, async (shop) => {
    const { node } = shop;
    const purge = async (headers: Record<string, string>, path = "/a") => {
      const response = await node.ask("shop.test", path, { method: "PURGE", headers });
      assert.equal(response.headers.get("cache-control"), "no-store");
      return { status: response.status, json: await response.json() };
    };
    const make = async (tenant: string, ...scopes: string[]): Promise<string> =>
      (await node.ok("POST", `/v1/tenants/${tenant}/tokens`, { name: "ci", scopes })).token;
    await node.tenant("bolt");
    const may = await make("acme", "purge");
    const [mayNot, other] = [await make("acme", "read"), await make("bolt", "purge")];
    await shop.seen();
    shop.body = "second";
    assert.equal((await purge({})).status, 401);
    assert.equal((await purge({ "fastly-key": "no" })).status, 401);
    assert.equal((await purge({ "fastly-key": may.replace(/.$/, "x") })).status, 401);
    assert.equal((await purge({ "fastly-key": may, authorization: `Bearer ${may}` })).status, 401);
    for (const token of [mayNot, other]) {
      const { status, json } = await purge({ "fastly-key": token });
      assert.deepEqual([status, json.status], [403, "error"]);
    }
    assert.equal((await purge({ "fastly-key": may }, "/b")).status, 200);
    assert.deepEqual(await shop.seen(), ["first"], "nothing of it was purged");
    const { status, json } = await purge({ authorization: `Bearer ${may}` });
    assert.equal(status, 200);
    assert.deepEqual([json.status, typeof json.id], ["ok", "string"]);
    assert.deepEqual(await shop.seen(), ["second"]);
    shop.body = "third";
    await purge({ "fastly-key": node.token, "fastly-soft-purge": "1" });
    const stale = await node.ask("shop.test", "/a");
    assert.equal(await stale.text(), "second");
    assert.match(stale.headers.get("cache-status") ?? "", /detail=stale-while-revalidate/);
    assert.ok(!shop.origin.requests.some(({ method }) => method === "PURGE"));
    await node.logged(({ outcome, status }) => outcome === "purged" && status === 200);
    await node.logged(({ outcome, status }) => outcome === "refused" && status === 403);
  }));

shared.test("what is not purged stays, and what is purged softly is served while it is fetched anew", (node) =>
  withShopOn(node, async (shop) => {
    assert.deepEqual([await shop.seen("/a"), await shop.seen("/b")], [["first"], ["first"]]);
    assert.deepEqual(await shop.seen("/a", "other.test"), ["first"]);
    shop.body = "second";
    await shop.purge({ urls: ["http://shop.test/a"], hosts: ["other.test"], keys: ["c"] });
    assert.deepEqual([await shop.seen("/a"), await shop.seen("/b")], [["second"], ["first"]]);
    assert.deepEqual(await shop.seen("/a", "other.test"), ["second"]);
    shop.body = "third";
    await shop.purge({ keys: ["b"], soft: true });
    const response = await shop.node.ask("shop.test", "/b");
    assert.equal(await response.text(), "first");
    assert.match(response.headers.get("cache-status") ?? "", /detail=stale-while-revalidate/);
    await until(
      async () => (await shop.seen("/b")).includes("third") || undefined,
      () => "it to be fetched anew",
    );
  }));

shared.test("INV-15: a purge while a fill is under way beats it, through whichever cell it came", (node) =>
  withShopOn(node, async (shop) => {
    for (let round = 0; round < 5; round++) {
      const open = Promise.withResolvers<void>();
      const { answer } = shop.origin;
      shop.origin.answer = (request) => ({
        ...answer(request) as object,
        body: (async function* () {
          yield `old ${round}`;
          await open.promise;
        })(),
      });
      const asked = shop.origin.requests.length;
      const fills = Promise.all(Array.from({ length: 8 }, () => shop.node.text("shop.test", "/a")));
      await until(
        () => shop.origin.requests.length > asked || undefined,
        () => "the origin to be asked",
      );
      await shop.purge({ keys: ["page"] });
      shop.origin.answer = answer;
      shop.body = `new ${round}`;
      assert.deepEqual(
        await shop.seen(),
        [shop.body],
        "who asks now is not given what began before",
      );
      open.resolve();
      // Of those who asked before, some may have come to a thread after it.
      const filled = new Set(await fills);
      filled.delete(shop.body);
      assert.deepEqual(filled, new Set([`old ${round}`]));
      assert.deepEqual(await shop.seen(), [shop.body], "and it is not kept");
      await shop.purge({ everything: true });
    }
  }));

shared.test("INV-15: under load nobody is served what was before a purge that they came after", (node) =>
  withShopOn(node, async (shop) => {
    let [current, acknowledged, answers] = [0, 0, 0];
    shop.body = "0";
    const wrong: string[] = [];
    const end = performance.now() + 3_000;
    const ask = async () => {
      while (performance.now() < end) {
        const least = acknowledged;
        const text = await shop.node.text("shop.test", "/a");
        answers += 1;
        if (Number(text) < least) wrong.push(`${text} after ${least}`);
      }
    };
    const purge = async () => {
      while (performance.now() < end) {
        shop.body = String(current += 1);
        const mine = current;
        await shop.purge({ keys: ["page"] });
        acknowledged = mine;
      }
    };
    await Promise.all([ask(), ask(), ask(), ask(), purge()]);
    assert.deepEqual(wrong, []);
    assert.ok(acknowledged > 10 && answers > 50, `${acknowledged} purges, ${answers} answers`);
    assert.ok(shop.origin.requests.length < answers, "it was served from the cache");
  }));

Deno.test("purges are remembered by the node that comes after one that was killed", () =>
  withShop(async (shop) => {
    const { node } = shop;
    const file = `${node.state}/cache/purges`;
    const { nodes } = await shop.purge({ keys: ["page"] });
    const before = await epochOf(file);
    assert.ok(before > 0);
    await node.kill();
    await node.start();
    const { nodes: after } = await shop.purge({ keys: ["page"] });
    assert.equal(await epochOf(file), before + 1);
    assert.notDeepEqual(Object.keys(after), Object.keys(nodes));
    await node.stop();
    await node.start();
    assert.equal(await epochOf(file), before + 1);
    // Another start of the system, and none that ended well before it.
    await node.kill();
    await Deno.writeTextFile(`${node.state}/cache/life`, "runs since another start\n");
    await node.start();
    assert.equal(await epochOf(file), 0, "nothing is known of what the system had not written");
    assert.deepEqual(await shop.seen(), ["first"]);
  }));

Deno.test("INV-15: what was purged before a node was killed is not found on its disk, and what was not is", () =>
  withShop(async (shop) => {
    const { node, origin } = shop;
    // More than memory takes.
    const large = (name: string) => name.padEnd(300_000, ".");
    shop.body = large("first");
    assert.deepEqual([await shop.seen("/a"), await shop.seen("/b")], [[large("first")], [
      shop.body,
    ]]);
    await until(
      async () => (await filesBelow(`${node.state}/cache/objects`)) >= 2 || undefined,
      () => "both to be on the disk",
    );
    shop.body = large("second");
    await shop.purge({ urls: ["http://shop.test/a"] });
    await node.kill();
    await node.start();
    const asked = origin.requests.length;
    assert.deepEqual(await shop.seen("/b"), [large("first")]);
    assert.equal(origin.requests.length, asked, "it was on the disk");
    assert.deepEqual(await shop.seen("/a"), [large("second")]);
  }));

async function filesBelow(folder: string): Promise<number> {
  let count = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    count += isDirectory ? await filesBelow(`${folder}/${name}`) : name.includes(".") ? 0 : 1;
  }
  return count;
}

async function epochOf(path: string): Promise<number> {
  const { buffer } = await Deno.readFile(path);
  return Number(new BigInt64Array(buffer)[2]);
}
