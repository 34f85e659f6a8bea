/** Clients of HTTP/2 that take their time: each wait for them has an end. */

import assert from "node:assert/strict";
import { gone, readAll, streamed } from "../listen_testing.ts";
import { flags, frameType, preface } from "./frames.ts";
import {
  block,
  data,
  frame,
  headers,
  hello,
  join,
  number,
  request,
  settings,
  sized,
  withHttp2,
} from "./http2_testing.ts";

const shortly = {
  connectionIdleMsMax: 200,
  headerWallMsMax: 200,
  receiveWallMsMax: 200,
  sendStallWallMsMax: 200,
};
const get = (id: number, target = "/") => headers(id, request(target));

Deno.test("the handler of a request that is refused amid its body hears that nobody waits", async () => {
  const refusals: readonly (readonly [rest: Uint8Array, expected: string])[] = [
    [new Uint8Array(0), "HEADERS 1 408 end"],
    [headers(1, Array.from({ length: 300 }, () => ["x", "y"])), "HEADERS 1 431 end"],
  ];
  for (const [rest, expected] of refusals) {
    const told = Promise.withResolvers<void>();
    await withHttp2(async (request) => {
      request.whenGone(() => told.resolve());
      await told.promise;
      return sized(0);
    }, async (connect) => {
      const client = await connect();
      await client.send(hello, headers(1, request("/"), "more"), rest);
      await client.until(expected);
      await told.promise;
    }, { limits: shortly });
  }
});

Deno.test("interim responses are not kept for a client that does not read them", async () => {
  await withHttp2((request) => {
    for (let count = 0; count < 20; count += 1) {
      request.inform?.(103, [["link", "x".repeat(900)]]);
    }
    return sized(0);
  }, async (connect) => {
    const client = await connect();
    await client.send(hello, get(1));
    const lines = await client.until("HEADERS 1 200 end");
    assert.ok(lines.filter((line) => line === "HEADERS 1 103").length < 5);
  }, { http2: { outputBytesMax: 1_000 } });
});

Deno.test("a client that does not go on with what it has begun is turned away", async () => {
  const table: readonly (readonly [name: string, sent: Uint8Array, expected: string])[] = [
    ["no greeting", new Uint8Array(0), "GOAWAY 0 * NO_ERROR"],
    ["half a greeting", join("PRI * HTTP"), "GOAWAY 0 0 ENHANCE_YOUR_CALM"],
    ["a greeting without SETTINGS", join(preface), "GOAWAY 0 * NO_ERROR"],
    ["no request", hello, "GOAWAY 0 * NO_ERROR"],
    ["no second request", join(hello, get(1)), "GOAWAY 0 1 NO_ERROR"],
    [
      "half a frame",
      join(hello, frame(6, 0, 0, "12345678").subarray(0, 12)),
      "GOAWAY 0 0 ENHANCE_YOUR_CALM",
    ],
    ["half a frame's header", join(hello, "\0\0"), "GOAWAY 0 0 ENHANCE_YOUR_CALM"],
    [
      "half a header",
      join(hello, frame(frameType.headers, flags.endStream, 1, block(request("/")))),
      "GOAWAY 0 0 ENHANCE_YOUR_CALM",
    ],
    ["no body", join(hello, headers(1, request("/"), "more")), "HEADERS 1 408 end"],
    [
      "half a body",
      join(hello, headers(1, request("/"), "more"), data(1, "a")),
      "HEADERS 1 408 end",
    ],
    [
      "half a frame of a body",
      join(hello, headers(1, request("/"), "more"), data(1, "abcdefgh").subarray(0, 12)),
      "HEADERS 1 408 end",
    ],
  ];
  await withHttp2(async ({ body }) => {
    await readAll(body);
    return sized(0);
  }, async (connect) => {
    for (const [name, sent, expected] of table) {
      const client = await connect();
      await client.send(sent);
      await client.until(expected);
      assert.ok(client.has(expected), `${name}: ${client.lines.join(", ")}`);
      client.close();
    }
  }, { limits: shortly, http2: { drainWallMsMax: 100 } });
});

