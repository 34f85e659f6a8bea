import assert from "node:assert/strict";
import { decodePath, parseRequestTarget } from "./mod.ts";

function check(url: string, host: string | null, path: string, query = "") {
  const parsed = parseRequestTarget("GET", url, host);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  assert.deepEqual([parsed.value.path, parsed.value.query], [path, query]);
}

function checkRefused(url: string, host: string | null, status: number, method = "GET") {
  const parsed = parseRequestTarget(method, url, host);
  assert.ok(!parsed.ok, JSON.stringify(parsed));
  assert.equal(parsed.error.status, status);
}

Deno.test("a plain target is split into host, port, path and query", () => {
  const parsed = parseRequestTarget("GET", "http://A.example:8080/a%20b?q=1", "a.example:8080");
  assert.deepEqual(parsed, {
    ok: true,
    value: { scheme: "http", host: "a.example", port: 8080, path: "/a%20b", query: "q=1" },
  });
  check("http://[::1]:7676/", "[::1]:7676", "/");
  check("http://a.example", null, "/");
});

Deno.test("dot segments never climb, encoded or not", () => {
  check("http://a/x/../../../etc/passwd", "a", "/etc/passwd");
  check("http://a/%2e%2e/%2E%2e/x", "a", "/x");
  check("http://a/x/./y", "a", "/x/y");
});

Deno.test("a Host field that smuggles a path, a user or another host is refused", () => {
  checkRefused("http://a@b/c?d/path", "a@b/c?d", 400);
  checkRefused("http://a@b/", "a@b", 400);
  checkRefused("http://other/", "a", 400);
  checkRefused("http://a/x#y", "a", 400);
  checkRefused("http:///x", "", 400);
  checkRefused("http://a:99999/x", "a:99999", 400);
});

Deno.test("a path that cannot be decoded, or that holds a NUL, is refused", () => {
  checkRefused("http://a/%00", "a", 400);
  checkRefused("http://a/%ff", "a", 400);
  checkRefused("http://a/%zz", "a", 400);
});

Deno.test("CONNECT, TRACE and malformed methods are refused", () => {
  checkRefused("http://a/", "a", 501, "TRACE");
  checkRefused("http://a/", "a", 501, "CONNECT");
  checkRefused("http://a/", "a", 400, "GE T");
});

Deno.test("a path is decoded as PATH_INFO wants it", () => {
  assert.equal(decodePath("/a%20b/%C3%A9"), "/a b/é");
});
