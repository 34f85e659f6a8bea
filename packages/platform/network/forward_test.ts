import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { concatBytes, decodeUtf8, sourceOf } from "@skerry/base";
import { type Backend, type BackendFailure, forward, type ForwardContext } from "@skerry/egress";
import { type Field, type HttpRequest, parseRequestTarget } from "@skerry/http";
import { systemClock } from "../clock.ts";
import { socketTunnel } from "./socket_tunnel.ts";
import { loopbackBackend } from "./testing/backends.ts";
import { rawServer } from "./testing/servers.ts";

type Settings = Partial<ForwardContext> & { readonly backend: Backend };

/** Passes a request on, as a node would that received it. */
async function pass(request: Partial<HttpRequest>, { backend, ...context }: Settings) {
  const whole: HttpRequest = {
    method: "GET",
    target: "/",
    scheme: "https",
    fields: [["Host", "shop.example"]],
    body: undefined,
    peer: { address: "192.0.2.7", port: 1 },
    whenGone: () => {},
    ...request,
  };
  const target = parseRequestTarget(whole);
  assert.ok(target.ok);
  const { signal } = new AbortController();
  return await forward(whole, target.value, backend, {
    ...{ pseudonym: "skerry-1", clock: systemClock, signal },
    ...context,
  });
}

async function textOf(body: Awaited<ReturnType<typeof pass>>["body"]): Promise<string> {
  if (body === undefined || body instanceof Uint8Array) return decodeUtf8(body ?? new Uint8Array());
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return decodeUtf8(concatBytes(pieces));
}

Deno.test("a request arrives at its backend as the node vouches for it, and its answer comes back", async () => {
  await using server = await rawServer((socket) =>
    socket.end(
      "HTTP/1.1 206 Partial Content\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nSet-Cookie: a=1\r\n" +
        "Set-Cookie: b=2\r\nContent-Range: bytes 0-1/9\r\nContent-Encoding: br\r\n" +
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\nConnection: y\r\n\r\n",
    )
  );
  const backend = await loopbackBackend(server.port, { host: "inner.example" });
  const response = await pass({
    method: "POST",
    target: "/a/./b?x=%20&y",
    fields: [
      ["Host", "shop.example"],
      ["Range", "bytes=0-1"],
      ["Connection", "X-Mine"],
      ["X-Mine", "1"],
      ["X-Forwarded-For", "127.0.0.1"],
      ["TE", "trailers, deflate"],
      ["Expect", "100-continue"],
      ["Content-Length", "5"],
    ],
    body: sourceOf("hello"),
  }, { backend });
  assert.equal(response.status, 206);
  assert.deepEqual(response.fields, [
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
    ["Content-Range", "bytes 0-1/9"],
    ["Content-Encoding", "br"],
    ["via", "1.1 skerry-1"],
  ]);
  assert.equal(await textOf(response.body), "hi");
  assert.deepEqual(response.trailers?.(), [["X-Sum", "7"]]);
  const [head = "", body] = server.received().split("\r\n\r\n");
  assert.equal(body, "hello");
  assert.deepEqual(head.split("\r\n").map((line) => line.toLowerCase()).sort(), [
    "connection: keep-alive",
    "content-length: 5",
    'forwarded: for=192.0.2.7;host="shop.example";proto=https',
    "host: inner.example",
    "post /a/b?x=%20&y http/1.1",
    "range: bytes=0-1",
    'surrogate-capability: skerry="surrogate/1.0"',
    "te: trailers",
    "via: 1.1 skerry-1",
    "x-forwarded-for: 192.0.2.7",
    "x-forwarded-host: shop.example",
    "x-forwarded-proto: https",
  ]);
  backend.close();
});

