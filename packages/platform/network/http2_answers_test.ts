import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type net from "node:net";
import { get, loopbackBackend } from "./testing/backends.ts";
import { testAuthority } from "./testing/certificates.ts";
import { http2Server, type StreamFrames } from "./testing/http2_server.ts";

/** What a client sees of a backend that answers by these frames; undefined: the connection ends. */
async function check(
  steps: readonly ((frames: StreamFrames) => readonly Buffer[] | undefined)[],
  expected: Awaited<ReturnType<typeof get>>,
  about: string,
): Promise<void> {
  const act = async (socket: net.Socket, frames: StreamFrames) => {
    for (const step of steps) {
      const bytes = step(frames);
      if (bytes === undefined) socket.end();
      else socket.write(Buffer.concat(bytes));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await using server = await http2Server(act);
  const backend = await loopbackBackend(server.port, {
    origin: `https://backend.example:${server.port}`,
    network: { authorities: [testAuthority] },
    http2: true,
    retriesMax: 0,
    firstByteMsMax: 500,
  });
  assert.deepEqual(await get(backend), expected, about);
  backend.close();
}

Deno.test("an answer by HTTP/2 is whole where its stream has ended, and where it was broken off is not", async () => {
  const half = (frames: StreamFrames) => [frames.head(), frames.data("hi")];
  const broken = { status: 200, body: "hi", failed: "reset" };
  await check([(one) => [one.head(), one.data("hi", true)]], { status: 200, body: "hi" }, "whole");
  for (const code of [1, 2, 5, 7, 11]) {
    await check([half, (one) => [one.reset(code)]], broken, `a reset by ${code}`);
    await check([(one) => [one.reset(code)]], { failed: "reset" }, `a reset at once by ${code}`);
  }
  await check([half, () => undefined], broken, "an end of the connection");
  await check([() => undefined], { failed: "reset" }, "an end of the connection at once");
  await check([() => [Buffer.from("HTTP/1.1 200 OK\r\n\r\n")]], { failed: "reset" }, "no frames");
});

Deno.test("trailers that come unasked for by HTTP/2 never hide that a body is not whole", async () => {
  const whole = (frames: StreamFrames) => [frames.head(), frames.data("hi"), frames.trailers()];
  await using server = await http2Server((socket, frames) =>
    void socket.write(Buffer.concat(whole(frames)))
  );
  const backend = await loopbackBackend(server.port, {
    origin: `https://backend.example:${server.port}`,
    network: { authorities: [testAuthority] },
    http2: true,
  });
  const { status, failed } = await get(backend);
  assert.deepEqual([status, failed], [200, "protocol"]);
  backend.close();
});
