/** What holds for guests on every implementation of the sockets' port. */

import assert from "node:assert/strict";
import { type Clock, decodeUtf8, encodeUtf8 } from "@skerry/base";
import { fdflags, recordBytes, riflags, sdflags } from "../layout.ts";
import type { SocketListener } from "../socket.ts";
import { type TestGuest, testGuest, top } from "./guest.ts";

/** Who connects to a guest. */
export interface Peer {
  send(text: string): void | Promise<void>;
  /** Sends no more. */
  end(): void | Promise<void>;
  /** All that the guest sends, up to its end. */
  receive(): Promise<string>;
  close(): void;
}

/** A listener, and a way to it. */
export interface SocketWorld {
  readonly listener: SocketListener;
  connect(): Peer | Promise<Peer>;
}

/** A guest with a listener that makes calls as a server does. */
class Server {
  readonly guest: TestGuest;
  readonly #world: SocketWorld;

  constructor(world: SocketWorld, clock: Clock) {
    this.#world = world;
    this.guest = testGuest({ listeners: [world.listener], clock });
  }

  /** Somebody connects, and waits to be accepted. */
  async connect(): Promise<Peer> {
    return await this.#world.connect();
  }

  async accept(flags = 0): Promise<number> {
    const result = this.guest.room(4);
    await this.guest.doLater("sock_accept", top, flags, result);
    return this.guest.memory.readU32(result);
  }

  async connected(flags = 0): Promise<[fd: number, peer: Peer]> {
    const peer = await this.connect();
    return [await this.accept(flags), peer];
  }

  async receive(fd: number, length: number, flags = 0): Promise<string> {
    const { memory } = this.guest;
    const { pointer, at: [buffer = 0] } = this.guest.buffers(length);
    const result = this.guest.room(8);
    const args = [fd, pointer, 1, flags, result, result + 4];
    const errno = await this.guest.wait("sock_recv", ...args);
    return errno === "ESUCCESS" ? decodeUtf8(memory.copy(buffer, memory.readU32(result))) : errno;
  }

  /** Sends all of it, however often it takes, and waits by poll where it may not by itself. */
  async send(fd: number, text: string): Promise<void> {
    const { memory } = this.guest;
    const bytes = encodeUtf8(text);
    for (let at = 0; at < bytes.length;) {
      const [buffer, length] = this.guest.put(bytes.subarray(at, at + 300_000));
      const list = this.guest.room(12);
      memory.writeU32(list, buffer);
      memory.writeU32(list + 4, length);
      const errno = await this.guest.wait("sock_send", fd, list, 1, 0, list + 8);
      if (errno === "EAGAIN") await this.poll(2, fd);
      else assert.equal(errno, "ESUCCESS");
      if (errno === "ESUCCESS") at += memory.readU32(list + 8);
    }
  }

  /** Waits until a descriptor is ready, and says whether its peer has gone. */
  async poll(type: number, fd: number): Promise<"ready" | "hangup"> {
    const { memory } = this.guest;
    const at = this.guest.room(recordBytes.subscription);
    const event = this.guest.room(recordBytes.event);
    memory.write(at, new Uint8Array(recordBytes.subscription));
    memory.writeU8(at + 8, type);
    memory.writeU32(at + 16, fd);
    await this.guest.doLater("poll_oneoff", at, event, 1, this.guest.room(4));
    assert.equal(memory.readU16(event + 8), 0);
    return memory.readU16(event + 24) === 0 ? "ready" : "hangup";
  }

  shutdown(fd: number, how: number): Promise<void> {
    return this.guest.doLater("sock_shutdown", fd, how);
  }
}

/** Runs the contract on worlds that `open` makes. */
export function testSockets(name: string, clock: Clock, open: () => SocketWorld): void {
  const test = (sentence: string, check: (server: Server) => Promise<void>) =>
    Deno.test(`${name}: ${sentence}`, async () => {
      const server = new Server(open(), clock);
      try {
        await check(server);
      } finally {
        server.guest.context.close();
      }
    });

  test("questions and answers go both ways until each side has said that it is done", async (server) => {
    const [fd, peer] = await server.connected();
    await peer.send("question");
    assert.equal(await server.receive(fd, 8, riflags.recvWaitall), "question");
    await server.send(fd, "answer");
    await peer.end();
    assert.equal(await server.receive(fd, 100), "");
    assert.equal(await server.receive(fd, 100), "");
    assert.equal(await server.poll(1, fd), "hangup");
    await server.shutdown(fd, sdflags.wr);
    assert.equal(await peer.receive(), "answer");
    peer.close();
  });

  test("a poll waits for who connects, and for what is sent", async (server) => {
    const ready = server.poll(1, top);
    const peer = await server.connect();
    assert.equal(await ready, "ready");
    const fd = await server.accept();
    const readable = server.poll(1, fd);
    await peer.send("x");
    assert.equal(await readable, "ready");
    assert.equal(await server.receive(fd, 9, riflags.recvPeek), "x");
    assert.equal(await server.receive(fd, 9), "x");
    peer.close();
  });

  test("whoever does not wait gets EAGAIN, and all in the end", async (server) => {
    const [fd, peer] = await server.connected(fdflags.nonblock);
    assert.equal(await server.receive(fd, 1), "EAGAIN");
    const content = "0123456789".repeat(200_000);
    const received = peer.receive();
    await server.send(fd, content);
    await server.shutdown(fd, sdflags.wr);
    assert.equal(await received, content);
    peer.close();
  });

  test("what was sent without waiting arrives although the descriptor is closed", async (server) => {
    const [fd, peer] = await server.connected(fdflags.nonblock);
    await server.send(fd, "last words");
    server.guest.close(fd);
    assert.equal(await peer.receive(), "last words");
    peer.close();
  });

  test("many connections do not mix", async (server) => {
    const all: [number, Peer][] = [];
    for (let index = 0; index < 10; index += 1) all.push(await server.connected());
    for (const [index, [, peer]] of all.entries()) await peer.send(`to ${index}`);
    for (const [index, [fd]] of all.entries()) {
      assert.equal(await server.receive(fd, 4, riflags.recvWaitall), `to ${index}`);
      await server.send(fd, `from ${index}`);
      server.guest.close(fd);
    }
    for (const [index, [, peer]] of all.entries()) {
      assert.equal(await peer.receive(), `from ${index}`);
      peer.close();
    }
  });

  test("a connection that takes another's number closes that one, and goes on", async (server) => {
    const [one, first] = await server.connected();
    const [two, second] = await server.connected();
    server.guest.do("fd_renumber", two, one);
    assert.equal(await first.receive(), "");
    await second.send("still");
    assert.equal(await server.receive(one, 5, riflags.recvWaitall), "still");
    assert.equal(await server.receive(two, 1), "EBADF");
    first.close();
    second.close();
  });
}
