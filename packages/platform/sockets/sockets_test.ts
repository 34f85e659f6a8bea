/** What every kind of socket promises, by Deno's and by the kernel's own. */

import assert from "node:assert/strict";
import { listenByDeno } from "./deno_sockets.ts";
import { listenByEpoll, shareByEpoll } from "./epoll_server.ts";
import { openListeningSocket } from "./listening_socket.ts";
import { libc } from "../libc.ts";
import type { ClientSocket, ServerSocket } from "./sockets.ts";

const anywhere = { hostname: "127.0.0.1", port: 0 };
const calls = libc();

const notHere = calls === undefined ? " (skipped: not on Linux)" : "";

const kinds: Readonly<Record<string, (() => ServerSocket) | undefined>> = {
  deno: () => listenByDeno(anywhere),
  epoll: calls && (() => listenByEpoll(calls, anywhere) ?? assert.fail("no socket")),
};

/** A server's socket and a client, connected. */
interface Pair {
  readonly server: ServerSocket;
  readonly accepted: ClientSocket;
  readonly client: Deno.TcpConn;
}

function socketTest(name: string, body: (pair: Pair) => Promise<void>): void {
  for (const [kind, bind] of Object.entries(kinds)) {
    Deno.test({
      name: `${kind} sockets: ${name}${bind === undefined ? " (skipped: not on Linux)" : ""}`,
      ignore: bind === undefined,
      async fn() {
        const server = bind?.() ?? assert.fail();
        const [accepted, client] = await Promise.all([
          server.accept(),
          Deno.connect(server.address),
        ]);
        try {
          await body({ server, accepted, client });
        } finally {
          accepted.close();
          closeQuietly(client);
          server.close();
          await server.closed;
        }
      },
    });
  }
}

