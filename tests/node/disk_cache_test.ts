/** The disk tier of a node's cache, over sockets: what it keeps outlives processes, and is served whole or not at all. */

import assert from "node:assert/strict";
import { program } from "./guests.ts";
import {
  type NodeOptions,
  type RunningNode,
  testsOfRunningNode,
  until,
  withRunningNode,
} from "./running_node.ts";
import { type Origin, withOrigin } from "./scripted_origin.ts";
import { fill, withSmallDisk } from "./small_disk.ts";

const size = { cells: 2, threads: 1 };

type Use = (node: RunningNode, origin: Origin) => Promise<void>;

/** A node with a service that passes everything on to an origin, whose answers may be kept for long. */
function withCache(use: Use, options: NodeOptions = {}): Promise<void> {
  return withRunningNode({ ...size, ...options }, onNode(use));
}

/** As above on a node that there is. */
function onNode(use: Use): (node: RunningNode) => Promise<void> {
  return (node) =>
    withOrigin(async (origin) => {
      await node.tenant("acme", { privateBackends: ["127.0.0.1"] });
      await node.deploy("acme/shop", await program(), {
        routes: [{ host: "shop.test", prefix: "", backend: "origin" }],
        backends: { origin: { origin: origin.url } },
      });
      origin.answer = ({ target }) => ({
        fields: { "cache-control": "max-age=600", etag: `"${target}"` },
        body: largeBody(target),
      });
      await use(node, origin);
    });
}

/** How large bodies are: all of them too large for memory. */
const [largeBytes, otherBytes] = [5_000_000, 1_000_000];

/** A text, in pieces. */
async function* largeBody(name: string): AsyncGenerator<string> {
  const whole = contentOf(name);
  for (let at = 0; at < whole.length; at += 100_000) yield whole.slice(at, at + 100_000);
}

function contentOf(name: string): string {
  const line = (at: number) => `${name} ${at}\n`;
  const bytes = name === "/large" ? largeBytes : otherBytes;
  let text = "";
  for (let at = 0; text.length < bytes; at += 1) text += line(at);
  return text.slice(0, bytes);
}

function isHit(response: Response): boolean {
  return /^Skerry; hit/.test(response.headers.get("cache-status") ?? "");
}

/**
 * Asks until it is answered by what is kept. By then the other cell may have fetched it too, and may still write: whoever
 * asked there would be given what comes, and what it writes would take the place of what a test does to the file.
 */
async function hit(node: RunningNode, path: string): Promise<void> {
  await until(
    async () => isHit(await node.ask("shop.test", path)) || undefined,
    () => `a hit of ${path}`,
  );
  await until(() => partialFiles(node).length === 0 || undefined, () => "all to be written");
}

function objectFiles(node: RunningNode): string[] {
  return filesOf(node).filter((path) => /\/[0-9a-f]+[wvx]$/.test(path));
}

function partialFiles(node: RunningNode): string[] {
  return filesOf(node).filter((path) => /\/partial\/[^/]+$/.test(path));
}

function filesOf(node: RunningNode): string[] {
  const below = (folder: string): string[] =>
    [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      isDirectory ? below(`${folder}/${name}`) : [`${folder}/${name}`]
    );
  return below(`${node.state}/cache/objects`);
}

const shared = testsOfRunningNode("a disk tier that cells have together", size);

shared.test(
  "a large response is served by ranges from the disk, through every cell",
  onNode(async (node, origin) => {
    const expected = contentOf("/large");
    assert.equal(await node.text("shop.test", "/large"), expected);
    await hit(node, "/large");
    const asked = origin.requests.length;
    const cells = new Set<unknown>();
    for (let ask = 0; cells.size < 2; ask += 1) {
      const [first, last] = [ask * 250_007 % 4_000_000, ask * 250_007 % 4_000_000 + 999_999];
      const headers = { range: `bytes=${first}-${last}` };
      const response = await node.ask("shop.test", "/large", { headers });
      assert.equal(response.status, 206);
      assert.ok(isHit(response));
      assert.equal(await response.text(), expected.slice(first, last + 1));
      const id = response.headers.get("x-request-id");
      cells.add((await node.logged((line) => line["id"] === id))["cell"]);
    }
    const several = await node.ask("shop.test", "/large", {
      headers: { range: "bytes=0-9,4999990-" },
    });
    assert.match(await several.text(), new RegExp(`\r\n${expected.slice(0, 9)}`));
    using client = Deno.createHttpClient({ allowHost: true });
    const headers = { host: "shop.test", "if-none-match": '"/large"' };
    const unchanged = await fetch(`${node.url}/large`, { headers, client });
    assert.deepEqual([unchanged.status, await unchanged.text()], [304, ""]);
    const head = await node.ask("shop.test", "/large", { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), String(largeBytes));
    assert.equal(origin.requests.length, asked);
  }),
);

