import assert from "node:assert/strict";
import fc from "fast-check";
import type { Field } from "@skerry/http";
import { cacheKey, keyQuery } from "./key.ts";
import type { CacheRequest, Owner } from "./request.ts";
import { defaultCacheSettings, type KeySettings } from "./settings.ts";

const plain = defaultCacheSettings.key;
const owner: Owner = { tenant: "t", service: "s" };

function request(more: Partial<CacheRequest>): CacheRequest {
  return {
    method: "GET",
    scheme: "https",
    host: "a",
    path: "/",
    query: undefined,
    fields: [],
    ...more,
  };
}

function checkQuery(
  query: string | undefined,
  settings: Partial<KeySettings>,
  expected: string,
): void {
  assert.equal(keyQuery(query, { ...plain, ...settings }), expected, query);
}

Deno.test("a query is part of the key as it is, unless settings say less", () => {
  checkQuery(undefined, {}, "");
  checkQuery("", {}, "?");
  checkQuery("b=2&a=1", {}, "?b=2&a=1");
  checkQuery("b=2&a=1", { query: "ignored" }, "");
  checkQuery("b=2&a=1&b=1", { query: "sorted" }, "?a=1&b=2&b=1");
  checkQuery("utm_source=x&a=1&fbclid=y", { ignoredParameters: ["utm_*", "fbclid"] }, "?a=1");
  checkQuery("%75tm_source=x", { ignoredParameters: ["utm_*"] }, "");
  checkQuery("a=1&b=2&c=3", { keptParameters: ["c", "a"] }, "?a=1&c=3");
  checkQuery("%ff=1&a", { keptParameters: ["a"] }, "?a");
});

Deno.test("two requests that differ in whose, where or what they are have two keys", () => {
  const part = fc.constantFrom("a", "b", "a/b", "a?b", "");
  const asked = fc.record({
    tenant: part,
    service: part,
    scheme: fc.constantFrom("http" as const, "https" as const),
    host: fc.constantFrom("a", "b", "a:1"),
    path: part.map((text) => `/${text.replace("?", "")}`),
    query: fc.option(part, { nil: undefined }),
  });
  fc.assert(fc.property(asked, asked, (left, right) => {
    const keys = [left, right].map(({ tenant, service, ...rest }) =>
      cacheKey({ tenant, service }, request(rest), plain).text
    );
    assert.equal(keys[0] === keys[1], JSON.stringify(left) === JSON.stringify(right));
  }));
});

Deno.test("chosen fields and cookies are part of the key, and not of the resource that is purged", () => {
  const settings = { ...plain, fields: ["x-a"], cookies: ["id"] };
  const key = (...fields: Field[]) => cacheKey(owner, request({ fields }), settings);
  assert.equal(key(["X-A", "1"]).text, key(["x-a", "1"], ["x-b", "2"]).text);
  assert.notEqual(key(["X-A", "1"]).text, key(["X-A", "2"]).text);
  assert.notEqual(key().text, key(["X-A", ""]).text);
  assert.equal(key(["Cookie", "x=1; id=2"]).text, key(["cookie", "id=2;y=3"]).text);
  assert.notEqual(key(["Cookie", "id=2"]).text, key(["Cookie", "xid=2"]).text);
  assert.notEqual(key(["Cookie", "id="]).text, key().text);
  assert.equal(key(["X-A", "1"]).resource, key(["Cookie", "id=2"]).resource);
});

Deno.test("a request that never changes has the key of whoever asks, by their own settings", () => {
  const frozen = Object.freeze(request({ query: "b&a" }));
  const sorted: KeySettings = { ...plain, query: "sorted" };
  const other: Owner = { tenant: "t", service: "other" };
  for (
    const [who, settings] of [[owner, plain], [other, plain], [owner, sorted], [
      owner,
      plain,
    ]] as const
  ) {
    assert.deepEqual(cacheKey(who, frozen, settings), cacheKey(who, { ...frozen }, settings));
  }
});

Deno.test("what an origin may read in another way than the cache is part of the key", () => {
  const keys = (settings: Partial<KeySettings>, ...queries: string[]) =>
    new Set(queries.map((query) => keyQuery(query, { ...plain, ...settings }))).size;
  // Parameters of one name are a list, however their names are written.
  assert.equal(keys({ query: "sorted" }, "a=1&%61=2", "%61=2&a=1"), 2);
  assert.equal(keys({ query: "sorted" }, "a+b=1&a%20b=2", "a%20b=2&a+b=1"), 2);
  // Some part parameters by semicolons too.
  assert.equal(keys({ ignoredParameters: ["utm_*"] }, "a=1&utm_x=1;a=2", "a=1"), 2);
  assert.equal(keys({ keptParameters: ["a"] }, "a=1&x=1;a=2", "a=1"), 2);
  const settings = { ...plain, cookies: ["id", "b"] };
  const texts = ["id=1; id=2", "id=2; id=1", "id=1", "id", "id=", "id=1; b=", "id=1; id=; b"]
    .map((cookie) => cacheKey(owner, request({ fields: [["cookie", cookie]] }), settings).text);
  assert.equal(new Set(texts).size, texts.length);
});
