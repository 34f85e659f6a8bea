/** What the server bears from clients that are slow, ask without end, or ask many things at once. */

import assert from "node:assert/strict";
import {
  answer,
  describe,
  gone,
  latin1,
  RawClient,
  serverTest,
  streamed,
  withServer,
} from "./listen_testing.ts";

const host = "Host: a\r\n";
const last = "Connection: close\r\n";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sends a text again and again until the server has ended the connection; gives what came. */
async function dribble(client: RawClient, text: string): Promise<string> {
  let isOver = false;
  const all = client.all().finally(() => isOver = true);
  while (!isOver) {
    await client.send(text).catch(() => {});
    await pause(5);
  }
  return await all;
}

const slow = "408 the request took too long to arrive";

serverTest("a head that comes byte by byte must be whole in its time", async () => {
  const refused: string[] = [];
  await withServer(describe, async ({ connect }) => {
    const client = await connect();
    await client.send(`GET / HTTP/1.1\r\n${host}X: `);
    assert.match(await dribble(client, "x"), /^HTTP\/1\.1 408 /);
    // Empty lines are no part of a request, and earn none of its time.
    assert.equal(await dribble(await connect(), "\r\n"), "");
  }, {
    limits: { headerWallMsMax: 200 },
    onRefused: ({ status, why }) => refused.push(`${status} ${why}`),
  });
  assert.deepEqual(refused, [slow]);
});

serverTest("a body must come at a rate while somebody waits for it", async () => {
  const refused: string[] = [];
  await withServer(describe, async ({ connect }) => {
    for (const framing of ["Content-Length: 100000", "Transfer-Encoding: chunked"]) {
      const client = await connect();
      await client.send(`POST / HTTP/1.1\r\n${host}${framing}\r\n\r\n`);
      assert.match(await dribble(client, "1\r\nx\r\n"), /^HTTP\/1\.1 408 /);
    }
  }, {
    limits: { receiveBytesPerSecondMin: 1_000_000, receiveStallWallMsMax: 200 },
    onRefused: ({ status, why }) => refused.push(`${status} ${why}`),
  });
  assert.deepEqual(refused, [slow, slow]);
});

serverTest("a body that nobody waits for may come as it likes", async () => {
  await withServer(async (request) => {
    await pause(300);
    return describe(request);
  }, async ({ exchange }) => {
    const all = await exchange(`POST / HTTP/1.1\r\n${host}${last}Content-Length: 3\r\n\r\nabc`);
    assert.match(all, /<POST \/ abc>$/);
  }, { limits: { receiveBytesPerSecondMin: 1_000_000, receiveStallWallMsMax: 50 } });
});

serverTest("a response must be taken at a rate, or its connection is cut off", async () => {
  const [ended, told] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  async function* body() {
    try {
      for (;;) yield new Uint8Array(64 * 1024);
    } finally {
      ended.resolve();
    }
  }
  await withServer(() => streamed(body()), async ({ listener }) => {
    const connection = await Deno.connect(listener.address);
    await connection.write(latin1("GET / HTTP/1.0\r\n\r\n"));
    let isOver = false;
    void ended.promise.then(() => isOver = true);
    for (const buffer = new Uint8Array(64 * 1024); !isOver; await pause(5)) {
      await connection.read(buffer).catch(() => null);
    }
    connection.close();
    assert.equal(await told.promise, "408 the client took its response too slowly");
  }, {
    limits: { sendBytesPerSecondMin: 10 ** 12, sendStallWallMsMax: 200 },
    onRefused: ({ status, why }) => told.resolve(`${status} ${why}`),
  });
});

serverTest("a request and its response have their time together", async () => {
  const refused: string[] = [];
  async function* body() {
    for (;;) {
      yield latin1("x");
      await pause(5);
    }
  }
  await withServer(async (request) => {
    if (request.target === "/stream") return streamed(body());
    await gone(request);
    return answer("late");
  }, async ({ exchange }) => {
    assert.match(await exchange(`GET / HTTP/1.1\r\n${host}\r\n`), /^HTTP\/1\.1 503 [^]*\r\n\r\n$/);
    const cut = await exchange(`GET /stream HTTP/1.1\r\n${host}\r\n`);
    assert.match(cut, /^HTTP\/1\.1 200 [^]*\r\n1\r\nx\r\n/);
    assert.doesNotMatch(cut, /\r\n0\r\n/);
  }, {
    limits: { exchangeWallMsMax: 200 },
    onRefused: ({ status, why }) => refused.push(`${status} ${why}`),
  });
  const why = "503 the request and its response took too long";
  assert.deepEqual(refused, [why, why]);
});

serverTest("a connection ends after so many requests, and says so with the last", async () => {
  await withServer(describe, async ({ exchange }) => {
    const request = `GET / HTTP/1.1\r\n${host}\r\n`;
    const all = await exchange(request.repeat(5));
    assert.equal(all.match(/HTTP\/1\.1 200/g)?.length, 3);
    assert.equal(all.match(/Connection: close/g)?.length, 1);
    assert.match(all, /Connection: close\r\n\r\n<GET \/ >$/);
  }, { limits: { requestsPerConnectionMax: 3 } });
});

serverTest("requests that came before their client ended its half are all answered", async () => {
  await withServer(async (request) => {
    await pause(1);
    return describe(request);
  }, async ({ connect }) => {
    const client = await connect();
    await client.send(`GET / HTTP/1.1\r\n${host}\r\n`.repeat(200));
    await client.finish();
    assert.equal((await client.all()).match(/<GET \/ >/g)?.length, 200);
  });
});
