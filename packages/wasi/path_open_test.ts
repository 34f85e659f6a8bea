import assert from "node:assert/strict";
import { memoryFileSystem } from "./memory_file_system.ts";
import { rights } from "./rights.ts";
import { failure, guestOf, TestClock, testGuest, top } from "./testing/guest.ts";

function memory() {
  return memoryFileSystem({ bytesMax: 1 << 20, filesMax: 99, clock: new TestClock() });
}

Deno.test("flags that do not exist, or not together, are EINVAL", () => {
  const guest = guestOf(memory());
  const path = guest.put("f");
  const open = (lookup: number, oflags: number, fdflags: number) =>
    guest.errno("path_open", top, lookup, ...path, oflags, 0n, 0n, fdflags, 0);
  assert.equal(open(2, 0, 0), "EINVAL");
  assert.equal(open(0, 16, 0), "EINVAL");
  assert.equal(open(0, 0, 32), "EINVAL");
  assert.equal(open(0, -1, 0), "EINVAL");
  for (const creates of [1, 4, 8]) assert.equal(open(0, 2 | creates, 0), "EINVAL");
  assert.equal(guest.errno("path_filestat_get", top, 2, ...path, 0), "EINVAL");
  assert.equal(guest.errno("path_link", top, 1, ...path, top, ...path), "EINVAL");
  assert.equal(guest.errno("fd_filestat_set_times", top, 0n, 0n, 16), "EINVAL");
});

Deno.test("a result or path outside memory is EFAULT, and nothing is made", async () => {
  const guest = guestOf(memory());
  const end = guest.memory.byteLength;
  const path = guest.put("f");
  const open = (pointer: number, length: number, result: number) =>
    guest.errno("path_open", top, 0, pointer, length, 1, 0n, 0n, 0, result);
  assert.equal(open(...path, end - 3), "EFAULT");
  assert.equal(open(end, 1, 0), "EFAULT");
  assert.equal(open(0, -1, 0), "EFAULT");
  assert.equal(guest.errno("path_filestat_get", top, 0, ...path, end - 63), "EFAULT");
  assert.equal(guest.errno("path_readlink", top, ...path, end, 1, 0), "EFAULT");
  assert.equal(guest.errno("path_readlink", top, ...path, 0, 1, end), "EFAULT");
  assert.equal(guest.errno("path_symlink", end - 1, 2, top, ...path), "EFAULT");
  assert.equal(guest.errno("fd_filestat_get", top, end - 63), "EFAULT");
  assert.equal(guest.errno("fd_fdstat_get", top, end - 23), "EFAULT");
  assert.equal(guest.errno("fd_prestat_get", top, end - 7), "EFAULT");
  assert.equal(guest.errno("fd_prestat_dir_name", top, end - 1, 9), "EFAULT");
  assert.deepEqual(await guest.list("."), []);
});

Deno.test("truncating needs no right to write, and leaves none", () => {
  const guest = guestOf(memory());
  guest.writeFile("f", "abc");
  const fd = guest.open("f", {
    flags: ["trunc"],
    rights: rights.fdRead | rights.fdFilestatSetSize,
  });
  assert.equal(guest.readFile("f"), "");
  assert.equal(guest.errno("fd_filestat_set_size", fd, 9n), "ENOTCAPABLE");
});

Deno.test("a read-only preopen is read, and every change is EROFS", async () => {
  const fileSystem = memory();
  const writer = guestOf(fileSystem);
  writer.mkdir("d");
  writer.writeFile("f", "text");
  writer.symlink("f", "l");
  const preopens = [
    { guestPath: "/ro", fileSystem, readOnly: true },
    { guestPath: "/rw", fileSystem },
  ];
  const guest = testGuest({ preopens });
  assert.equal(guest.readFile("l"), "text");
  assert.equal((await guest.list(".")).length, 3);
  const changes: Record<string, () => unknown> = {
    open: () => guest.open("f", { rights: rights.fdWrite }),
    trunc: () => guest.open("f", { flags: ["trunc"], rights: 0 }),
    creat: () => guest.open("new", { flags: ["creat"], rights: 0 }),
    mkdir: () => guest.mkdir("new"),
    rmdir: () => guest.rmdir("d"),
    unlink: () => guest.unlink("f"),
    symlink: () => guest.symlink("f", "new"),
    link: () => guest.link("f", "new"),
    rename: () => guest.rename("f", "new"),
    out: () => guest.rename("f", "new", 3, 4),
    in: () => guest.rename("f", "new", 4, 3),
    utimes: () => guest.utimes("f", 1n, 1n, "follow"),
    dirTimes: () => guest.do("fd_filestat_set_times", top, 0n, 0n, 1),
  };
  for (const [name, change] of Object.entries(changes)) {
    assert.equal(failure(change), "EROFS", name);
  }
  const fd = guest.open("f", { rights: rights.fdRead | rights.fdFilestatSetTimes });
  assert.equal(guest.errno("fd_filestat_set_times", fd, 0n, 0n, 1), "EROFS");
  assert.equal(failure(() => guest.mkdir("d")), "EEXIST");
  assert.equal(failure(() => guest.unlink("no")), "ENOENT");
  const inside = guest.open("d", { flags: ["directory"] });
  assert.equal(failure(() => guest.mkdir("e", inside)), "EROFS");
  assert.equal((await writer.list(".")).length, 3);
});

Deno.test("names are moved and linked inside one file system alone", () => {
  const preopens = [
    { guestPath: "/a", fileSystem: memory() },
    { guestPath: "/b", fileSystem: memory() },
  ];
  const guest = testGuest({ preopens });
  guest.writeFile("f", "");
  assert.equal(failure(() => guest.rename("f", "g", 3, 4)), "EXDEV");
  assert.equal(guest.errno("path_link", 3, 0, ...guest.put("f"), 4, ...guest.put("g")), "EXDEV");
});

Deno.test("an absolute link that was there already is neither read nor followed", () => {
  const fileSystem = memory();
  const root = fileSystem.root();
  root.makeSymlink("abs", "/etc/passwd");
  root.makeSymlink("empty", "");
  root.release();
  const guest = guestOf(fileSystem);
  assert.equal(failure(() => guest.readlink("abs")), "EPERM");
  assert.equal(failure(() => guest.open("abs")), "EPERM");
  assert.equal(failure(() => guest.stat("abs/x")), "EPERM");
  assert.equal(failure(() => guest.stat("empty")), "ENOENT");
  guest.unlink("abs");
});
