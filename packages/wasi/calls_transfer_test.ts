import assert from "node:assert/strict";
import { memoryFileSystem } from "./memory_file_system.ts";
import { failureLater, guestOf, TestClock, type TestGuest, top } from "./testing/guest.ts";

function guestWithFile(content: string, limits = {}): { guest: TestGuest; fd: number } {
  const fileSystem = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 999, clock: new TestClock() });
  const guest = guestOf(fileSystem, { limits });
  guest.writeFile("f", content);
  return { guest, fd: guest.open("f") };
}

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
