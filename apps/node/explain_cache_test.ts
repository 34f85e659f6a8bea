import { equal } from "node:assert/strict";
import { defaultCacheSettings, HttpCache, Purges, S3Fifo, SharedStore } from "@skerry/cache";
import type { KeptSet } from "@skerry/cache";
import type { RequestTarget } from "@skerry/http";
import { explainCache } from "./explain_cache.ts";

const store = new SharedStore<KeptSet>({
  ...{ bytesMax: 1e6, valueBytesMax: 1e6, weightOf: () => 1 },
  newPolicy: () => new S3Fifo<KeptSet>(),
});
const cache = new HttpCache({ store, purges: new Purges(10), newBoundary: () => "" });
const asked: RequestTarget[] = [];
const services = {
  cacheRulesOf(target: RequestTarget) {
    asked.push(target);
    const owner = { tenant: "acme", service: "shop" };
    return target.host === "shop.test" ? { owner, settings: defaultCacheSettings } : undefined;
  },
};

function explain(url: string, tenant = "acme", method = "GET") {
  return explainCache({ tenant, url, method, fields: [] }, services, cache);
}

Deno.test("a request is explained as it would be routed", () => {
  const explanation = explain("https://Shop.test:8443/a/./b?c");
  equal(explanation?.service, "acme/shop");
  equal(explanation?.resource, "https://shop.test:8443/a/b?c");
  equal(asked.at(-1)?.path, "/a/b");
});

Deno.test("of what is another tenant's, nobody's, or no request at all, nothing is told", () => {
  equal(explain("http://shop.test/", "bolt"), undefined);
  equal(explain("http://other.test/"), undefined);
  equal(explain("http://shop test/"), undefined);
  equal(explain("http://shop.test/", "acme", "CONNECT"), undefined);
});
