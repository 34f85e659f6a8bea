import assert from "node:assert/strict";
import { decodeUtf8, type ErrnoName } from "@skerry/base";
import { fdflags, riflags, sdflags } from "./layout.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { rights } from "./rights.ts";
import { TestClock, type TestGuest, testGuest, top, typeName } from "./testing/guest.ts";
import { TestListener, type TestPeer } from "./testing/sockets.ts";

const listener = top;
const refused = 0xffff;

/** A guest with a listener, and what speaks to it as C would. */
class Server {
  readonly port = new TestListener();
  readonly guest: TestGuest;

  constructor({ descriptorsMax = 64, clock = new TestClock() } = {}) {
    this.guest = testGuest({ listeners: [this.port], limits: { descriptorsMax }, clock });
  }

  async accept(flags = 0): Promise<number> {
    const result = this.guest.room(4);
    await this.guest.doLater("sock_accept", listener, flags, result);
    return this.guest.memory.readU32(result);
  }

  acceptErrno(flags = 0, fd = listener): Promise<ErrnoName> {
    return this.guest.wait("sock_accept", fd, flags, this.guest.room(4));
  }

  async connected(flags = 0): Promise<[number, TestPeer]> {
    const peer = this.port.connect();
    return [await this.accept(flags), peer];
  }

  /** What was received into buffers with these lengths, or the error. */
  async receive(fd: number, lengths: readonly number[], flags = 0): Promise<string> {
    const { memory } = this.guest;
    const { pointer, count, at } = this.guest.buffers(...lengths);
    const [bytes, told] = [this.guest.room(4), this.guest.room(2)];
    memory.writeU16(told, refused);
    const errno = await this.guest.wait("sock_recv", fd, pointer, count, flags, bytes, told);
    if (errno !== "ESUCCESS") return errno;
    assert.equal(memory.readU16(told), 0, "a stream is never truncated");
    let left = memory.readU32(bytes);
    return lengths.map((length, index) => {
      const piece = memory.copy(at[index] ?? 0, Math.min(length, left));
      left -= piece.length;
      return decodeUtf8(piece);
    }).join("|");
  }

  /** How many bytes were sent, or the error. */
  async send(fd: number, text: string, name = "sock_send"): Promise<number | ErrnoName> {
    const { memory } = this.guest;
    const [buffer, length] = this.guest.put(text);
    const list = this.guest.room(8);
    memory.writeU32(list, buffer);
    memory.writeU32(list + 4, length);
    const result = this.guest.room(4);
    const flags = name === "sock_send" ? [0] : [];
    const errno = await this.guest.wait(name, fd, list, 1, ...flags, result);
    return errno === "ESUCCESS" ? memory.readU32(result) : errno;
  }

  shutdown(fd: number, how: number): Promise<ErrnoName> {
    return this.guest.wait("sock_shutdown", fd, how);
  }

  fdstat(fd: number): { type: string; flags: number; base: number; inheriting: number } {
    const { memory } = this.guest;
    const at = this.guest.room(24);
    this.guest.do("fd_fdstat_get", fd, at);
    return {
      type: typeName(memory.readU8(at)),
      flags: memory.readU16(at + 2),
      base: Number(memory.readU64(at + 8)),
      inheriting: Number(memory.readU64(at + 16)),
    };
  }

  /** Takes every right but these away. */
  keepRights(fd: number, base: number): void {
    this.guest.do("fd_fdstat_set_rights", fd, BigInt(base), 0n);
  }
}

const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

Deno.test("accepting waits for somebody to connect, and gives the lowest free descriptor", async () => {
  const server = new Server();
  const accepting = server.accept();
  await settle();
  server.port.connect();
  assert.equal(await accepting, 4);
  assert.deepEqual(await server.connected().then(([fd]) => fd), 5);
  server.guest.close(4);
  assert.deepEqual(await server.connected().then(([fd]) => fd), 4);
});

