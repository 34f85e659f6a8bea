/** What programs on a node keep of what they compute, and of what their backends answer. */

import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { builtOnce } from "./built_once.ts";
import type { Module } from "./guests.ts";
import { type RunningNode, testsOfRunningNode, until } from "./running_node.ts";
import { type Origin, withOrigin } from "./scripted_origin.ts";

/** `/page` shows a fragment that is computed where there is none; `/ask?PATH`, `/keep?PATH` and `/pass?PATH` what a backend answers. */
const source = String.raw`
#include <skerry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void copy(int descriptor) {
  char buffer[1000];
  for (ssize_t got; (got = read(descriptor, buffer, sizeof buffer)) > 0;) fwrite(buffer, 1, got, stdout);
}

static void page(void) {
  int transaction, body;
  struct skerry_cache_found found;
  int status = skerry_cache_transaction_lookup("page", 4, NULL, NULL, 0, &found, &transaction);
  if (status) {
    printf("lookup %d", status);
    return;
  }
  if (!(found.state & SKERRY_CACHE_MUST_INSERT)) {
    copy(transaction);
    return;
  }
  const char *text = getenv("REQUEST_ID");
  struct skerry_cache_write options = {
    .ttl_ms = 60000, .size = strlen(text), .surrogate_keys = "pages all", .surrogate_keys_size = 9};
  status = skerry_cache_transaction_insert(transaction, &options, &body);
  /* Others come meanwhile. */
  fprintf(stderr, "computes %s\n", getenv("QUERY_STRING"));
  usleep(*getenv("QUERY_STRING") ? 1000000 : 200000);
  if (status) printf("insert %d", status);
  else write(body, text, strlen(text));
  printf("%s", text);
}

static void ask(const char *target, const struct skerry_http_caching *caching) {
  char head[1000];
  int descriptor;
  int size = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\n\r\n", target);
  int status = skerry_http_request_with("origin", 6, head, size, caching, &descriptor);
  if (status) printf("request %d", status);
  else copy(descriptor);
}

int main(void) {
  const char *path = getenv("PATH_INFO"), *query = getenv("QUERY_STRING");
  printf("Status: 200\nContent-Type: text/plain\n\n");
  struct skerry_http_caching keep = {
    .flags = SKERRY_HTTP_CACHING_TTL, .ttl_ms = 60000, .surrogate_keys = "pages", .surrogate_keys_size = 5};
  struct skerry_http_caching pass = {.flags = SKERRY_HTTP_CACHING_PASS};
  if (!strcmp(path, "/page")) page();
  if (!strcmp(path, "/ask")) ask(query, NULL);
  if (!strcmp(path, "/keep")) ask(query, &keep);
  if (!strcmp(path, "/pass")) ask(query, &pass);
  if (!strcmp(path, "/purge")) printf("%d", skerry_cache_purge_keys(query, strlen(query), 0));
}`;

let built: Promise<Module> | undefined;

function program(): Promise<Module> {
  return built ??= builtOnce(encodeUtf8(source));
}

const small = { cells: 1, threads: 1 };
const oneThread = testsOfRunningNode("what programs keep on a node of one thread", small);
/** Of its own, for it is looked at what the node has counted. */
const counting = testsOfRunningNode("what a node counts of programs that keep something", small);
const allThreads = testsOfRunningNode("what programs keep on a node of several cells and threads", {
  cells: 2,
  threads: 2,
});

/** What a test does with a service that asks an origin, on a node. */
function withGuest(
  use: (node: RunningNode, origin: Origin) => Promise<void>,
  backend: { readonly cache?: "pass" } = {},
): (node: RunningNode) => Promise<void> {
  return (node) =>
    withOrigin(async (origin) => {
      await node.tenant("acme", { privateBackends: ["127.0.0.1"] });
      await deploy(node, origin, backend);
      await use(node, origin);
    });
}

async function deploy(
  node: RunningNode,
  { url }: Origin,
  backend: { readonly cache?: "pass" } = {},
): Promise<void> {
  await node.deploy("acme/shop", await program(), {
    routes: [{ host: "shop.test", prefix: "" }],
    backends: { origin: { origin: url, ...backend } },
  });
}

const ask = (node: RunningNode, path: string) => node.text("shop.test", path);

oneThread.test(
  "a fragment is computed once for all who ask at once, found then, and purged by its surrogate key",
  withGuest(async (node) => {
    const pages = await Promise.all(Array.from({ length: 20 }, () => ask(node, "/page")));
    const [first = ""] = pages;
    assert.match(first, /^[0-9a-f]{32}$/);
    assert.deepEqual(new Set(pages), new Set([first]));
    assert.equal(await ask(node, "/page"), first);
    assert.equal(await ask(node, "/purge?other"), "0");
    assert.equal(await ask(node, "/page"), first);
    assert.equal(await ask(node, "/purge?pages"), "0");
    const second = await ask(node, "/page");
    assert.match(second, /^[0-9a-f]{32}$/);
    assert.notEqual(second, first);
  }),
);

