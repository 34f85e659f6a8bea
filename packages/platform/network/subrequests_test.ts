import assert from "node:assert/strict";
import { concatBytes, decodeUtf8, sourceOf } from "@skerry/base";
import { askBackend, type GuestRequest } from "@skerry/egress";
import { loopbackBackend, type LoopbackSettings } from "./testing/backends.ts";
import { rawServer } from "./testing/servers.ts";

const { signal } = new AbortController();
const request: GuestRequest = {
  method: "GET",
  target: "/a?b",
  fields: [],
  body: undefined,
  bodyBytes: undefined,
};

Deno.test("a guest's request goes to its backend under the backend's name, and the answer comes back", async () => {
  await using server = await rawServer((socket) =>
    socket.end(
      "HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nX: y\r\nContent-Length: 2\r\n\r\nhi",
    )
  );
  const backend = await loopbackBackend(server.port, { host: "inner.example" });
  const outcome = await askBackend(backend, {
    ...request,
    method: "POST",
    fields: [["Host", "elsewhere.example"], ["X-Mine", "1"]],
    body: sourceOf("hello"),
    bodyBytes: 5,
  }, signal);
  assert.ok(outcome.kind === "response");
  const { status, fields, body } = outcome.response;
  assert.deepEqual([status, fields], [200, [["X", "y"], ["Content-Length", "2"]]]);
  const pieces: Uint8Array[] = [];
  assert.ok(body !== undefined && !(body instanceof Uint8Array));
  for await (const piece of body) pieces.push(piece);
  assert.equal(decodeUtf8(concatBytes(pieces)), "hi");
  assert.match(server.received(), /^POST \/a\?b HTTP\/1\.1\r\nhost: inner\.example\r\n/);
  assert.match(server.received(), /X-Mine: 1\r\n.*\r\n\r\nhello$/s);
  assert.doesNotMatch(server.received(), /elsewhere|forwarded|via/i);
  backend.close();
});

Deno.test("a guest is told in a word why there is no answer, and the log in more", async () => {
  const gone = await rawServer(() => {});
  await gone[Symbol.asyncDispose]();
  const check = async (answer: string | undefined, why: string, more: LoopbackSettings = {}) => {
    await using server = await rawServer((socket) => answer !== undefined && socket.end(answer));
    const origin = `http://a.example:${server.port}`;
    const backend = await loopbackBackend(server.port, { origin, retriesMax: 0, ...more });
    const details: string[] = [];
    const outcome = await askBackend(backend, request, signal, ({ kind }) => details.push(kind));
    assert.deepEqual(outcome, { kind: "failed", why });
    assert.equal(details.length, 1);
    backend.close();
  };
  await check("", "reset");
  await check("mad", "malformed");
  await check(undefined, "timeout", { firstByteMsMax: 30 });
  await check("", "unreachable", { origin: `http://127.0.0.1:${gone.port}` });
  await check("", "forbidden", { addresses: () => Promise.resolve(["10.0.0.1"]) });
  await check("", "unresolved", { addresses: () => Promise.reject(new Error("no such name")) });
  await check("", "unavailable", { limits: { tenantRequestsMax: 0 } });
});