Deno.test("accepting without waiting is EAGAIN until somebody has connected", async () => {
  const server = new Server();
  server.guest.do("fd_fdstat_set_flags", listener, fdflags.nonblock);
  assert.equal(await server.acceptErrno(), "EAGAIN");
  assert.equal(await server.acceptErrno(), "EAGAIN");
  assert.equal(
    server.port.accepts,
    1,
    "one call of the port is under way, however often the guest asks",
  );
  server.port.connect();
  assert.equal(await server.acceptErrno(), "ESUCCESS");
});

Deno.test("a guest that only ever asks without waiting still gets its connection", async () => {
  // The clock of other tests lets microtasks run; a real one lets everything run.
  const clock = Object.assign(new TestClock(), { sleep: settle });
  const server = new Server({ clock });
  server.guest.do("fd_fdstat_set_flags", listener, fdflags.nonblock);
  let asked = 0;
  setTimeout(() => server.port.connect(), 0);
  while (await server.acceptErrno() === "EAGAIN") asked += 1;
  assert.ok(asked < 100);
});

Deno.test("a connection is a stream socket that cannot seek, with the flags that accept gave it", async () => {
  const server = new Server();
  const [plain] = await server.connected();
  const [unwaiting] = await server.connected(fdflags.nonblock);
  const base = rights.fdRead | rights.fdWrite | rights.fdFdstatSetFlags | rights.fdFilestatGet |
    rights.pollFdReadwrite | rights.sockShutdown;
  const expected = { type: "socketStream", flags: 0, base, inheriting: 0 };
  assert.deepEqual(server.fdstat(plain), expected);
  assert.deepEqual(server.fdstat(unwaiting), { ...expected, flags: fdflags.nonblock });
  const listens = rights.sockAccept | rights.fdRead | rights.fdFdstatSetFlags |
    rights.fdFilestatGet | rights.pollFdReadwrite;
  assert.deepEqual(server.fdstat(listener), { ...expected, base: listens, inheriting: base });
  for (const fd of [listener, plain]) {
    assert.equal(typeName(server.guest.fstat(fd).type), "socketStream");
    const { pointer } = server.guest.buffers(1);
    assert.equal(server.guest.errno("fd_seek", fd, 0n, 0, 0), "ESPIPE");
    assert.equal(server.guest.errno("fd_tell", fd, 0), "ESPIPE");
    assert.equal(server.guest.errno("fd_pread", fd, pointer, 1, 0n, 0), "ESPIPE");
    assert.equal(server.guest.errno("fd_sync", fd), "EBADF");
    assert.equal(server.guest.errno("fd_filestat_set_times", fd, 0n, 0n, 0), "EBADF");
    assert.equal(server.guest.errno("fd_filestat_set_size", fd, 0n), "EBADF");
  }
});

Deno.test("what a listener may not inherit, its connections have not", async () => {
  const server = new Server();
  const { base } = server.fdstat(listener);
  server.guest.do("fd_fdstat_set_rights", listener, BigInt(base), BigInt(rights.fdRead));
  const [fd] = await server.connected();
  assert.equal(server.fdstat(fd).base, rights.fdRead);
});

Deno.test("accepting is refused with the error of its reason", async () => {
  const server = new Server();
  const [fd] = await server.connected();
  assert.equal(await server.acceptErrno(0, 99), "EBADF");
  assert.equal(await server.acceptErrno(0, 0), "ENOTSOCK");
  assert.equal(await server.acceptErrno(0, fd), "EINVAL");
  assert.equal(await server.acceptErrno(fdflags.append), "EINVAL");
  const end = server.guest.memory.byteLength;
  assert.equal(await server.guest.wait("sock_accept", listener, 0, end - 3), "EFAULT");
  server.port.fail("ECONNABORTED");
  assert.equal(await server.acceptErrno(), "ECONNABORTED");
  assert.equal(await server.connected().then(([next]) => next), 5, "the next may do better");
  server.keepRights(listener, rights.fdRead);
  assert.equal(await server.acceptErrno(), "ENOTCAPABLE");
});

