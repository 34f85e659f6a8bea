import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { recordBytes } from "./layout.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { failure, failureLater, guestOf, TestClock, type TestGuest, top } from "./testing/guest.ts";

function guestWithFile(content: string, limits = {}): { guest: TestGuest; fd: number } {
  const fileSystem = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 999, clock: new TestClock() });
  const guest = guestOf(fileSystem, { limits });
  guest.writeFile("f", content);
  return { guest, fd: guest.open("f") };
}

Deno.test("a read fills one buffer after the other", () => {
  const { guest, fd } = guestWithFile("abcdefgh");
  const { pointer, count, at } = guest.buffers(3, 0, 2, 9);
  const result = guest.room(4);
  guest.do("fd_read", fd, pointer, count, result);
  assert.equal(guest.memory.readU32(result), 8);
  const texts = at.map((start, index) =>
    new TextDecoder().decode(guest.memory.copy(start, [3, 0, 2, 3][index] ?? 0))
  );
  assert.deepEqual(texts, ["abc", "", "de", "fgh"]);
});

Deno.test("a write takes one buffer after the other", () => {
  const { guest, fd } = guestWithFile("");
  const { pointer, count, at } = guest.buffers(3, 0, 2);
  guest.memory.write(at[0] ?? 0, encodeUtf8("abc"));
  guest.memory.write(at[2] ?? 0, encodeUtf8("de"));
  guest.do("fd_write", fd, pointer, count, guest.room(4));
  assert.equal(guest.readFile("f"), "abcde");
});

Deno.test("one call moves only so much", () => {
  const { guest, fd } = guestWithFile("abcdefgh", { transferBytesMax: 5 });
  assert.equal(guest.readFile("f"), "abcde", "the file was written short");
  const { pointer, count } = guest.buffers(3, 3);
  const result = guest.room(4);
  guest.do("fd_read", fd, pointer, count, result);
  assert.equal(guest.memory.readU32(result), 5);
});

Deno.test("bad buffers and results are refused before anything moves", () => {
  const { guest, fd } = guestWithFile("abc");
  const end = guest.memory.byteLength;
  const { pointer } = guest.buffers(1, 1);
  guest.memory.writeU32(pointer + 8, end);
  const table = end - 8;
  guest.memory.writeU32(table, end - 4);
  guest.memory.writeU32(table + 4, 0xffffffff);
  const place = { fd_read: [], fd_write: [], fd_pread: [0n], fd_pwrite: [0n] };
  for (const [name, offset] of Object.entries(place)) {
    assert.equal(guest.errno(name, fd, pointer, 2, ...offset, 0), "EFAULT", "second buffer");
    assert.equal(guest.errno(name, fd, table, 1, ...offset, 0), "EFAULT", "length");
    assert.equal(guest.errno(name, fd, table, 2, ...offset, 0), "EFAULT", "table");
    assert.equal(guest.errno(name, fd, pointer, 1, ...offset, end - 3), "EFAULT", "result");
    assert.equal(guest.errno(name, fd, pointer, 1025, ...offset, 0), "EINVAL", "count");
    assert.equal(guest.errno(name, fd, pointer, -1, ...offset, 0), "EINVAL", "count");
  }
  assert.equal(guest.seek(fd, 0, "cur"), 0);
  assert.equal(guest.readFile("f"), "abc");
});

Deno.test("offsets that no file has are refused", () => {
  const { guest, fd } = guestWithFile("abc");
  const { pointer } = guest.buffers(1);
  assert.equal(guest.errno("fd_pread", fd, pointer, 1, -1n, 0), "EINVAL");
  assert.equal(guest.errno("fd_pwrite", fd, pointer, 1, 1n << 62n, 0), "EINVAL");
  assert.equal(guest.errno("fd_pwrite", fd, pointer, 1, 1n << 50n, 0), "EFBIG");
  assert.equal(guest.errno("fd_pread", fd, pointer, 1, 1n << 50n, 0), "ESUCCESS");
  assert.equal(guest.errno("fd_filestat_set_size", fd, 1n << 50n), "EFBIG");
  assert.equal(guest.errno("fd_filestat_set_size", fd, -1n), "EINVAL");
  assert.equal(guest.errno("fd_allocate", fd, 1n << 50n, 1n), "EFBIG");
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  assert.equal(guest.errno("fd_allocate", fd, largest, largest), "EFBIG");
  assert.equal(guest.errno("fd_allocate", fd, 0n, 0n), "EINVAL");
  assert.equal(guest.errno("fd_seek", fd, 1n << 62n, 0, 0), "EINVAL");
  assert.equal(guest.errno("fd_seek", fd, -1n, 0, 0), "EINVAL");
  assert.equal(guest.errno("fd_seek", fd, 0n, 3, 0), "EINVAL");
  assert.equal(guest.errno("fd_seek", fd, 0n, 1, guest.memory.byteLength - 7), "EFAULT");
  assert.equal(guest.errno("fd_tell", fd, guest.memory.byteLength - 7), "EFAULT");
  assert.equal(guest.seek(fd, 2 ** 50, "set"), 2 ** 50);
  assert.equal(failure(() => guest.write(fd, "x")), "EFBIG");
  assert.equal(guest.read(fd, 1).length, 0);
});

