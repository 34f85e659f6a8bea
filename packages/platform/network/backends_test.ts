import assert from "node:assert/strict";
import { sha256, sourceOf } from "@skerry/base";
import { get, loopbackBackend, type LoopbackSettings } from "./testing/backends.ts";
import { testAuthority, testCertificate, testKey } from "./testing/certificates.ts";
import { drip, rawServer } from "./testing/servers.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const secure = { cert: testCertificate, key: testKey };
const trusting = { network: { authorities: [testAuthority] } };

/** A sound server, with or without TLS and HTTP/2. */
function serve(
  handler: Deno.ServeHandler<Deno.NetAddr>,
  tls: Partial<typeof secure> = {},
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, ...tls as typeof secure },
    handler,
  );
}

function secured(port: number, more: LoopbackSettings = {}) {
  return loopbackBackend(port, {
    origin: `https://backend.example:${port}`,
    ...trusting,
    http2: true,
    ...more,
  });
}

Deno.test("bodies pass both ways as they are, by HTTP/1.1 and by HTTP/2", async () => {
  const content = crypto.getRandomValues(new Uint8Array(60_000));
  const many = new Uint8Array(content.length * 20);
  for (let at = 0; at < 20; at += 1) many.set(content, at * content.length);
  for (const tls of [{}, secure]) {
    const server = serve((request) => new Response(request.body), tls);
    const backend = "cert" in tls
      ? await secured(server.addr.port)
      : await loopbackBackend(server.addr.port);
    const answer = await backend.send(
      { method: "POST", target: "/", fields: [], body: sourceOf(many) },
      new AbortController().signal,
    );
    assert.ok(answer.ok);
    const back: number[] = [];
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.value.body ?? []) {
      pieces.push(piece);
      back.push(piece.length);
    }
    const whole = new Uint8Array(back.reduce((sum, length) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    assert.deepEqual(await sha256(whole), await sha256(many));
    backend.close();
    await server.shutdown();
  }
});

Deno.test("HTTP/2 is spoken where settings allow it and the backend offers it: requests share connections", async () => {
  let ports = new Set<number>();
  const all = Promise.withResolvers<void>();
  let underWay = 0;
  const server = serve(async (_request, { remoteAddr }) => {
    ports.add(remoteAddr.port);
    underWay += 1;
    if (underWay === 20) all.resolve();
    await all.promise;
    return new Response("hi");
  }, secure);
  const backend = await secured(server.addr.port);
  const seen = await Promise.all(Array.from({ length: 20 }, () => get(backend)));
  for (const one of seen) assert.deepEqual(one, { status: 200, body: "hi" });
  assert.ok(ports.size < 20, `${ports.size} connections`);
  backend.close();
  [ports, underWay] = [new Set<number>(), 0];
  const usual = await secured(server.addr.port, { http2: false });
  await Promise.all(Array.from({ length: 20 }, () => get(usual)));
  assert.equal(ports.size, 20, "one for each request by HTTP/1.1");
  usual.close();
  await server.shutdown();
});

Deno.test("a backend that cannot prove its name is told nothing", async () => {
  let asked = 0;
  const server = serve(() => {
    asked += 1;
    return new Response("hi");
  }, secure);
  const { port } = server.addr;
  const cases: [string, LoopbackSettings][] = [
    ["an unknown authority", { origin: `https://backend.example:${port}`, network: {} }],
    ["another name", { origin: `https://other.example:${port}`, ...trusting }],
    ["an address", { origin: `https://127.0.0.1:${port}`, ...trusting }],
    ["a Host that is not its own", {
      origin: `https://other.example:${port}`,
      host: "backend.example",
      ...trusting,
    }],
  ];
  for (const [about, settings] of cases) {
    const backend = await loopbackBackend(port, settings);
    assert.deepEqual(await get(backend), { failed: "tls" }, about);
    backend.close();
  }
  assert.equal(asked, 0);
  const backend = await secured(port, {
    origin: `https://127.0.0.1:${port}`,
    host: "backend.example",
  });
  assert.deepEqual(await get(backend), { status: 200, body: "hi" }, "the name of an address");
  backend.close();
  const plain = await rawServer((socket) => socket.end(ok));
  const wrong = await secured(plain.port);
  assert.deepEqual(await get(wrong), { failed: "tls" }, "no TLS at all");
  wrong.close();
  await plain[Symbol.asyncDispose]();
  await server.shutdown();
});

Deno.test("a backend is made to wait for whoever reads its answer, and cut off when they leave", async () => {
  for (const tls of [{}, secure]) {
    let sent = 0;
    const left = Promise.withResolvers<void>();
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += 1;
          controller.enqueue(new Uint8Array(64 * 1024));
        },
        cancel: () => left.resolve(),
      });
    const server = serve(() => new Response(endless()), tls);
    const backend = "cert" in tls
      ? await secured(server.addr.port)
      : await loopbackBackend(server.addr.port);
    const { signal } = new AbortController();
    const answer = await backend.send(
      { method: "GET", target: "/", fields: [], body: undefined },
      signal,
    );
    assert.ok(answer.ok && answer.value.body !== undefined);
    for await (const _ of answer.value.body) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      break;
    }
    assert.ok(sent < 400, `${sent} pieces of 64 KiB were taken of it`);
    await left.promise;
    assert.equal(backend.state.underWay, 0);
    backend.close();
    await server.shutdown();
  }
});