shared.test(
  "many who ask for a large response at once are one fetch, and all get the whole",
  onNode(async (node, origin) => {
    const expected = contentOf("/other");
    const answers = Array.from({ length: 12 }, () => node.text("shop.test", "/other"));
    for (const answer of await Promise.all(answers)) assert.ok(answer === expected);
    // Each cell collapses its own.
    assert.ok(origin.requests.length <= 2, `${origin.requests.length} fetches`);
  }),
);

Deno.test("what was used is served after a restart without its origin, large or small", () =>
  withCache(async (node, origin) => {
    const [small, plain] = [origin.answer, { "cache-control": "max-age=600", vary: "x-kind" }];
    await node.text("shop.test", "/other");
    await hit(node, "/other");
    origin.answer = ({ headers }) => ({ fields: plain, body: `kind ${headers.get("x-kind")}` });
    const ask = (kind: string) => node.text("shop.test", "/small", { headers: { "x-kind": kind } });
    for (const kind of ["a", "b", "a", "b"]) await ask(kind);
    // A response that varies has a file beside it that says by what.
    await until(() => objectFiles(node).length === 4 || undefined, () => "four files");
    assert.equal(await node.stop(), 0);
    await node.start();
    origin.answer = () => "cut off";
    assert.deepEqual([await ask("a"), await ask("b")], ["kind a", "kind b"]);
    assert.equal(await node.text("shop.test", "/other"), contentOf("/other"));
    origin.answer = small;
  }));

Deno.test("what was purged is not served after all processes were killed, and what was not is", () =>
  withCache(async (node, origin) => {
    for (const path of ["/purged", "/changed", "/left"]) {
      await node.text("shop.test", path);
      await hit(node, path);
    }
    await node.ok("POST", "/v1/tenants/acme/services/shop/purge", {
      urls: ["http://shop.test/purged"],
    });
    await node.text("shop.test", "/changed", { method: "POST", body: "change" });
    const cells = await node.cells();
    const killed = node.kill();
    for (const { pid } of cells) Deno.kill(pid, "SIGKILL");
    await killed;
    await node.start();
    const asked = origin.requests.length;
    assert.ok(isHit(await node.ask("shop.test", "/left")));
    assert.equal(origin.requests.length, asked);
    for (const path of ["/purged", "/changed"]) {
      assert.equal(await node.text("shop.test", path), contentOf(path));
    }
    assert.equal(origin.requests.length, asked + 2);
  }));

Deno.test("a file that was damaged is fetched again, and not served", () =>
  withCache(async (node, origin) => {
    for (const place of [50, 70_000, otherBytes]) {
      await node.text("shop.test", "/other");
      await hit(node, "/other");
      const asked = origin.requests.length;
      const [file = assert.fail("there is no file")] = objectFiles(node);
      const bytes = Deno.readFileSync(file);
      if (place === otherBytes) Deno.truncateSync(file, place);
      else {
        bytes[place] = (bytes[place] ?? 0) ^ 1;
        Deno.writeFileSync(file, bytes);
      }
      const response = await node.ask("shop.test", "/other");
      assert.ok(!isHit(response));
      assert.ok(await response.text() === contentOf("/other"));
      assert.equal(origin.requests.length, asked + 1);
    }
  }));

Deno.test("no more is kept on the disk than it is given", () =>
  withCache(async (node) => {
    for (let at = 0; at < 6; at += 1) await node.text("shop.test", `/${at}`);
    const bytes = () => objectFiles(node).reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    await until(() => bytes() <= 3 * 2 ** 20 || undefined, () => `3 MiB instead of ${bytes()}`);
    assert.ok(bytes() > 2 ** 20);
    await hit(node, "/5");
  }, { more: ["--cache-disk", "3MiB"] }));

Deno.test("without a disk tier nothing is written", () =>
  withCache(async (node) => {
    await node.text("shop.test", "/other");
    await node.text("shop.test", "/other");
    assert.ok(![...Deno.readDirSync(`${node.state}/cache`)].some(({ name }) => name === "objects"));
  }, { more: ["--cache-disk", "0"] }));

const canMount = await withSmallDisk(() => Promise.resolve(true));

Deno.test({
  name: "a full disk is told once for each thread, and hurts nobody",
  // Without root there is no small file system.
  ignore: canMount !== true,
  fn: async () => {
    await withSmallDisk((disk) =>
      withCache(async (node) => {
        await fill(disk, 500_000);
        for (let at = 0; at < 8; at += 1) {
          assert.ok(await node.text("shop.test", `/${at}`) === contentOf(`/${at}`));
        }
        const told = node.stderr.split("\n").filter((line) => /cannot be written to/.test(line));
        assert.ok(told.length >= 1 && told.length <= 2, told.join("\n"));
        assert.deepEqual(objectFiles(node), []);
      }, { state: `${disk}/state` })
    );
  },
});
