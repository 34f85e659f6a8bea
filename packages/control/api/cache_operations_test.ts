import { deepEqual, equal } from "node:assert/strict";
import { testApi } from "../testing/api.ts";
import type { AnswerOf } from "./read_answers.ts";

const explanation: AnswerOf<"explanation"> = {
  ...{ service: "acme/shop", resource: "http://shop.example/a", decision: "hit", why: "fresh" },
  ttlMs: 1_000,
  variants: [{
    ...{ status: 200, state: "fresh", isAsked: true, vary: ["accept"], ageMs: 1, ttlMs: 1_000 },
    ...{ staleWhileRevalidateMs: 0, staleIfErrorMs: 0, bytes: 3, surrogateKeys: ["a"] },
  }],
};

Deno.test("who may read learns what the cache would do with a request, of their own services", async () => {
  const made = await testApi();
  const urls: string[] = [];
  made.explain = (url) => {
    urls.push(url);
    return explanation;
  };
  const path = "/v1/tenants/acme/cache/explain";
  const body = { url: "http://shop.example/a", fields: [{ name: "accept", value: "text/html" }] };
  const token = await made.token("acme", "read");
  const answer = await made.call("POST", path, { token, body });
  equal(answer.status, 200);
  deepEqual(answer.json, explanation);
  deepEqual(urls, ["http://shop.example/a"]);
  const others = await made.token("bolt", "read");
  equal((await made.call("POST", path, { token: others, body })).status, 404);
  const purger = await made.token("acme", "purge");
  equal((await made.call("POST", path, { token: purger, body })).status, 403);
  made.node.close();
});

Deno.test("of what no cache of the tenant's is asked for, and of what is no URL, nothing is told", async () => {
  const made = await testApi();
  const path = "/v1/tenants/acme/cache/explain";
  equal((await made.call("POST", path, { body: { url: "http://shop.example/" } })).status, 404);
  equal((await made.call("POST", path, { body: { url: "shop.example" } })).status, 400);
  const fields = [{ name: "a b", value: "" }];
  const body = { url: "http://shop.example/", fields };
  equal((await made.call("POST", path, { body })).status, 400);
  made.node.close();
});