counting.test(
  "what a backend answers a program is kept as it says, as the program says, or passes",
  withGuest(async (node, origin) => {
    origin.answer = ({ target }) => ({
      fields: target.startsWith("/fresh") ? { "cache-control": "max-age=60" } : {},
      body: `answer ${origin.requests.length}`,
    });
    const told = async (path: string) => {
      const text = await ask(node, path);
      const [, decision = ""] = /^cache-status: Skerry; ([\w=-]+)/m.exec(text) ?? [];
      return `${decision} ${text.slice(text.lastIndexOf("\n") + 1)}`;
    };
    assert.equal(await told("/ask?/fresh"), "fwd=uri-miss answer 1");
    assert.equal(await told("/ask?/fresh"), "hit answer 1");
    assert.match(await ask(node, "/ask?/fresh"), /^age: \d+/m);
    assert.equal(await told("/pass?/fresh"), "fwd=bypass answer 2");
    assert.equal(await told("/ask?/plain"), "fwd=uri-miss answer 3");
    assert.equal(await told("/keep?/plain"), "fwd=uri-miss answer 4");
    assert.equal(await told("/ask?/plain"), "hit answer 4");
    await ask(node, "/purge?pages");
    assert.equal(await told("/ask?/plain"), "fwd=uri-miss answer 5");
    assert.equal(await told("/ask?/fresh"), "hit answer 1");
    await ask(node, "/page");
    await ask(node, "/page");
    const count = (use: string, result: string) =>
      `skerry_guest_cache_uses_total{service="acme/shop",use="${use}",result="${result}"}`;
    const headers = { authorization: `Bearer ${node.token}` };
    const metrics = () => fetch(`${node.adminUrl}/metrics`, { headers }).then((one) => one.text());
    await until(
      async () => (await metrics()).includes(`\n${count("fragment", "hit")} 1\n`) || undefined,
      () => "what a program found to be counted",
    );
    const counted = await metrics();
    for (const [result, times] of [["hit", 4], ["miss", 4], ["pass", 1]]) {
      assert.ok(counted.includes(`\n${count("subrequest", `${result}`)} ${times}\n`), counted);
    }
    assert.ok(counted.includes(`\n${count("fragment", "miss")} 1\n`), counted);
  }),
);

oneThread.test(
  "a backend whose cache is switched off is asked each time",
  withGuest(async (node, origin) => {
    origin.answer = () => ({ fields: { "cache-control": "max-age=60" }, body: "answer" });
    for (let time = 0; time < 2; time += 1) {
      assert.doesNotMatch(await ask(node, "/ask?/fresh"), /cache-status/);
    }
    assert.equal(origin.requests.length, 2);
  }, { cache: "pass" }),
);

allThreads.test(
  "INV-15: a fragment is found through every thread of every cell, and a purge by the API takes it from all",
  withGuest(async (node) => {
    /** What is answered over many connections, which go to all threads of all cells. */
    const seen = async () => {
      const pages = new Set<string>();
      for (let asks = 0; asks < 24; asks += 1) pages.add(await ask(node, "/page"));
      return [...pages];
    };
    let before = await seen();
    assert.equal(before.length, 1);
    const purges = [
      { keys: ["none", "all"] },
      { everything: true },
      { keys: ["pages"] },
    ];
    for (const purge of purges) {
      await node.ok("POST", "/v1/tenants/acme/services/shop/purge", purge);
      const after = await seen();
      assert.equal(after.length, 1);
      assert.notDeepEqual(after, before);
      before = after;
    }
    await node.ok("POST", "/v1/tenants/acme/services/shop/purge", { keys: ["other"] });
    assert.deepEqual(await seen(), before);
    // What a thread's program purges is gone for all.
    await ask(node, "/purge?all");
    const after = await seen();
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, before);
  }),
);

allThreads.test(
  "INV-15: a purge while a program computes a fragment beats it, whichever cell it is in",
  withGuest(async (node) => {
    let inTime = 0;
    for (let round = 0; round < 3; round += 1) {
      await node.ok("POST", "/v1/tenants/acme/services/shop/purge", { everything: true });
      // The program takes its time between its beginning and its end.
      let isOver = false;
      const computing = ask(node, `/page?${round}`).finally(() => isOver = true);
      await node.logged(({ line }) => line === `computes ${round}`);
      await node.ok("POST", "/v1/tenants/acme/services/shop/purge", { keys: ["pages"] });
      if (!isOver) inTime += 1;
      const asked = await Promise.all(Array.from({ length: 8 }, () => ask(node, "/page")));
      const old = await computing;
      for (const page of asked) assert.notEqual(page, old);
      assert.notEqual(await ask(node, "/page"), old);
    }
    // It is no proof of anything if it always came too late.
    assert.ok(inTime > 0);
  }),
);

allThreads.test(
  "what was kept for a service that is removed is not for the next of its name",
  withGuest(async (node, origin) => {
    origin.answer = () => ({
      fields: { "cache-control": "max-age=60" },
      body: `answer ${origin.requests.length}`,
    });
    const before = await ask(node, "/page");
    assert.match(await ask(node, "/ask?/fresh"), /answer 1$/);
    await node.ok("DELETE", "/v1/tenants/acme/services/shop");
    await deploy(node, origin);
    for (let asks = 0; asks < 8; asks += 1) assert.notEqual(await ask(node, "/page"), before);
    assert.match(await ask(node, "/ask?/fresh"), /answer 2$/);
  }),
);
