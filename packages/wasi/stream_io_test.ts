import assert from "node:assert/strict";
import { bytePipe, type ByteSource, encodeUtf8, sourceOf } from "@skerry/base";
import { fdflags } from "./layout.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { guestOf, MemorySink, TestClock, type TestGuest, testGuest } from "./testing/guest.ts";

const [stdin, stdout, stderr] = [0, 1, 2];

async function read(guest: TestGuest, ...lengths: number[]): Promise<string[] | string> {
  const { pointer, count, at } = guest.buffers(...lengths);
  const result = guest.room(4);
  const errno = await guest.wait("fd_read", stdin, pointer, count, result);
  if (errno !== "ESUCCESS") return errno;
  let left = guest.memory.readU32(result);
  return lengths.map((length, index) => {
    const bytes = guest.memory.copy(at[index] ?? 0, Math.min(length, left));
    left -= bytes.length;
    return new TextDecoder().decode(bytes);
  });
}

/** A source that is fed by hand. */
class FedSource implements ByteSource {
  #waiting: ((bytes: Uint8Array) => void) | undefined;
  reads = 0;

  read(): Promise<Uint8Array> {
    this.reads += 1;
    return new Promise((resolve) => this.#waiting = resolve);
  }

  feed(text: string): void {
    this.#waiting?.(encodeUtf8(text));
  }
}

Deno.test("input is scattered over the buffers, and what is over is kept", async () => {
  const guest = testGuest({ stdin: sourceOf("hello world") });
  assert.deepEqual(await read(guest, 2, 0, 3), ["he", "", "llo"]);
  assert.deepEqual(await read(guest, 100), [" world"]);
  assert.deepEqual(await read(guest, 100), [""]);
  assert.deepEqual(await read(guest), []);
});

Deno.test("a read waits for input, and the end is the end of one read alone", async () => {
  const source = new FedSource();
  const guest = testGuest({ stdin: source });
  const first = read(guest, 10);
  source.feed("abc");
  assert.deepEqual(await first, ["abc"]);
  const second = read(guest, 10);
  source.feed("");
  assert.deepEqual(await second, [""]);
  const third = read(guest, 10);
  source.feed("more");
  assert.deepEqual(await third, ["more"]);
});

Deno.test("a read that is not to wait answers EAGAIN and loses nothing", async () => {
  const source = new FedSource();
  const guest = testGuest({ stdin: source });
  guest.do("fd_fdstat_set_flags", stdin, fdflags.nonblock);
  assert.equal(await read(guest, 10), "EAGAIN");
  assert.equal(await read(guest, 10), "EAGAIN");
  assert.equal(source.reads, 1);
  source.feed("now");
  await Promise.resolve();
  assert.deepEqual(await read(guest, 10), ["now"]);
});

Deno.test("input that fails is EIO", async () => {
  const failing = { read: () => Promise.reject(new Error("unplugged")) };
  assert.equal(await read(testGuest({ stdin: failing }), 1), "EIO");
  const throwing = {
    read: (): Uint8Array => {
      throw new Error("unplugged");
    },
  };
  assert.equal(await read(testGuest({ stdin: throwing }), 1), "EIO");
});

Deno.test("output gathers small buffers and cuts large ones", () => {
  const sink = new MemorySink();
  const guest = testGuest({ stdout: sink });
  const { pointer, count, at } = guest.buffers(3, 0, 200_000, 2);
  for (const [index, letter] of ["a", "", "b", "c"].entries()) {
    const length = [3, 0, 200_000, 2][index] ?? 0;
    guest.memory.write(at[index] ?? 0, encodeUtf8(letter.repeat(length)));
  }
  const result = guest.room(4);
  guest.do("fd_write", stdout, pointer, count, result);
  assert.equal(guest.memory.readU32(result), 200_005);
  assert.equal(sink.text, `aaa${"b".repeat(200_000)}cc`);
  assert.deepEqual(sink.pieces.map(({ length }) => length), [65536, 65536, 65536, 3397]);
});

Deno.test("output waits for a sink that is slow", async () => {
  const release: (() => void)[] = [];
  const seen: number[] = [];
  const slow = {
    write(bytes: Uint8Array) {
      seen.push(bytes.length);
      return new Promise<void>((resolve) => release.push(resolve));
    },
  };
  const guest = testGuest({ stderr: slow });
  const { pointer } = guest.buffers(100_000);
  const result = guest.room(4);
  let done = false;
  const writing = guest.wait("fd_write", stderr, pointer, 1, result).then((errno) => {
    done = true;
    return errno;
  });
  await Promise.resolve();
  assert.deepEqual(seen, [65536]);
  assert.equal(done, false);
  release.shift()?.();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(seen, [65536, 34464]);
  release.shift()?.();
  assert.equal(await writing, "ESUCCESS");
  assert.equal(guest.memory.readU32(result), 100_000);
});

Deno.test("a sink that has closed is EPIPE, or a short write where some was taken", async () => {
  const closed = () => {
    throw new Error("closed");
  };
  const guest = testGuest({
    stdout: { write: closed },
    stderr: { write: (bytes) => bytes.length === 65536 ? undefined : Promise.reject(closed) },
  });
  const { pointer } = guest.buffers(70_000);
  const result = guest.room(4);
  assert.equal(await guest.wait("fd_write", stdout, pointer, 1, result), "EPIPE");
  assert.equal(await guest.wait("fd_write", stderr, pointer, 1, result), "ESUCCESS");
  assert.equal(guest.memory.readU32(result), 65536);
});

Deno.test("a terminal is a character device that cannot seek, which is how C finds out", () => {
  const guest = testGuest({
    stdin: { ...sourceOf(""), isTerminal: true },
    stdout: { write: () => {}, isTerminal: true },
  });
  for (const [fd, type] of [[stdin, 2], [stdout, 2], [stderr, 0]] as const) {
    guest.do("fd_fdstat_get", fd, 0);
    assert.equal(guest.memory.readU8(0), type);
    assert.equal(guest.memory.readU64(8) & 0b100100n, 0n);
    guest.do("fd_filestat_get", fd, 0);
    assert.equal(guest.memory.readU8(16), type);
  }
});

Deno.test("a closed stream is a descriptor that is not there, and its number is given to what is opened", async () => {
  const fileSystem = memoryFileSystem({ bytesMax: 1e6, filesMax: 9, clock: new TestClock() });
  const guest = guestOf(fileSystem, {
    stdin: "closed",
    stderr: "closed",
    stdout: new MemorySink(),
  });
  const { pointer } = guest.buffers(1);
  assert.equal(await read(guest, 1), "EBADF");
  assert.equal(await guest.wait("fd_write", stderr, pointer, 1, 0), "EBADF");
  assert.equal(await guest.wait("fd_write", stdout, pointer, 1, 0), "ESUCCESS");
  for (const fd of [stdin, stderr]) {
    assert.equal(guest.errno("fd_fdstat_get", fd, 0), "EBADF");
    assert.equal(guest.errno("fd_filestat_get", fd, 0), "EBADF");
    assert.equal(guest.errno("fd_close", fd), "EBADF");
  }
  const opened = [0, 1, 2].map(() => guest.open("f", { flags: ["creat"] }));
  assert.deepEqual(opened, [stdin, stderr, 4]);
});

Deno.test("a guest is spoken to through pipes: it waits for what comes, and its writes for who reads", async () => {
  const [input, output] = [bytePipe(100), bytePipe(4)];
  const guest = testGuest({ stdin: input.source, stdout: output.sink });
  const question = read(guest, 100);
  input.sink.write(encodeUtf8("question"));
  assert.deepEqual(await question, ["question"]);
  const { pointer, at: [buffer = 0] } = guest.buffers(6);
  guest.memory.write(buffer, encodeUtf8("answer"));
  const answering = guest.wait("fd_write", stdout, pointer, 1, guest.room(4));
  assert.equal(new TextDecoder().decode(await output.source.read(100)), "answer");
  assert.equal(await answering, "ESUCCESS");
  output.cancel();
  assert.equal(await guest.wait("fd_write", stdout, pointer, 1, guest.room(4)), "EPIPE");
  input.end();
  assert.deepEqual(await read(guest, 100), [""]);
});

Deno.test("others have their turn while much is written to a sink that never waits", async () => {
  const sink = new MemorySink();
  const guest = testGuest({ stdout: sink });
  const { pointer } = guest.buffers(200_000);
  const order: string[] = [];
  guest.turn = () => {
    order.push(`turn after ${sink.pieces.length}`);
    return Promise.resolve();
  };
  const result = guest.room(4);
  assert.equal(await guest.wait("fd_write", stdout, pointer, 1, result), "ESUCCESS");
  assert.equal(guest.memory.readU32(result), 200_000);
  assert.deepEqual(order.slice(0, 3), ["turn after 1", "turn after 2", "turn after 3"]);
  assert.deepEqual(sink.pieces.map(({ length }) => length), [65536, 65536, 65536, 3392]);
});