Deno.test("connections count as descriptors: beyond their bound nothing is accepted, and nobody lost", async () => {
  const server = new Server({ descriptorsMax: 5 });
  const [fd] = await server.connected();
  const waiting = server.port.connect();
  assert.equal(await server.acceptErrno(), "EMFILE");
  server.guest.close(fd);
  assert.equal(await server.accept(), fd);
  waiting.send("still here");
  assert.equal(await server.receive(fd, [100]), "still here");
});

Deno.test("bytes go both ways, by the socket's calls and by the file's", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  peer.send("hello world");
  assert.equal(await server.receive(fd, [2, 0, 3]), "he||llo");
  const { pointer, at: [buffer = 0] } = server.guest.buffers(100);
  const result = server.guest.room(4);
  await server.guest.doLater("fd_read", fd, pointer, 1, result);
  assert.equal(
    decodeUtf8(server.guest.memory.copy(buffer, server.guest.memory.readU32(result))),
    " world",
  );
  assert.equal(await server.send(fd, "one "), 4);
  assert.equal(await server.send(fd, "two", "fd_write"), 3);
  assert.equal(await server.send(fd, ""), 0);
  assert.equal(peer.received, "one two");
  const long = "x".repeat(200_000);
  assert.equal(await server.send(fd, long), 200_000);
  assert.equal(peer.received.length, 200_007);
});

Deno.test("receiving waits for the first bytes, and at the end there are none, as often as it is asked", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  const receiving = server.receive(fd, [10]);
  await settle();
  peer.send("abc");
  assert.equal(await receiving, "abc");
  peer.send("");
  peer.send("");
  assert.equal(await server.receive(fd, [10]), "");
  assert.equal(await server.receive(fd, [10]), "");
  assert.equal(await server.receive(fd, []), "");
});

Deno.test("what is peeked at stays, and all of it can be waited for", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  peer.send("abc");
  assert.equal(await server.receive(fd, [2], riflags.recvPeek), "ab");
  assert.equal(await server.receive(fd, [10], riflags.recvPeek), "abc");
  const both = server.receive(fd, [4, 2], riflags.recvPeek | riflags.recvWaitall);
  await settle();
  peer.send("de");
  await settle();
  peer.send("fgh");
  assert.equal(await both, "abcd|ef");
  assert.equal(await server.receive(fd, [3, 3], riflags.recvWaitall), "abc|def");
  assert.equal(await server.receive(fd, [10]), "gh");
});

Deno.test("all that is wanted is waited for, but for an end or an error before it", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  const all = server.receive(fd, [3, 4], riflags.recvWaitall);
  for (const piece of ["ab", "cd", "e", "fgh"]) {
    peer.send(piece);
    await settle();
  }
  assert.equal(await all, "abc|defg");
  const cut = server.receive(fd, [100], riflags.recvWaitall);
  peer.send("");
  assert.equal(await cut, "h");
  const broken = server.receive(fd, [100], riflags.recvWaitall);
  peer.send("xy");
  await settle();
  peer.fail("ECONNRESET");
  assert.equal(await broken, "xy");
  assert.equal(await server.receive(fd, [1]), "ECONNRESET");
});

Deno.test("more than is ever buffered can be waited for", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  const all = server.receive(fd, [200_000], riflags.recvWaitall);
  for (let sent = 0; sent < 200_000; sent += 50_000) peer.send("x".repeat(50_000));
  assert.equal((await all).length, 200_000);
});

Deno.test("receiving without waiting is EAGAIN where there is nothing, also where all is wanted", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected(fdflags.nonblock);
  for (const flags of [0, riflags.recvPeek, riflags.recvWaitall]) {
    assert.equal(await server.receive(fd, [4], flags), "EAGAIN");
  }
  peer.send("ab");
  assert.equal(await server.receive(fd, [4], riflags.recvWaitall), "ab");
});