function closeQuietly(client: Deno.TcpConn): void {
  try {
    client.close();
  } catch {
    // The test has done it.
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

async function readText(socket: { read(into: Uint8Array): Promise<number | null> }) {
  const into = new Uint8Array(100);
  const count = await socket.read(into);
  return count === null ? null : new TextDecoder().decode(into.subarray(0, count));
}

/** Writes all of it, however it is taken. */
async function writeAll(socket: ClientSocket, content: Uint8Array): Promise<void> {
  for (let at = 0; at < content.length;) at += await socket.write(content.subarray(at));
}

socketTest("what is sent arrives, both ways, and the peer is the client", async (pair) => {
  const { accepted, client } = pair;
  const { hostname, port } = client.localAddr;
  assert.deepEqual(accepted.peer, { address: hostname, port });
  for (const text of ["one", "two"]) {
    await client.write(bytes(text));
    assert.equal(await readText(accepted), text);
    await writeAll(accepted, bytes(text));
    assert.equal(await readText(client), text);
  }
});

socketTest("a read that begins before anything is there waits for it", async (pair) => {
  const reading = readText(pair.accepted);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await pair.client.write(bytes("late"));
  assert.equal(await reading, "late");
});

socketTest("what comes while nobody reads is kept", async ({ accepted, client }) => {
  await client.write(bytes("kept"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await readText(accepted), "kept");
});

socketTest("the end of one half is told once all is read, the other stays", async (pair) => {
  const { accepted, client } = pair;
  await client.write(bytes("last"));
  await client.closeWrite();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await readText(accepted), "last");
  assert.equal(await readText(accepted), null);
  await writeAll(accepted, bytes("answer"));
  await accepted.closeWrite();
  assert.equal(await readText(client), "answer");
  assert.equal(await readText(client), null);
});

socketTest("a writer waits for a client that does not read, and loses nothing", async (pair) => {
  const { accepted, client } = pair;
  const content = new Uint8Array(8 * 1024 * 1024).map((_, index) => index % 251);
  let isWritten = false;
  const writing = writeAll(accepted, content).then(() => isWritten = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(isWritten, false);
  const received = new Uint8Array(content.length);
  for (let at = 0; at < received.length;) {
    at += await client.read(received.subarray(at)) ?? assert.fail("it ended");
  }
  await writing;
  assert.deepEqual(received, content);
});

/** Writes pieces of all sizes until nothing more is taken at once, and tells what was. */
async function fill(socket: ClientSocket): Promise<{ content: Uint8Array; last: Promise<number> }> {
  const pieces: Uint8Array[] = [];
  for (let count = 0;; count += 1) {
    const piece = new Uint8Array(count % 7 === 0 ? 9_000 : 100 + count % 4_000).fill(count % 251);
    const taking = Promise.resolve(socket.write(piece, count % 5 === 0 ? "write" : "other"));
    const waited = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 50));
    const taken = await Promise.race([taking, waited]);
    if (taken === undefined) {
      const content = new Uint8Array(
        await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer(),
      );
      return { content, last: taking };
    }
    pieces.push(piece.slice(0, taken));
  }
}

async function readUpTo(client: Deno.TcpConn, bytesMax: number): Promise<Uint8Array> {
  const received = new Uint8Array(bytesMax);
  let at = 0;
  while (at < bytesMax) {
    const count = await client.read(received.subarray(at));
    if (count === null) break;
    at += count;
  }
  return received.subarray(0, at);
}

socketTest("pieces of all sizes come in their order to a client that reads late", async (pair) => {
  const { accepted, client } = pair;
  const { content, last } = await fill(accepted);
  assert.deepEqual(await readUpTo(client, content.length), content);
  // What waited comes behind it.
  const taken = await last;
  assert.equal((await readUpTo(client, taken)).length, taken);
});

for (const end of ["closeWrite", "close"] as const) {
  socketTest(`what was taken is sent before ${end}, to a client that reads late`, async (pair) => {
    const { accepted, client } = pair;
    // What was taken, in its order: of a piece it may be less than all.
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    // As long as it is taken at once; a system whose every write takes time says so by the first.
    for (let count = 0; count < 5_000; count += 1) {
      const piece = new Uint8Array(3_000).fill(count % 251);
      const taking = accepted.write(piece);
      if (typeof taking === "number") {
        pieces.push(piece.subarray(0, taking));
        continue;
      }
      const noting = taking.then((taken) => void pieces.push(piece.subarray(0, taken)));
      if (count === 0) await noting;
      else noting.catch(() => {});
      break;
    }
    const ending = accepted[end]();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const received = await readUpTo(client, 20_000_000);
    await ending;
    assert.deepEqual(received, new Uint8Array(await new Blob(pieces).arrayBuffer()));
  });
}

socketTest("a writer whose client goes away hears of it", async ({ accepted, client }) => {
  const content = new Uint8Array(8 * 1024 * 1024);
  const writing = writeAll(accepted, content);
  await client.read(new Uint8Array(10));
  client.close();
  await assert.rejects(writing);
});

socketTest("a client that breaks off is told to whoever reads, then or later", async (pair) => {
  const { accepted, client } = pair;
  // What it has not read makes its end a reset (RFC 9293 §3.6.1).
  await writeAll(accepted, bytes("unread"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  client.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  // Whether it is told as an end or a failure is the system's.
  assert.equal(await readText(accepted).catch(() => null), null);
});

socketTest("closing ends a read and a write that are under way", async ({ accepted }) => {
  const reading = assert.rejects(accepted.read(new Uint8Array(10)));
  const writing = assert.rejects(writeAll(accepted, new Uint8Array(8 * 1024 * 1024)));
  accepted.close();
  await Promise.all([reading, writing]);
  await assert.rejects(async () => await accepted.read(new Uint8Array(10)));
  await assert.rejects(async () => await accepted.write(bytes("x")));
});

for (const [kind, bind] of Object.entries(kinds)) {
  if (bind === undefined) continue;
  Deno.test(`${kind} sockets: closing a server ends who waits for a client, and its address is free`, async () => {
    const server = bind();
    const waiting = assert.rejects(server.accept());
    server.close();
    await waiting;
    await server.closed;
    await assert.rejects(Deno.connect(server.address));
  });

  Deno.test(`${kind} sockets: many clients at once each get their own bytes, again and again`, async () => {
    const server = bind();
    const count = 200;
    const accepting = (async () => {
      const echoes: Promise<void>[] = [];
      for (let index = 0; index < count; index += 1) echoes.push(echo(await server.accept()));
      await Promise.all(echoes);
    })();
    await Promise.all(Array.from({ length: count }, async (_, index) => {
      const client = await Deno.connect(server.address);
      for (let round = 0; round < 5; round += 1) {
        await client.write(bytes(`${index} ${round}`));
        assert.equal(await readText(client), `${index} ${round}`);
      }
      client.close();
    }));
    await accepting;
    server.close();
    await server.closed;
  });
}

async function echo(socket: ClientSocket): Promise<void> {
  const into = new Uint8Array(100);
  for (let count; (count = await socket.read(into)) !== null;) {
    await writeAll(socket, into.slice(0, count));
  }
  socket.close();
}

Deno.test({
  name: `epoll sockets: a flood of clients leaves the event loop its turns${notHere}`,
  ignore: calls === undefined,
  async fn() {
    if (calls === undefined) return;
    // As many stand in the queue as ever one asks for, as far as the server can see.
    const accept4: typeof calls.accept4 = () => calls.eventfd(0, 0);
    const server = listenByEpoll({ ...calls, accept4 }, anywhere) ?? assert.fail();
    const client = await Deno.connect(server.address);
    let isTurn = false;
    setTimeout(() => isTurn = true);
    for (let count = 0; !isTurn; count += 1) {
      assert.ok(count < 100_000, "no timer was heard while clients were accepted");
      (await server.accept()).close();
    }
    client.close();
    server.close();
    await server.closed;
  },
});

Deno.test({
  name:
    `epoll sockets: a client that cannot be accepted is told as a shortage, and waits${notHere}`,
  ignore: calls === undefined,
  async fn() {
    if (calls === undefined) return;
    let isShort = true;
    const accept4: typeof calls.accept4 = (...args) => isShort ? -1 : calls.accept4(...args);
    const server = listenByEpoll({ ...calls, accept4 }, anywhere) ?? assert.fail();
    const refused = assert.rejects(server.accept(), /cannot be accepted/);
    const client = await Deno.connect(server.address);
    await refused;
    isShort = false;
    const accepted = await server.accept();
    await client.write(bytes("at last"));
    assert.equal(await readText(accepted), "at last");
    accepted.close();
    client.close();
    server.close();
    await server.closed;
  },
});

Deno.test({
  name:
    `epoll sockets: who shares a socket is told of a shortage, not that another was faster${notHere}`,
  ignore: calls === undefined,
  async fn() {
    if (calls === undefined) return;
    let failures = 0;
    const accept4: typeof calls.accept4 = (...args) => failures-- > 0 ? -1 : calls.accept4(...args);
    const fd = openListeningSocket(calls, anywhere) ?? assert.fail();
    const server = shareByEpoll({ ...calls, accept4 }, fd) ?? assert.fail();
    failures = 2;
    const [accepted, client] = await Promise.all([server.accept(), Deno.connect(server.address)]);
    failures = 3;
    const [, other] = await Promise.all([
      assert.rejects(server.accept(), /cannot be accepted/),
      Deno.connect(server.address),
    ]);
    const later = await server.accept();
    for (const end of [accepted, client, later, other, server]) end.close();
    calls.close(fd);
    await server.closed;
  },
});

Deno.test({
  name: `epoll sockets: IPv6 is served${notHere}`,
  ignore: calls === undefined,
  async fn() {
    const server = calls && listenByEpoll(calls, { hostname: "::1", port: 0 });
    // A machine may have no IPv6 at all: then Deno's sockets say so, too.
    if (server === undefined) {
      return assert.throws(() => listenByDeno({ hostname: "::1", port: 0 }));
    }
    const [accepted, client] = await Promise.all([
      server.accept(),
      Deno.connect(server.address),
    ]);
    assert.equal(accepted.peer.address, "::1");
    await client.write(bytes("six"));
    assert.equal(await readText(accepted), "six");
    accepted.close();
    client.close();
    server.close();
    await server.closed;
  },
});
