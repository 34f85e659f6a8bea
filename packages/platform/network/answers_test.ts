import assert from "node:assert/strict";
import type net from "node:net";
import { get, loopbackBackend, type LoopbackSettings } from "./testing/backends.ts";
import { drip, rawServer } from "./testing/servers.ts";

type Seen = Awaited<ReturnType<typeof get>>;

/** What a client sees of a backend that answers each request so. */
async function check(
  act: (socket: net.Socket, connection: number) => unknown,
  expected: Seen,
  settings: LoopbackSettings = {},
  about = "",
): Promise<void> {
  await using server = await rawServer(act);
  const backend = await loopbackBackend(server.port, { retriesMax: 0, ...settings });
  try {
    assert.deepEqual(await get(backend), expected, about);
  } finally {
    backend.close();
  }
}

const head = "HTTP/1.1 200 OK\r\n";
const ok = `${head}Content-Length: 2\r\n\r\nhi`;
const early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

Deno.test("answers that are sound arrive whole, with their trailers", async () => {
  const cases: [string, Seen][] = [
    [ok, { status: 200, body: "hi" }],
    ["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", { status: 404, body: "" }],
    ["HTTP/1.1 204 No Content\r\n\r\n", { status: 204, body: "" }],
    ["HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", { status: 304, body: "" }],
    ["HTTP/1.0 200 OK\r\n\r\nto the end", { status: 200, body: "to the end" }],
    [`${early}${early}${ok}`, { status: 200, body: "hi" }],
    ["HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", {
      status: 302,
      body: "",
    }],
    [
      `${head}Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n`,
      { status: 200, body: "hi", trailers: [["X-Sum", "7"]] },
    ],
  ];
  for (const [answer, expected] of cases) {
    await check((socket) => socket.end(answer, "latin1"), expected, {}, answer);
  }
});

Deno.test("answers that are no HTTP, or that others might cut elsewhere, are nobody's", async () => {
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`;
  const refused: [string, string][] = [
    ["hello", "protocol"],
    ["ICY 200 OK\r\n\r\n", "protocol"],
    ["HTTP/1.1 99 Low\r\n\r\n", "protocol"],
    ["HTTP/1.1 1000 High\r\n\r\n", "protocol"],
    ["HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n", "protocol"],
    [`${head}X : a\r\nContent-Length: 2\r\n\r\nhi`, "protocol"],
    [`${head}X: a\r\n b\r\nContent-Length: 2\r\n\r\nhi`, "protocol"],
    [`${head}X: a\0b\r\nContent-Length: 2\r\n\r\nhi`, "protocol"],
    [`${head}X: a\rb\r\nContent-Length: 2\r\n\r\nhi`, "protocol"],
    ["HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "protocol"],
    [`${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi`, "protocol"],
    [`${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi`, "protocol"],
    [`${head}Content-Length: 2, 2\r\n\r\nhi`, "protocol"],
    [`${head}Content-Length: +2\r\n\r\nhi`, "protocol"],
    [`${head}Content-Length: -1\r\n\r\nhi`, "protocol"],
    [`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "protocol"],
    [`${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, "protocol"],
    [`${head}Transfer-Encoding: xchunked\r\n\r\nhi`, "protocol"],
    [`${head}${"X: y\r\n".repeat(300)}Content-Length: 0\r\n\r\n`, "protocol"],
    [`${head}X: ${"y".repeat(200_000)}\r\n\r\n`, "too large"],
    [`${head}${"X: y\r\n".repeat(50_000)}\r\n`, "too large"],
    [early.repeat(10_000) + ok, "protocol"],
    ["HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", "protocol"],
    [`HTTP/1.1 100 Continue\r\n\r\n${ok}`, "protocol"],
    ["", "reset"],
    ["HTTP/1.1 200 OK\r\nContent-Le", "reset"],
  ];
  for (const [answer, kind] of refused) {
    const end = (socket: net.Socket) => socket.end(answer, "latin1");
    await check(end, { failed: kind }, {}, JSON.stringify(answer.slice(0, 80)));
  }
  const broken: [string, string, string][] = [
    [`${chunked}zz\r\nhi\r\n0\r\n\r\n`, "", "protocol"],
    [`${chunked}2\r\nhiX0\r\n\r\n`, "hi", "protocol"],
    [`${chunked}2\nhi\n0\n\n`, "", "protocol"],
    [`${chunked}2;a\nb\r\nhi\r\n0\r\n\r\n`, "", "protocol"],
    [`${chunked}-1\r\nhi\r\n0\r\n\r\n`, "", "protocol"],
    [`${chunked}2\r\nhi\r\n`, "hi", "reset"],
    [`${head}Content-Length: 5\r\n\r\nhi`, "hi", "reset"],
  ];
  for (const [answer, body, kind] of broken) {
    const end = (socket: net.Socket) => socket.end(answer, "latin1");
    await check(end, { status: 200, body, failed: kind }, {}, JSON.stringify(answer));
  }
});

Deno.test("what follows an answer on its connection is the next answer to nobody", async () => {
  await using server = await rawServer((socket) => {
    socket.write(`${ok}${ok.replace("hi", "no")}`);
    socket.on("data", () => socket.write(ok));
  });
  const backend = await loopbackBackend(server.port, { retriesMax: 2 });
  for (let turn = 0; turn < 3; turn += 1) {
    assert.deepEqual(await get(backend), { status: 200, body: "hi" });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  backend.close();
});

Deno.test("who is too slow is waited for no longer: to answer, and within the answer", async () => {
  await check(() => {}, { failed: "first byte timeout" }, { firstByteMsMax: 50 });
  await check(
    (socket) => drip(socket, [...head], 5),
    { failed: "first byte timeout" },
    { firstByteMsMax: 60 },
  );
  await check(
    (socket) => socket.write(`${head}Content-Length: 9\r\n\r\nhi`),
    { status: 200, body: "hi", failed: "between bytes timeout" },
    { betweenBytesMsMax: 50 },
  );
  const slow = Array.from({ length: 200 }, () => "x");
  await using server = await rawServer((socket) =>
    drip(socket, [`${head}Content-Length: 200\r\n\r\n`, ...slow], 10)
  );
  const backend = await loopbackBackend(server.port, { limits: { totalMsMax: 200 } });
  const seen = await get(backend);
  assert.equal(seen.failed, "total timeout");
  assert.match(seen.body ?? "", /^x+$/);
  backend.close();
});

Deno.test("a change of the protocol to none is no interim response, and nobody is told of it", async () => {
  await using server = await rawServer((socket) =>
    socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
  );
  const backend = await loopbackBackend(server.port, { retriesMax: 0 });
  const told: number[] = [];
  const answer = await get(backend, { inform: (status) => told.push(status) });
  assert.deepEqual([answer, told], [{ failed: "protocol" }, []]);
  backend.close();
});