Deno.test("an idempotent request is sent again where its connection broke before an answer", async () => {
  for (
    const [method, expected, connections] of [["GET", { status: 200, body: "hi" }, 2], ["POST", {
      failed: "reset",
    }, 1]] as const
  ) {
    await using server = await rawServer((socket, number) =>
      number === 1 ? socket.destroy() : socket.end(ok)
    );
    const backend = await loopbackBackend(server.port, { limits: { retryWaitMs: 1 } });
    assert.deepEqual(await get(backend, { method }), expected);
    assert.equal(server.connections(), connections);
    backend.close();
  }
});

Deno.test("nothing is sent twice once a byte of an answer or of the request's body has gone", async () => {
  await using half = await rawServer((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
  );
  const answered = await loopbackBackend(half.port, { retriesMax: 3 });
  assert.deepEqual(await get(answered), { status: 200, body: "hi", failed: "reset" });
  assert.equal(half.connections(), 1);
  answered.close();
  await using breaking = await rawServer((socket) => socket.destroy());
  const put = await loopbackBackend(breaking.port, { retriesMax: 3 });
  assert.deepEqual(await get(put, { method: "PUT", body: sourceOf("x") }), { failed: "reset" });
  assert.equal(breaking.connections(), 1);
  put.close();
});

Deno.test("tries are bounded: for one request, and together", async () => {
  await using server = await rawServer((socket) => socket.destroy());
  const backend = await loopbackBackend(server.port, {
    retriesMax: 2,
    limits: { retryWaitMs: 1, breakerFailures: 1_000, retriesSaved: 4, retriesPerRequest: 0 },
  });
  for (const expected of [3, 6, 7, 8]) {
    assert.deepEqual(await get(backend), { failed: "reset" });
    assert.equal(server.connections(), expected);
  }
  backend.close();
});

Deno.test("a connection that cannot be had is tried again even for a POST, since nothing was sent", async () => {
  await using server = await rawServer((socket) => socket.end(ok));
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const backend = await loopbackBackend(port, { retriesMax: 2, limits: { retryWaitMs: 1 } });
  assert.deepEqual(await get(backend, { method: "POST" }), { failed: "connect" });
  backend.close();
});

Deno.test("a backend that fails again and again is left alone, and tried again after a while", async () => {
  let isBroken = true;
  await using server = await rawServer((socket) => isBroken ? socket.destroy() : socket.end(ok));
  const backend = await loopbackBackend(server.port, {
    retriesMax: 0,
    limits: { breakerFailures: 3, breakerSpanMs: 0, breakerOpenMs: 100 },
  });
  for (const failed of ["reset", "reset", "reset", "circuit open", "circuit open"]) {
    assert.deepEqual(await get(backend), { failed });
  }
  assert.equal(server.connections(), 3);
  assert.equal(backend.state.circuit, "open");
  isBroken = false;
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.deepEqual(await get(backend), { status: 200, body: "hi" });
  assert.equal(backend.state.circuit, "closed");
  backend.close();
});

Deno.test("a backend has so many requests at once, others wait in line, and no line is endless", async () => {
  let [underWay, most] = [0, 0];
  const server = serve(async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, 20));
    underWay -= 1;
    return new Response("hi");
  });
  const backend = await loopbackBackend(server.addr.port, {
    connectionsMax: 3,
    limits: { queueMax: 6 },
  });
  const seen = await Promise.all(Array.from({ length: 12 }, () => get(backend)));
  assert.equal(seen.filter(({ status }) => status === 200).length, 9);
  assert.equal(seen.filter(({ failed }) => failed === "too many").length, 3);
  assert.equal(most, 3);
  assert.deepEqual(backend.state, { circuit: "closed", isHealthy: true, underWay: 0, waiting: 0 });
  backend.close();
  await server.shutdown();
});

