/** What a lease may write altogether, whichever calls it writes with. */

import assert from "node:assert/strict";
import { memoryFileSystem } from "./memory_file_system.ts";
import { fileRights } from "./rights.ts";
import { failure, guestOf, TestClock, type TestGuest } from "./testing/guest.ts";

Deno.test("bytes are counted wherever they are written, and what is not allowed any more is EDQUOT", () => {
  const guest = limited({ writtenBytesMax: 10 });
  const fd = guest.open("f", { flags: ["creat"], rights: fileRights });
  assert.equal(guest.write(fd, "1234"), 4);
  guest.seek(fd, 0, "set");
  assert.equal(guest.write(fd, "5678"), 4);
  const other = guest.open("g", { flags: ["creat"], rights: fileRights });
  assert.equal(guest.write(other, "abcd"), 2, "as much as is left");
  assert.equal(failure(() => guest.write(other, "e")), "EDQUOT");
  assert.equal(guest.write(other, ""), 0);
  assert.equal(failure(() => guest.do("fd_allocate", fd, 0n, 1n)), "EDQUOT");
  guest.close(other);
  guest.unlink("g");
  assert.equal(failure(() => guest.write(fd, "e")), "EDQUOT", "what is removed makes no room");
  assert.equal(guest.readFile("f"), "5678");
});

Deno.test("space that is reserved is counted whole, and what fails is not", () => {
  const guest = limited({ writtenBytesMax: 100_000 });
  const fd = guest.open("f", { flags: ["creat"], rights: fileRights });
  assert.equal(failure(() => guest.do("fd_allocate", fd, 0n, 100_001n)), "EDQUOT");
  assert.equal(failure(() => guest.do("fd_allocate", fd, 0n, 90_000n)), "ENOSPC");
  guest.do("fd_allocate", fd, 0n, 60_000n);
  assert.equal(failure(() => guest.do("fd_allocate", fd, 0n, 60_000n)), "EDQUOT");
  assert.equal(guest.write(fd, "x".repeat(40_000)), 40_000);
  assert.equal(failure(() => guest.write(fd, "x")), "EDQUOT");
});

Deno.test("names are counted as they are made, of whatever kind, and what fails is not", () => {
  const guest = limited({ madeNamesMax: 4 });
  guest.mkdir("d");
  assert.equal(failure(() => guest.mkdir("d")), "EEXIST");
  guest.writeFile("f", "x");
  guest.writeFile("f", "again");
  guest.symlink("f", "l");
  guest.link("f", "h");
  guest.rename("f", "moved");
  const makes: Record<string, () => unknown> = {
    file: () => guest.writeFile("g", ""),
    directory: () => guest.mkdir("e"),
    symlink: () => guest.symlink("f", "m"),
    link: () => guest.link("moved", "i"),
  };
  for (const [what, make] of Object.entries(makes)) assert.equal(failure(make), "EDQUOT", what);
  guest.unlink("h");
  assert.equal(failure(() => guest.link("moved", "h")), "EDQUOT");
  assert.equal(guest.readFile("moved"), "again");
});

function limited(limits: { writtenBytesMax?: number; madeNamesMax?: number }): TestGuest {
  const bounds = { bytesMax: 20 * 4096, filesMax: 100, clock: new TestClock() };
  return guestOf(memoryFileSystem(bounds), { limits });
}