Deno.test("a directory is neither read, written, moved in nor cut", () => {
  const { guest } = guestWithFile("");
  const { pointer } = guest.buffers(1);
  assert.equal(guest.errno("fd_read", top, pointer, 1, 0), "EISDIR");
  assert.equal(guest.errno("fd_write", top, pointer, 1, 0), "EISDIR");
  assert.equal(guest.errno("fd_pread", top, pointer, 1, 0n, 0), "EISDIR");
  assert.equal(guest.errno("fd_pwrite", top, pointer, 1, 0n, 0), "EISDIR");
  assert.equal(guest.errno("fd_seek", top, 0n, 0, 0), "EBADF");
  assert.equal(guest.errno("fd_tell", top, 0), "EBADF");
  assert.equal(guest.errno("fd_filestat_set_size", top, 0n), "EISDIR");
  assert.equal(guest.errno("fd_allocate", top, 0n, 1n), "EBADF");
});

Deno.test("a directory is listed into buffers of any size, but not outside memory", async () => {
  const { guest, fd } = guestWithFile("");
  const end = guest.memory.byteLength;
  assert.equal(guest.errno("fd_readdir", top, end - 9, 10, 0n, 0), "EFAULT");
  assert.equal(guest.errno("fd_readdir", top, 0, 10, 0n, end - 3), "EFAULT");
  assert.equal(guest.errno("fd_readdir", fd, 0, 10, 0n, 0), "ENOTDIR");
  assert.deepEqual(await guest.readdir(top, 0n, 0), { entries: [], end: false });
  assert.deepEqual(await guest.readdir(top, 0n, 10), { entries: [], end: false });
  const whole = 3 * recordBytes.dirent + "...f".length;
  const { entries, end: last } = await guest.readdir(top, 0n, whole + 1);
  assert.deepEqual(entries.map(({ name }) => name), [".", "..", "f"]);
  assert.deepEqual(entries.map(({ next }) => next), [1n, 2n, 3n]);
  assert.equal(last, true);
  assert.deepEqual(await guest.readdir(top, 3n, 100), { entries: [], end: true });
  assert.deepEqual(await guest.readdir(top, -1n, 100), { entries: [], end: true });
});

Deno.test("listings that are held are bounded together", async () => {
  const { guest } = guestWithFile("", { listedEntriesMax: 5 });
  guest.writeFile("g", "");
  const fds = [1, 2, 3].map(() => guest.open(".", { flags: ["directory"] }));
  const [first = 0, second = 0, third = 0] = fds;
  await guest.readdir(first, 0n, 100);
  await guest.readdir(second, 0n, 100);
  await guest.readdir(second, 0n, 100);
  assert.equal(await failureLater(() => guest.readdir(third, 0n, 100)), "ENOMEM");
  guest.close(first);
  await guest.readdir(third, 0n, 100);
});

/** A guest that is told to let others have their turn each time it asks; `turns` says what happens meanwhile. */
function guestThatWaits(guest: TestGuest, meanwhile: (turns: number) => void = () => {}) {
  const seen = { turns: 0 };
  guest.turn = () => {
    seen.turns += 1;
    meanwhile(seen.turns);
    return Promise.resolve();
  };
  return seen;
}

const largeBytes = 700_000;

/** Bytes of which no two pieces are the same. */
function largeContent(): Uint8Array {
  return Uint8Array.from({ length: largeBytes }, (_, index) => index % 251);
}