Deno.test("who waits in line too long is told so, and so is who is given up", async () => {
  await using server = await rawServer(() => {});
  const backend = await loopbackBackend(server.port, { connectionsMax: 1, connectMsMax: 100 });
  const leaving = new AbortController();
  const first = get(backend, {}, leaving.signal);
  assert.deepEqual(await get(backend), { failed: "queue timeout" });
  leaving.abort();
  assert.deepEqual(await first, { failed: "cancelled" });
  assert.equal(backend.state.underWay, 0);
  const last = get(backend);
  await new Promise((resolve) => setTimeout(resolve, 20));
  backend.close();
  assert.deepEqual(await last, { failed: "closed" });
});

Deno.test("an answer that comes before the request's body was read is passed on, and the rest let be", async () => {
  await using server = await rawServer((socket) =>
    socket.end("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
  );
  let read = 0;
  const endless = {
    async read() {
      read += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return new Uint8Array(10_000);
    },
  };
  const backend = await loopbackBackend(server.port);
  const seen = await get(backend, { method: "POST", body: endless });
  assert.equal(seen.status, 413);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const soFar = read;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(read <= soFar + 1, "nobody reads on");
  assert.equal(backend.state.underWay, 0);
  backend.close();
});

Deno.test("a request's body that breaks off, or is not as long as was said, is never passed for whole", async () => {
  const server = serve(async (request) =>
    new Response(await request.text().catch(() => "broken off"))
  );
  const backend = await loopbackBackend(server.addr.port);
  let turn = 0;
  const breaking = {
    read: () => turn++ === 0 ? new Uint8Array(5) : Promise.reject(new Error("gone")),
  };
  const broken = await get(backend, { method: "POST", body: breaking });
  assert.deepEqual(broken, { failed: "request" });
  for (const length of ["3", "9"]) {
    const fields = [["content-length", length] as const];
    const seen = await get(backend, { method: "POST", fields, body: sourceOf("hello") });
    assert.deepEqual(seen, { failed: "request" }, length);
  }
  const right = { method: "POST", fields: [["Content-Length", "5"] as const] };
  assert.deepEqual(await get(backend, { ...right, body: sourceOf("hello") }), {
    status: 200,
    body: "hello",
  });
  backend.close();
  await server.shutdown();
});

Deno.test("a health request that is not answered takes a backend out, and one that is brings it back", async () => {
  let status = 200;
  const asked: string[] = [];
  const server = serve((request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    return new Response("hi", { status: pathname === "/up" ? status : 200 });
  });
  const backend = await loopbackBackend(server.addr.port, {
    health: { path: "/up", everyMs: 1 },
    limits: { healthEveryMsMin: 5 },
  });
  const until = async (isHealthy: boolean) => {
    while (backend.state.isHealthy !== isHealthy) await new Promise((then) => setTimeout(then, 5));
  };
  assert.deepEqual(await get(backend), { status: 200, body: "hi" });
  status = 500;
  await until(false);
  asked.length = 0;
  assert.deepEqual(await get(backend), { failed: "unhealthy" });
  assert.ok(!asked.includes("/"));
  status = 201;
  await until(true);
  assert.deepEqual(await get(backend), { status: 200, body: "hi" });
  backend.close();
  await server.shutdown();
});

Deno.test("interim responses are heard of as they come", async () => {
  await using server = await rawServer((socket) =>
    drip(socket, ["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", ok], 5)
  );
  const backend = await loopbackBackend(server.port);
  const heard: unknown[] = [];
  await get(backend, { inform: (status, fields) => heard.push([status, fields]) });
  assert.deepEqual(heard, [[103, [["Link", "</a>"]]]]);
  backend.close();
});

Deno.test("connections are kept for a backend's own requests, and never for another's", async () => {
  const ports: number[] = [];
  const server = serve((_request, { remoteAddr }) => {
    ports.push(remoteAddr.port);
    return new Response("hi");
  });
  const [one, other] = [
    await loopbackBackend(server.addr.port),
    await loopbackBackend(server.addr.port),
  ];
  for (const backend of [one, one, other, one, other]) {
    await get(backend);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const [first, again, foreign, third, theirs] = ports;
  assert.ok(first === again && first === third && foreign === theirs && first !== foreign);
  one.close();
  other.close();
  await server.shutdown();
});

Deno.test("the next address is tried where one does not answer, and a silent resolver is not waited for", async () => {
  await using server = await rawServer((socket) => socket.end(ok));
  const settings = { origin: `http://a.example:${server.port}`, connectMsMax: 200 };
  const one = await loopbackBackend(server.port, {
    ...settings,
    addresses: () => Promise.resolve(["127.0.0.2", "127.0.0.1"]),
  });
  assert.deepEqual(await get(one), { status: 200, body: "hi" });
  one.close();
  const silent = await loopbackBackend(server.port, {
    ...settings,
    addresses: () => new Promise(() => {}),
    retriesMax: 0,
  });
  assert.deepEqual(await get(silent), { failed: "connect timeout" });
  silent.close();
});