Deno.test("sending without waiting takes one piece, then is EAGAIN until the peer has it", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected(fdflags.nonblock);
  peer.stall();
  assert.equal(await server.send(fd, "x".repeat(100_000)), 65_536);
  assert.equal(await server.send(fd, "more"), "EAGAIN");
  assert.equal(await server.send(fd, "more", "fd_write"), "EAGAIN");
  peer.goOn();
  await settle();
  assert.equal(peer.received.length, 65_536);
  assert.equal(await server.send(fd, "more"), 4);
});

Deno.test("a peer that has gone is told: by the call that waited, or by the next one where none did", async () => {
  const server = new Server();
  const [waiting, first] = await server.connected();
  first.fail("ECONNRESET");
  assert.equal(await server.receive(waiting, [1]), "ECONNRESET");
  assert.equal(await server.send(waiting, "x"), "ECONNRESET");
  assert.equal(await server.send(waiting, "x"), "EPIPE");
  assert.equal(await server.shutdown(waiting, sdflags.wr), "ENOTCONN");
  const [unwaiting, second] = await server.connected(fdflags.nonblock);
  second.fail("EPIPE");
  assert.equal(await server.send(unwaiting, "x"), 1, "taken, as a system's buffer would");
  await settle();
  assert.equal(await server.send(unwaiting, "x"), "EPIPE");
});

Deno.test("shutting down ends one direction, or both", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  peer.send("unread");
  assert.equal(await server.shutdown(fd, sdflags.rd), "ESUCCESS");
  assert.equal(await server.receive(fd, [10]), "");
  assert.equal(await server.send(fd, "still"), 5);
  assert.equal(await server.shutdown(fd, sdflags.wr), "ESUCCESS");
  assert.equal(await server.shutdown(fd, sdflags.wr), "ESUCCESS", "again is no error");
  assert.deepEqual([peer.received, peer.hasEnded, peer.isClosed], ["still", true, false]);
  assert.equal(await server.send(fd, "x"), "EPIPE");
  const [other, otherPeer] = await server.connected();
  assert.equal(await server.shutdown(other, sdflags.rd | sdflags.wr), "ESUCCESS");
  assert.equal(await server.receive(other, [1]), "");
  assert.equal(otherPeer.hasEnded, true);
});

Deno.test("what was sent without waiting goes out before a shutdown", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected(fdflags.nonblock);
  peer.stall();
  assert.equal(await server.send(fd, "last"), 4);
  const shut = server.shutdown(fd, sdflags.wr);
  await settle();
  assert.equal(peer.hasEnded, false);
  peer.goOn();
  assert.equal(await shut, "ESUCCESS");
  assert.deepEqual([peer.received, peer.hasEnded], ["last", true]);
});

Deno.test("receiving, sending and shutting down are refused with the error of their reason", async () => {
  const server = new Server();
  const { guest } = server;
  const [fd, peer] = await server.connected();
  const end = guest.memory.byteLength;
  const { pointer } = guest.buffers(1);
  for (const [bad, errno] of [[99, "EBADF"], [0, "ENOTSOCK"], [listener, "ENOTCONN"]] as const) {
    assert.equal(await server.receive(bad, [1]), errno);
    assert.equal(await server.send(bad, "x"), errno);
    assert.equal(await server.shutdown(bad, sdflags.wr), errno);
  }
  assert.equal(await guest.wait("fd_read", listener, pointer, 1, 0), "ENOTCONN");
  assert.equal(await guest.wait("fd_write", listener, pointer, 1, 0), "ENOTCONN");
  assert.equal(await server.receive(fd, [1], 4), "EINVAL");
  assert.equal(await guest.wait("sock_send", fd, pointer, 1, 1, 0), "EINVAL");
  assert.equal(await guest.wait("sock_send", fd, pointer, 1025, 0, 0), "EINVAL");
  assert.equal(await guest.wait("sock_recv", fd, pointer, 1025, 0, 0, 8), "EINVAL");
  for (const how of [0, 4, 7]) assert.equal(await server.shutdown(fd, how), "EINVAL");
  assert.equal(await guest.wait("sock_recv", fd, end - 7, 1, 0, 0, 8), "EFAULT");
  assert.equal(await guest.wait("sock_recv", fd, pointer, 1, 0, end - 3, 8), "EFAULT");
  assert.equal(await guest.wait("sock_recv", fd, pointer, 1, 0, 0, end - 1), "EFAULT");
  assert.equal(await guest.wait("sock_send", fd, end - 7, 1, 0, 0), "EFAULT");
  assert.equal(await guest.wait("sock_send", fd, pointer, 1, 0, end - 3), "EFAULT");
  peer.fail("ECONNRESET");
  assert.equal(await server.shutdown(fd, sdflags.wr), "ENOTCONN");
  server.keepRights(fd, rights.fdFilestatGet);
  assert.equal(await server.receive(fd, [1]), "ENOTCAPABLE");
  assert.equal(await server.send(fd, "x"), "ENOTCAPABLE");
  assert.equal(await server.shutdown(fd, sdflags.rd), "ENOTCAPABLE");
});

