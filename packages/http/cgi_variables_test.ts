import assert from "node:assert/strict";
import { cgiVariables } from "./mod.ts";

function variables(fields: [string, string][], path = "/app/a%20b", scriptName = "/app") {
  return Object.fromEntries(cgiVariables({
    method: "POST",
    target: { scheme: "http", host: "a.example", port: 80, path, query: "q=1" },
    scriptName,
    fields,
    contentLength: 12,
    remoteAddress: "192.0.2.1",
    remotePort: 4711,
    software: "Skerry/test",
  }));
}

Deno.test("the request line, the path's two halves and the peer are meta-variables", () => {
  const env = variables([["Content-Type", "text/plain"], ["Accept", "*/*"]]);
  assert.equal(env["REQUEST_METHOD"], "POST");
  assert.equal(env["SCRIPT_NAME"], "/app");
  assert.equal(env["PATH_INFO"], "/a b");
  assert.equal(env["QUERY_STRING"], "q=1");
  assert.equal(env["REQUEST_URI"], "/app/a%20b?q=1");
  assert.equal(env["CONTENT_TYPE"], "text/plain");
  assert.equal(env["CONTENT_LENGTH"], "12");
  assert.equal(env["HTTP_ACCEPT"], "*/*");
  assert.equal(env["REMOTE_ADDR"], "192.0.2.1");
  assert.equal(env["GATEWAY_INTERFACE"], "CGI/1.1");
});

Deno.test("INV-10: a client cannot set HTTP_PROXY, shadow a field by underscores, or pass connection fields", () => {
  const env = variables([
    ["Proxy", "http://evil"],
    ["X_Forwarded_For", "evil"],
    ["Connection", "close"],
    ["Transfer-Encoding", "chunked"],
  ]);
  const http = Object.keys(env).filter((name) => name.startsWith("HTTP_"));
  assert.deepEqual(http, []);
});

Deno.test("the path that chose the program may be the whole path", () => {
  assert.equal(variables([], "/app", "/app")["PATH_INFO"], "");
  assert.equal(variables([], "/x", "")["PATH_INFO"], "/x");
});

Deno.test("repeated fields are joined, cookies with semicolons", () => {
  const env = variables([["Accept", "a"], ["accept", "b"], ["Cookie", "a=1"], ["Cookie", "b=2"]]);
  assert.deepEqual([env["HTTP_ACCEPT"], env["HTTP_COOKIE"]], ["a, b", "a=1; b=2"]);
});