Deno.test("others have their turn while much is moved, and all of it arrives where it belongs", async () => {
  const { guest, fd } = guestWithFile("0123456789");
  const [start, result] = [guest.buffers(largeBytes), guest.room(4)];
  const [buffer = 0] = start.at;
  const content = largeContent();
  guest.memory.write(buffer, content);
  const seen = guestThatWaits(guest);
  guest.seek(fd, 3, "set");
  await guest.doLater("fd_write", fd, start.pointer, 1, result);
  assert.equal(guest.memory.readU32(result), largeBytes);
  assert.equal(seen.turns, 2);
  assert.equal(guest.seek(fd, 0, "cur"), 3 + largeBytes);
  await guest.doLater("fd_pwrite", fd, start.pointer, 1, 5n, result);
  assert.equal(guest.seek(fd, 0, "cur"), 3 + largeBytes);
  assert.equal(guest.fstat(fd).bytes, BigInt(5 + largeBytes));
  for (const offset of [undefined, 5n]) {
    guest.memory.writeWith(buffer, largeBytes, (bytes) => bytes.fill(255));
    guest.seek(fd, 5, "set");
    const [name, at] = offset === undefined ? ["fd_read", []] : ["fd_pread", [offset]];
    await guest.doLater(String(name), fd, start.pointer, 1, ...at, result);
    assert.equal(guest.memory.readU32(result), largeBytes);
    assert.deepEqual(guest.memory.copy(buffer, largeBytes), content);
  }
  assert.equal(seen.turns, 8);
});

Deno.test("a file that ends, or has no room, between two pieces makes the call a short one", async () => {
  const { guest, fd } = guestWithFile("");
  const { pointer, at: [buffer = 0] } = guest.buffers(largeBytes);
  const result = guest.room(4);
  guest.memory.write(buffer, largeContent());
  await guest.doLater("fd_pwrite", fd, pointer, 1, 0n, result);
  guestThatWaits(guest, () => guest.do("fd_filestat_set_size", fd, 600_000n));
  await guest.doLater("fd_read", fd, pointer, 1, result);
  assert.equal(guest.memory.readU32(result), 600_000);
  assert.equal(guest.seek(fd, 0, "cur"), 600_000);
  // The whole file system holds a mebibyte.
  guestThatWaits(guest);
  await guest.doLater("fd_pwrite", fd, pointer, 1, 700_000n, result);
  const { bytes } = guest.fstat(fd);
  assert.equal(BigInt(guest.memory.readU32(result)), bytes - 700_000n);
  assert.ok(bytes > 700_000n + 262_144n && bytes < 1_400_000n);
});

Deno.test("what is appended piece by piece lands behind what others append meanwhile", async () => {
  const { guest } = guestWithFile("");
  const fd = guest.open("f", { fdflags: ["append"] });
  const other = guest.open("f", { fdflags: ["append"] });
  const { pointer, at: [buffer = 0] } = guest.buffers(largeBytes);
  const content = largeContent();
  guest.memory.write(buffer, content);
  guestThatWaits(guest, () => guest.write(other, "other"));
  const result = guest.room(4);
  await guest.doLater("fd_write", fd, pointer, 1, result);
  assert.equal(guest.memory.readU32(result), largeBytes);
  assert.equal(guest.fstat(fd).bytes, BigInt(largeBytes + 10));
  assert.equal(guest.seek(fd, 0, "cur"), largeBytes + 10);
  guest.turn = () => undefined;
  guest.do("fd_pread", fd, pointer, 1, 10n, result);
  assert.deepEqual(guest.memory.copy(buffer + largeBytes - 100, 100), content.slice(-100));
});

Deno.test("a call whose lease ends between two pieces moves nothing more", async () => {
  const { guest, fd } = guestWithFile("");
  const { pointer } = guest.buffers(largeBytes);
  guest.turn = () => Promise.reject(new Error("the lease is over"));
  await assert.rejects(guest.doLater("fd_write", fd, pointer, 1, 0), /lease is over/);
  assert.equal(guest.fstat(fd).bytes, 262_144n);
});

Deno.test("others have their turn while a directory is listed, and while it is told", async () => {
  const { guest } = guestWithFile("");
  for (let index = 1; index < 200; index += 1) guest.writeFile(`f${index}`, "");
  const seen = guestThatWaits(guest);
  const { entries } = await guest.readdir(top, 0n, 16_384);
  assert.equal(entries.length, 202);
  assert.equal(new Set(entries.map(({ name }) => name)).size, 202);
  assert.equal(seen.turns, 6);
});

Deno.test("a listing that is too large takes nothing of what listings may hold", async () => {
  const { guest } = guestWithFile("", { listedEntriesMax: 3 });
  for (const name of ["g", "h"]) guest.writeFile(name, "");
  guest.writeFile("i", "");
  assert.equal(await failureLater(() => guest.readdir(top, 0n, 100)), "ENOMEM");
  guest.unlink("i");
  assert.equal((await guest.readdir(top, 0n, 200)).entries.length, 5);
});
