import assert from "node:assert/strict";
import { memoryFileSystem } from "./memory_file_system.ts";
import { rights } from "./rights.ts";
import { failure, guestOf, TestClock, testGuest, top } from "./testing/guest.ts";

function memory() {
  return memoryFileSystem({ bytesMax: 1 << 20, filesMax: 99, clock: new TestClock() });
}

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