Deno.test("a closed descriptor lets go of what it stood for", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  server.guest.close(fd);
  assert.equal(peer.isClosed, true);
  assert.equal(await server.receive(fd, [1]), "EBADF");
  server.guest.close(listener);
  assert.equal(server.port.isClosed, true);
  assert.equal(await server.acceptErrno(), "EBADF");
});

Deno.test("a listener that the guest never looked at is closed with the context all the same", () => {
  const server = new Server();
  server.guest.context.close();
  assert.equal(server.port.isClosed, true);
});

Deno.test("a guest that is ended while it accepts leaves nothing behind: who comes later is let go", async () => {
  const server = new Server();
  const accepting = server.acceptErrno();
  await settle();
  server.guest.controller.abort();
  assert.equal(await accepting, "ESUCCESS", "nobody hears it");
  server.guest.context.close();
  assert.equal(server.port.isClosed, true);
  const late = server.port.connect();
  await settle();
  assert.equal(late.isClosed, true);
});

Deno.test("a guest that is ended while it receives or sends is not touched again", async () => {
  const server = new Server();
  const [fd, peer] = await server.connected();
  peer.stall();
  const receiving = server.guest.wait("sock_recv", fd, server.guest.buffers(9).pointer, 1, 0, 0, 8);
  const sending = server.send(fd, "x".repeat(100_000));
  await settle();
  server.guest.controller.abort();
  server.guest.context.close();
  assert.equal(await receiving, "ESUCCESS");
  peer.goOn();
  assert.notEqual(await sending, 100_000);
  assert.equal(peer.isClosed, true);
});

Deno.test("listeners come before directories, and a libc that looks for these finds them", () => {
  const fileSystem = memoryFileSystem({ bytesMax: 1e6, filesMax: 9, clock: new TestClock() });
  const guest = testGuest({
    listeners: [new TestListener(), new TestListener()],
    preopens: [{ guestPath: "/data", fileSystem }],
  });
  // As wasi-libc: up to the first descriptor that is none, directories among whatever else there is.
  const found: string[] = [];
  for (let fd = top;; fd += 1) {
    const at = guest.room(8);
    const errno = guest.errno("fd_prestat_get", fd, at);
    if (errno === "EBADF") break;
    assert.equal(errno, "ESUCCESS");
    if (guest.memory.readU8(at) !== 0) continue;
    const name = guest.room(16);
    guest.do("fd_prestat_dir_name", fd, name, guest.memory.readU32(at + 4));
    found.push(`${fd}:${decodeUtf8(guest.memory.copy(name, guest.memory.readU32(at + 4)))}`);
  }
  assert.deepEqual(found, ["5:/data"]);
  assert.equal(guest.errno("fd_prestat_dir_name", top, 0, 16), "ENOTDIR");
});
