import { deepEqual, equal, ok } from "node:assert/strict";
import { type Sent, type TestApi, testApi } from "../testing/api.ts";
import { serviceById } from "./purge_operations.ts";

const purgePath = "/v1/tenants/acme/services/shop/purge";
const fastly = "/service/acme--shop";

/** Has a purge asked for, and gives what was ordered by it, if anything. */
async function withApi(act: (api: TestApi) => Promise<void>): Promise<void> {
  const api = await testApi();
  await api.call("PUT", "/v1/tenants/acme/services/shop");
  await act(api).finally(() => api.node.close());
  deepEqual(api.faults, []);
}

const nothing = { urls: [], keys: [], hosts: [], everything: false };
const shop = { tenant: "acme", service: "shop" };

Deno.test("what is ordered is what was asked for, by each of the ways", () =>
  withApi(async ({ call, purges }) => {
    const check = async (path: string, sent: Sent, expected: object) => {
      const { status } = await call("POST", path, sent);
      equal(status, 200);
      deepEqual(purges.at(-1), { ...nothing, ...shop, mode: "hard", ...expected });
    };
    const wanted = { urls: ["https://a/b?c"], keys: ["x", "y z"], hosts: ["a:8080"] };
    await check(purgePath, { body: wanted }, wanted);
    await check(purgePath, { body: { keys: ["x"], soft: true } }, { keys: ["x"], mode: "soft" });
    await check(purgePath, { body: { everything: true } }, { everything: true });
    await check(`${fastly}/purge/a%2Fb`, {}, { keys: ["a/b"] });
    const soft = ["Fastly-Soft-Purge", "1"] as const;
    await check(`${fastly}/purge/a`, { fields: [soft] }, { keys: ["a"], mode: "soft" });
    await check(`${fastly}/purge`, { fields: [["Surrogate-Key", "a b  a"]] }, { keys: ["a", "b"] });
    const body = { surrogate_keys: ["a"] };
    await check(`${fastly}/purge`, { body, fields: [soft] }, { keys: ["a"], mode: "soft" });
    await check(`${fastly}/purge_all`, {}, { everything: true });
  }));

Deno.test("a purge of nothing, of too much, or of what is none is refused, and nothing is purged", () =>
  withApi(async ({ call, purges }) => {
    const many = Array.from({ length: 257 }, (_, number) => `key-${number}`);
    const wrong: Sent["body"][] = [
      ...[{}, { keys: [] }, { everything: false }, { keys: many }, { keys: [""] }],
      ...[{ urls: ["/a"] }, { urls: ["ftp://a/"] }, { hosts: ["a/b"] }, { all: true }],
    ];
    for (const body of wrong) equal((await call("POST", purgePath, { body })).status, 400);
    for (const path of [`${fastly}/purge`, `${fastly}/purge/a%00`]) {
      ok((await call("POST", path, { body: { surrogate_keys: many } })).status >= 400);
    }
    const fields = [["Surrogate-Key", many.join(" ")]] as const;
    equal((await call("POST", `${fastly}/purge`, { fields })).status, 400);
    equal((await call("POST", "/service/acme--cellar/purge_all")).status, 404);
    equal((await call("POST", "/service/acme/purge_all")).status, 404);
    deepEqual(purges, []);
    const body = { keys: many.slice(0, 256) };
    equal((await call("POST", purgePath, { body })).status, 200);
  }));

Deno.test("only who may purges: a tenant's token with its scope, shown in one of two ways", () =>
  withApi(async ({ call, token, purges }) => {
    const may = await token("acme", "purge");
    const mayNot = await token("acme", "read", "deploy");
    const other = await token("bolt", "purge");
    const path = `${fastly}/purge_all`;
    const key = (text: string) => ({ token: "", fields: [["Fastly-Key", text]] }) as const;
    equal((await call("POST", path, { token: "" })).status, 401);
    equal((await call("POST", path, key("skerry_no"))).status, 401);
    equal((await call("POST", path, { token: mayNot })).status, 403);
    equal((await call("POST", path, { token: other })).status, 404);
    equal((await call("POST", path, { ...key(may), token: may })).status, 401, "two are none");
    equal((await call("POST", purgePath, key(may))).status, 401, "it is no shape of Fastly's");
    deepEqual(purges, []);
    equal((await call("POST", path, key(may))).status, 200);
    equal((await call("POST", path, { token: may })).status, 200);
    equal((await call("POST", purgePath, { token: may, body: { everything: true } })).status, 200);
  }));

Deno.test("a service has one name for clients that have no tenants", () => {
  deepEqual(serviceById("acme--shop"), shop);
  deepEqual(serviceById("acme/shop"), shop);
  deepEqual(serviceById("a--b/c"), { tenant: "a--b", service: "c" });
  for (const id of ["acme", "acme--shop--x", "a--b--c", "--shop", "A--b", "a/b/c", ""]) {
    equal(serviceById(id), undefined, id);
  }
});

Deno.test("who purges too often is told to wait", () =>
  withApi(async ({ call }) => {
    for (let calls = 0;; calls++) {
      const { status, field } = await call("POST", `${fastly}/purge_all`);
      if (status === 200) continue;
      equal(status, 429);
      ok(calls >= 2_000, `${calls}`);
      equal(field("retry-after"), "1");
      return;
    }
  }));
