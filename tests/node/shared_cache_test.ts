/** What a node's threads and cells keep together. */

import assert from "node:assert/strict";
import { program } from "./guests.ts";
import { type LogLine, type RunningNode, until, withRunningNode } from "./running_node.ts";
import { type Origin, withOrigin } from "./scripted_origin.ts";

const [cells, threads] = [2, 2];

async function withSharedCache(
  use: (node: RunningNode, origin: Origin) => Promise<void>,
): Promise<void> {
  await withOrigin((origin) =>
    withRunningNode({ cells, threads }, async (node) => {
      await node.tenant("acme", { privateBackends: ["127.0.0.1"] });
      await node.deploy("acme/shop", await program(), {
        routes: [{ host: "shop.test", prefix: "", backend: "origin" }],
        backends: { origin: { origin: origin.url } },
      });
      origin.answer = ({ target }) => ({
        fields: { "cache-control": "max-age=600" },
        body: `of ${target}`,
      });
      await use(node, origin);
    })
  );
}

/** Which thread of which cell it was. */
const place = ({ cell, thread }: LogLine) => `${cell}.${thread}`;

/** Asks over connections of their own until every thread has answered; all of them from what is kept. */
async function hitByAll(node: RunningNode, path: string): Promise<void> {
  const seen = new Set<string>();
  const from = node.log.length;
  await until(async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => node.ask("shop.test", path)));
    for (const answer of answers) {
      assert.equal(await answer.text(), `of ${path}`);
      assert.match(answer.headers.get("cache-status") ?? "", /^Skerry; hit/);
    }
    for (const line of node.log.slice(from)) if (line["path"] === path) seen.add(place(line));
    return seen.size === cells * threads || undefined;
  }, () => `answers of all threads, beside ${[...seen]}`);
}

Deno.test("what one thread has fetched is a hit through every thread of every cell", () =>
  withSharedCache(async (node, origin) => {
    for (const path of ["/a", "/b", "/c"]) {
      await node.ask("shop.test", path);
      await hitByAll(node, path);
    }
    assert.equal(origin.requests.length, 3);
  }));

Deno.test("a cell that is killed takes with it what it has fetched, and nothing else", () =>
  withSharedCache(async (node, origin) => {
    const paths = Array.from({ length: 24 }, (_, index) => `/${index}`);
    for (const path of paths) await node.ask("shop.test", path);
    assert.equal(origin.requests.length, paths.length);
    const fetchedBy = new Map<string, unknown>();
    for (const path of paths) {
      const line = await node.logged((line) => line["path"] === path);
      fetchedBy.set(path, line["cell"]);
    }
    const [victim] = await node.cells();
    assert.ok(victim !== undefined);
    const others = paths.filter((path) => fetchedBy.get(path) !== victim.cell);
    assert.ok(others.length > 0 && others.length < paths.length, "both have fetched something");
    Deno.kill(victim.pid, "SIGKILL");
    await until(async () => {
      const [again] = await node.cells();
      return again?.state === "serving" && again.pid !== victim.pid || undefined;
    }, () => "the cell to be there again");
    await hitByAll(node, others[0] ?? "");
    for (const path of others) {
      const { headers } = await node.ask("shop.test", path);
      assert.match(headers.get("cache-status") ?? "", /^Skerry; hit/);
    }
    assert.equal(origin.requests.length, paths.length);
    // What is lost is fetched once more, and then there for all.
    const lost = paths.find((path) => fetchedBy.get(path) === victim.cell) ?? assert.fail();
    await node.ask("shop.test", lost);
    await hitByAll(node, lost);
    assert.equal(origin.requests.length, paths.length + 1);
  }));