Deno.test("answers without a body come back so, with the length that they tell", async () => {
  const cases: [string, string, Field[]][] = [
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", [["Content-Length", "9"]]],
    ["GET", "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", [["ETag", "x"]]],
    ["DELETE", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", []],
  ];
  for (const [method, answer, fields] of cases) {
    await using server = await rawServer((socket) => socket.end(answer));
    const backend = await loopbackBackend(server.port);
    const response = await pass({ method }, { backend });
    assert.equal(response.body, undefined, method);
    assert.deepEqual(response.fields, [...fields, ["via", "1.1 skerry-1"]]);
    assert.equal(backend.state.underWay, 0);
    backend.close();
  }
});

Deno.test("a redirect is the client's to follow, wherever it leads", async () => {
  await using inner = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nsecret"));
  for (const status of [301, 302, 303, 307, 308]) {
    const location = `http://127.0.0.1:${inner.port}/`;
    await using server = await rawServer((socket) =>
      socket.end(
        `HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`,
      )
    );
    const backend = await loopbackBackend(server.port);
    const response = await pass({}, { backend });
    assert.equal(response.status, status);
    assert.deepEqual(response.fields[0], ["Location", location]);
    await textOf(response.body);
    backend.close();
  }
  assert.equal(inner.connections(), 0);
});

Deno.test("a failure has its status, and tells the client a name and the log an address", async () => {
  const gone = await rawServer(() => {});
  await gone[Symbol.asyncDispose]();
  await using silent = await rawServer(() => {});
  await using mad = await rawServer((socket) => socket.end("mad"));
  const cases: [Backend, number, string][] = [
    [await loopbackBackend(gone.port), 502, "connect"],
    [await loopbackBackend(silent.port, { firstByteMsMax: 30 }), 504, "first byte timeout"],
    [await loopbackBackend(mad.port), 502, "protocol"],
  ];
  for (const [backend, status, kind] of cases) {
    const failures: BackendFailure[] = [];
    const response = await pass({}, { backend, onFailure: (failure) => failures.push(failure) });
    assert.equal(response.status, status);
    assert.match(await textOf(response.body), /^the backend origin [a-z,' ]+\n$/i);
    assert.deepEqual(failures.map((failure) => failure.kind), [kind]);
    if (kind === "connect") assert.match(failures[0]?.detail ?? "", /127\.0\.0\.1/);
    backend.close();
  }
});

Deno.test("an answer that breaks off breaks off for the client too, and the log hears why", async () => {
  await using server = await rawServer((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
  );
  const backend = await loopbackBackend(server.port);
  const failures: string[] = [];
  const response = await pass({}, { backend, onFailure: ({ kind }) => failures.push(kind) });
  assert.equal(response.status, 200);
  await assert.rejects(textOf(response.body));
  assert.deepEqual(failures, ["reset"]);
  backend.close();
});

Deno.test("a client that goes away takes its request along", async () => {
  const left = Promise.withResolvers<void>();
  await using server = await rawServer((socket) => socket.once("close", () => left.resolve()));
  const backend = await loopbackBackend(server.port);
  let leave = () => {};
  const response = pass({ whenGone: (act) => leave = act }, { backend });
  while (server.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  leave();
  assert.equal((await response).status, 503);
  await left.promise;
  assert.equal(backend.state.underWay, 0);
  backend.close();
});

Deno.test("what goes round in a circle, or was meant to end here, does not go on", async () => {
  await using server = await rawServer((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"));
  const backend = await loopbackBackend(server.port);
  const host: Field = ["Host", "shop.example"];
  const via: Field = ["Via", "1.1 skerry-1, 1.1 b, 2 skerry-1, 1.1 skerry-1"];
  assert.equal((await pass({ fields: [host, via] }, { backend })).status, 508);
  const last: Field = ["Max-Forwards", "0"];
  assert.equal((await pass({ method: "OPTIONS", fields: [host, last] }, { backend })).status, 200);
  assert.equal(server.connections(), 0);
  const more: Field = ["Max-Forwards", "5"];
  await pass({ method: "OPTIONS", fields: [host, more] }, { backend });
  assert.match(server.received(), /max-forwards: 4/i);
  backend.close();
});

/** A node that passes all WebSockets on; tells its port. */
async function webSocketNode(backend: Backend, context: Partial<ForwardContext> = {}) {
  const server = http.createServer();
  server.on("upgrade", async (request, socket) => {
    const raw = request.rawHeaders;
    const fields = raw.flatMap((name, at): Field[] => at % 2 ? [] : [[name, raw[at + 1] ?? ""]]);
    const response = await pass({ fields, target: request.url ?? "/" }, { backend, ...context });
    const lines = response.fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const connection = response.status === 101 ? "Connection: upgrade\r\n" : "";
    socket.write(`HTTP/1.1 ${response.status} X\r\n${connection}${lines}\r\n`);
    if (response.takeOver === undefined) socket.end();
    response.takeOver?.(socketTunnel(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, port: typeof address === "object" ? address?.port ?? 0 : 0 };
}

function echoServer() {
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    if (request.headers.get("upgrade") !== "websocket") return new Response("no", { status: 426 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  });
}

Deno.test("a WebSocket goes through, both ways, until one side closes it", async () => {
  const peer = echoServer();
  const backend = await loopbackBackend(peer.addr.port);
  const node = await webSocketNode(backend);
  const client = new WebSocket(`ws://127.0.0.1:${node.port}/chat`);
  client.binaryType = "arraybuffer";
  await once(client, "open");
  assert.equal(backend.state.underWay, 1);
  const large = "x".repeat(200_000);
  for (const message of ["hello", large, ""]) {
    client.send(message);
    const [event] = await once(client, "message");
    assert.equal(event.data === message, true);
  }
  const closed = once(client, "close");
  client.close(1000, "done");
  const [event] = await closed;
  assert.equal(event.code, 1000);
  while (backend.state.underWay > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  backend.close();
  node.server.close();
  await peer.shutdown();
});

Deno.test("a client that goes before it is told of its tunnel leaves none behind", async () => {
  const peer = echoServer();
  const backend = await loopbackBackend(peer.addr.port);
  const fields: Field[] = [
    ["Host", "a"],
    ["Connection", "upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ];
  let leave = () => {};
  const response = await pass({ fields, whenGone: (act) => leave = act }, { backend });
  assert.equal(response.status, 101);
  assert.equal(backend.state.underWay, 1);
  leave();
  while (backend.state.underWay > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  backend.close();
  await peer.shutdown();
});

Deno.test("a change to another protocol than the one that was offered is none", async () => {
  const head = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n";
  for (const protocol of ["Upgrade: h2c\r\n", "", "Upgrade: websocket, h2c\r\n"]) {
    await using server = await rawServer((socket) => socket.write(`${head}${protocol}\r\n`));
    const backend = await loopbackBackend(server.port);
    const fields: Field[] = [["Host", "a"], ["Connection", "upgrade"], ["Upgrade", "websocket"]];
    assert.equal((await pass({ fields }, { backend })).status, 502, protocol);
    assert.equal(backend.state.underWay, 0);
    backend.close();
  }
});

Deno.test("a tunnel in which nothing moves is closed, and its place is free again", async () => {
  const peer = echoServer();
  const backend = await loopbackBackend(peer.addr.port);
  const node = await webSocketNode(backend, { tunnelIdleMsMax: 100 });
  const client = new WebSocket(`ws://127.0.0.1:${node.port}/`);
  client.onerror = () => {};
  await once(client, "open");
  await once(client, "close");
  while (backend.state.underWay > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  backend.close();
  node.server.close();
  await peer.shutdown();
});

Deno.test("a backend that does not want to change the protocol says so by its answer", async () => {
  const peer = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("no", { status: 403 }),
  );
  const backend = await loopbackBackend(peer.addr.port);
  const upgrade: Field[] = [["Host", "a"], ["Connection", "Upgrade"], ["Upgrade", "WebSocket"]];
  const response = await pass({ fields: upgrade }, { backend });
  assert.equal(response.status, 403);
  assert.equal(await textOf(response.body), "no");
  await using raw = await rawServer((socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"));
  const other = await loopbackBackend(raw.port);
  await pass({ fields: [["Host", "a"], ["Connection", "upgrade"], ["Upgrade", "h2c"]] }, {
    backend: other,
  });
  assert.doesNotMatch(raw.received(), /upgrade/i, "no other protocol is offered");
  other.close();
  backend.close();
  await peer.shutdown();
});
