import assert from "node:assert/strict";
import { parseList } from "structured-headers";
import { type CacheStatus, formatCacheStatus } from "./cache_status.ts";
import { surrogateKeys } from "./surrogate_keys.ts";

function check(status: CacheStatus, expected: string): void {
  const text = formatCacheStatus(status);
  assert.equal(text, expected);
  assert.equal(parseList(text).length, 1, "one member of a List (RFC 9651 §3.1)");
}

Deno.test("Cache-Status is written as the examples of RFC 9211 §3 are", () => {
  check({ cache: "ExampleCache", ttl: 376 }, "ExampleCache; hit; ttl=376");
  check({ cache: "ExampleCache", forward: "uri-miss" }, "ExampleCache; fwd=uri-miss");
  check(
    { cache: "ExampleCache", forward: "stale", forwardStatus: 304, collapsed: true },
    "ExampleCache; fwd=stale; fwd-status=304; collapsed",
  );
  check({ cache: "ExampleCache", ttl: -412 }, "ExampleCache; hit; ttl=-412");
  check(
    { cache: "ExampleCache", forward: "vary-miss", stored: true },
    "ExampleCache; fwd=vary-miss; stored",
  );
});

Deno.test("what is no token is written as a string, and what is not ASCII is left out", () => {
  check({ cache: "a b", detail: 'say "\\x"\n' }, '"a b"; hit; detail="say \\"\\\\x\\""');
  check({ cache: "1node", detail: "HIT" }, '"1node"; hit; detail=HIT');
});

Deno.test("a hit was neither stored nor collapsed, and went nowhere", () => {
  check({ cache: "c", stored: true, collapsed: true, forwardStatus: 200 }, "c; hit");
});

Deno.test("keys come apart by spaces in Surrogate-Key, and by commas in Cache-Tag", () => {
  assert.deepEqual(surrogateKeys([["Surrogate-Key", " a  b\ta"], ["surrogate-key", "c"]]), [
    "a",
    "b",
    "c",
  ]);
  assert.deepEqual(surrogateKeys([["Cache-Tag", "a, b c,,d"]]), ["a", "b c", "d"]);
  assert.deepEqual(surrogateKeys([]), []);
});

Deno.test("more keys than can be kept are no keys at all", () => {
  const limits = { keysMax: 2, keyCharactersMax: 3 };
  assert.deepEqual(surrogateKeys([["surrogate-key", "a b"]], limits), ["a", "b"]);
  assert.equal(surrogateKeys([["surrogate-key", "a b"], ["cache-tag", "c"]], limits), undefined);
  assert.equal(surrogateKeys([["surrogate-key", "abcd"]], limits), undefined);
});