Deno.test("frames that keep a connection busy do not keep it open without a request", async () => {
  await withHttp2(() => sized(0), async (connect) => {
    const client = await connect();
    await client.send(hello);
    const timer = setInterval(
      () => void client.send(frame(6, 0, 0, "12345678")).catch(() => {}),
      20,
    );
    await client.until("end");
    clearInterval(timer);
    assert.ok(client.has("GOAWAY 0 0 NO_ERROR"));
  }, { limits: shortly, http2: { drainWallMsMax: 100 } });
});

Deno.test("a header does not live for ever by pieces that come in time", async () => {
  await withHttp2(() => sized(0), async (connect) => {
    const client = await connect();
    await client.send(hello, frame(frameType.headers, 0, 1, block(request("/"))));
    const piece = () => void client.send(frame(frameType.continuation, 0, 1)).catch(() => {});
    const timer = setInterval(piece, 50);
    await client.until("end");
    clearInterval(timer);
    assert.ok(client.has("GOAWAY 0 0 ENHANCE_YOUR_CALM"));
  }, { limits: shortly, http2: { continuationsMax: 1_000_000 } });
});

Deno.test("a client whose window stays shut, or opens by single bytes, gets no more of its response", async () => {
  await withHttp2(() => sized(100_000), async (connect) => {
    const shut = await connect();
    await shut.send(hello, settings([4, 0]), get(1));
    await shut.until("RST_STREAM 1 CANCEL");
    assert.ok(shut.has("RST_STREAM 1 CANCEL"));
    assert.equal(shut.dataBytes, 0);
    const narrow = await connect();
    await narrow.send(hello, settings([4, 0]), get(1));
    const open = () =>
      void narrow.send(frame(frameType.windowUpdate, 0, 1, number(1))).catch(() => {});
    const timer = setInterval(open, 20);
    await narrow.until("RST_STREAM 1 CANCEL");
    clearInterval(timer);
    assert.ok(narrow.has("RST_STREAM 1 CANCEL"));
    assert.ok(narrow.dataBytes < 4_096);
  }, { limits: { ...shortly, connectionIdleMsMax: 60_000 } });
});

Deno.test("a client that takes its response in fair pieces gets all of it, however long it takes", async () => {
  await withHttp2(() => sized(50_000), async (connect) => {
    const client = await connect();
    await client.send(hello, settings([4, 0]), get(1));
    const open = () =>
      void client.send(frame(frameType.windowUpdate, 0, 1, number(5_000))).catch(() => {});
    const timer = setInterval(open, 100);
    await client.until("DATA 1 5000 end");
    clearInterval(timer);
    assert.equal(client.dataBytes, 50_000);
  }, { limits: { ...shortly, sendStallWallMsMax: 600 } });
});

Deno.test("a client that reads nothing is cut off, and its handlers are told", async () => {
  const told = Promise.withResolvers<void>();
  async function* endless() {
    for (;;) yield new Uint8Array(16_000);
  }
  await withHttp2((request) => {
    void gone(request).then(told.resolve);
    return streamed(endless());
  }, async (connect) => {
    const client = await connect();
    const wide = number(2 ** 30);
    await client.send(
      hello,
      settings([4, 2 ** 30]),
      frame(frameType.windowUpdate, 0, 0, wide),
      get(1),
    );
    await told.promise;
  }, { limits: shortly });
});

Deno.test("a client that makes us answer and reads nothing is cut off", async () => {
  await withHttp2(() => sized(0), async (connect) => {
    const client = await connect();
    const pings = join(...Array.from({ length: 1_000 }, () => frame(6, 0, 0, "12345678")));
    await assert.rejects(async () => {
      await client.send(hello);
      for (;;) await client.send(pings);
    });
  }, { http2: { idleFramesMax: 1e9 } });
});
