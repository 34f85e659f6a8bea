import assert from "node:assert/strict";
import type { Field, HttpRequest } from "@skerry/http";
import { clientsRequest, parseTrustedProxies } from "./trusted_proxies.ts";

function check(
  from: string,
  fields: Record<string, string>,
  expected: readonly [address: string, scheme: string],
): void {
  const trusted = parseTrustedProxies(["10.0.0.0/8", "[fd00::]/8"]);
  assert.ok(trusted.ok);
  const request: HttpRequest = {
    method: "GET",
    target: "/",
    scheme: "http",
    fields: Object.entries(fields).map(([name, value]): Field => [name, value]),
    body: undefined,
    peer: { address: from, port: 4711 },
    whenGone() {},
  };
  const { peer, scheme } = clientsRequest(request, trusted.value);
  assert.deepEqual([peer.address, scheme], expected);
}

Deno.test("a trusted proxy says whom it speaks for, and nobody else does", () => {
  const both = { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https" };
  check("10.1.2.3", both, ["192.0.2.1", "https"]);
  check("fd00::1", both, ["192.0.2.1", "https"]);
  check("192.0.2.9", both, ["192.0.2.9", "http"]);
  check("10.1.2.3", {}, ["10.1.2.3", "http"]);
});

Deno.test("what a client has put in front of what proxies add is not believed", () => {
  const chain = (text: string) => ({ "x-forwarded-for": text });
  check("10.0.0.1", chain("127.0.0.1, 203.0.113.7, 10.0.0.2"), ["203.0.113.7", "http"]);
  check("10.0.0.1", chain("10.9.9.9, 10.0.0.2"), ["10.9.9.9", "http"]);
  check("10.0.0.1", chain("10.9.9.9, nonsense, 10.0.0.2"), ["10.0.0.2", "http"]);
  check("10.0.0.1", chain("unknown"), ["10.0.0.1", "http"]);
  check("10.0.0.1", chain("2001:db8::1"), ["2001:db8::1", "http"]);
  check("10.0.0.1", { "x-forwarded-proto": "https, ftp" }, ["10.0.0.1", "http"]);
});

Deno.test("what is no block is said to be none", () => {
  for (const text of ["10.0.0.0/33", "10.0.0/8", "proxy.example", ""]) {
    const parsed = parseTrustedProxies([text]);
    assert.ok(!parsed.ok && parsed.error.includes("no block of addresses"), text);
  }
});
