import assert from "node:assert/strict";
import { ErrnoError, isSkerryError } from "@skerry/base";
import { listenTcp } from "./tcp_listener.ts";

const local = { hostname: "127.0.0.1", port: 0 };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

/** A connection as the guest's side has it, and the peer's socket. */
async function connected() {
  const listener = listenTcp(local);
  const peer = await Deno.connect(listener.address);
  return { listener, peer, connection: await listener.accept() };
}

async function errnoOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return "ok";
  } catch (error) {
    if (error instanceof ErrnoError) return error.errno;
    throw error;
  }
}

async function readAll(peer: Deno.TcpConn): Promise<string> {
  let all = "";
  for await (const piece of peer.readable.pipeThrough(new TextDecoderStream())) all += piece;
  return all;
}

Deno.test("a connection is a stream in each direction, and each ends by itself", async () => {
  const { listener, peer, connection } = await connected();
  await peer.write(bytes("question"));
  await peer.closeWrite();
  assert.equal(text(await connection.read(100)), "question");
  assert.equal((await connection.read(100)).length, 0);
  assert.equal((await connection.read(100)).length, 0, "the end stays the end");
  await connection.write(bytes("answer"));
  await connection.endWrite();
  assert.equal(await readAll(peer), "answer");
  connection.close();
  listener.close();
});

Deno.test("a read takes no more than it is asked for", async () => {
  const { listener, peer, connection } = await connected();
  await peer.write(bytes("abcdef"));
  assert.equal(text(await connection.read(4)), "abcd");
  assert.equal(text(await connection.read(4)), "ef");
  peer.close();
  connection.close();
  listener.close();
});

Deno.test("what was taken goes out although the connection is closed before, and that can be waited for", async () => {
  const { listener, peer, connection } = await connected();
  const content = "x".repeat(20_000_000);
  const written = connection.write(bytes(content));
  connection.close();
  listener.close();
  let settled = false;
  const settling = listener.settled().then(() => settled = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(settled, false, "more than the system's buffers hold");
  assert.equal((await readAll(peer)).length, content.length);
  await written;
  await settling;
});

Deno.test("a peer that has gone is an error of WASI", async () => {
  const { listener, peer, connection } = await connected();
  peer.close();
  // The peer's system says that nobody is there only once it is sent something.
  let errno = "ok";
  for (let turn = 0; turn < 1000 && errno === "ok"; turn += 1) {
    errno = await errnoOf(async () => await connection.write(bytes("x")));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.match(errno, /^(EPIPE|ECONNRESET)$/);
  connection.close();
  listener.close();
});

Deno.test("closing a listener ends the wait for a connection", async () => {
  const listener = listenTcp(local);
  const accepting = listener.accept().then(() => "accepted", () => "ended");
  listener.close();
  assert.equal(await accepting, "ended");
  await listener.settled();
});

Deno.test("an address that is taken is refused with the reason", () => {
  const listener = listenTcp(local);
  assert.throws(
    () => listenTcp(listener.address),
    (error) => isSkerryError(error) && error.code === "SKERRY_LISTEN_FAILED",
  );
  listener.close();
});
