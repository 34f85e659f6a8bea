import assert from "node:assert/strict";
import type { CacheRequest } from "./request.ts";
import { defaultCacheSettings } from "./settings.ts";
import { isWholeBody, store } from "./storable.ts";

const request: CacheRequest = {
  method: "GET",
  scheme: "http",
  host: "example.com",
  path: "/",
  query: undefined,
  fields: [],
};

Deno.test("what is no final response is not kept (RFC 9111 §3)", () => {
  const times = { requestMs: 0, responseMs: 0 };
  for (const status of [100, 103, 199, 600, 999]) {
    const response = { status, fields: [["cache-control", "max-age=60"]] as const };
    const storing = store(request, response, times, 0, defaultCacheSettings);
    assert.equal(storing.kind === "refuse" && storing.reason, "interim", String(status));
  }
});

Deno.test("a part is whole where it has as many bytes as its place (RFC 9110 §14.4)", () => {
  const fields = [["content-range", "bytes 2-5/10"]] as const;
  assert.ok(isWholeBody({ status: 206, fields }, 4));
  assert.ok(!isWholeBody({ status: 206, fields }, 3));
  assert.ok(!isWholeBody({ status: 206, fields: [...fields, ["content-length", "5"]] }, 4));
  assert.ok(isWholeBody({ status: 200, fields }, 3), "it says nothing beside a 200");
});
