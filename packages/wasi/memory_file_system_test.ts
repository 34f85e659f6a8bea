import assert from "node:assert/strict";
import { takeImage } from "./image.ts";
import { MemoryBudget } from "./memory_budget.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { failure, guestOf, TestClock, testGuest, top } from "./testing/guest.ts";

const clock = new TestClock();

Deno.test("there are only so many files, and a removed one makes room", () => {
  const guest = guestOf(memoryFileSystem({ bytesMax: 1 << 20, filesMax: 3, clock }));
  guest.mkdir("d");
  guest.writeFile("d/f", "");
  guest.symlink("f", "l");
  assert.equal(failure(() => guest.mkdir("e")), "ENOSPC");
  assert.equal(failure(() => guest.writeFile("g", "")), "ENOSPC");
  assert.equal(failure(() => guest.symlink("f", "m")), "ENOSPC");
  guest.unlink("l");
  guest.mkdir("e");
});

Deno.test("names and link targets are paid for, hard links too", () => {
  const guest = guestOf(memoryFileSystem({ bytesMax: 4 * 256, filesMax: 99, clock }));
  guest.writeFile("f", "");
  guest.link("f", "g");
  assert.equal(failure(() => guest.symlink("x".repeat(300), "l")), "ENOSPC");
  guest.symlink("x".repeat(256), "l");
  assert.equal(failure(() => guest.link("f", "h")), "ENOSPC");
  assert.equal(failure(() => guest.writeFile("h", "")), "ENOSPC");
  guest.rename("f", "renamed");
  guest.unlink("g");
  guest.unlink("l");
  for (const name of ["a", "b", "c"]) guest.link("renamed", name);
  for (const name of ["a", "b", "c", "renamed"]) guest.unlink(name);
  for (const name of ["a", "b", "c", "d"]) guest.mkdir(name);
  assert.equal(failure(() => guest.mkdir("e")), "ENOSPC");
});

Deno.test("a file that is open keeps its space until it is closed", () => {
  const guest = guestOf(memoryFileSystem({ bytesMax: 4096 + 256, filesMax: 2, clock }));
  const fd = guest.open("f", { flags: ["creat"] });
  assert.equal(guest.write(fd, "x"), 1);
  guest.unlink("f");
  const other = guest.open("g", { flags: ["creat"] });
  assert.equal(failure(() => guest.write(other, "y")), "ENOSPC");
  guest.close(fd);
  assert.equal(guest.write(other, "y"), 1);
});

Deno.test("directories that have died within each other are let go however many they are", () => {
  const depth = 20_000;
  const budget = new MemoryBudget(1 << 30, depth);
  const guest = guestOf(memoryFileSystem({ budget, clock }));
  const step = 25;
  const held = [top];
  for (let level = 0, at = top; level < depth; level += 1) {
    guest.mkdir("d", at);
    const inner = guest.open("d", { at, flags: ["directory"] });
    if (held.at(-1) !== at) guest.close(at);
    if ((level + 1) % step === 0) held.push(inner);
    at = inner;
  }
  const bottom = held.pop() ?? top;
  for (const at of held.reverse()) {
    for (let below = step; below > 0; below -= 1) guest.rmdir("d/".repeat(below), at);
    if (at !== top) guest.close(at);
  }
  assert.throws(() => budget.takeNode(0), { errno: "ENOSPC" }, "all are there while one is open");
  guest.close(bottom);
  for (let count = 0; count < depth; count += 1) budget.takeNode(0);
});

Deno.test("times are the clock's, and change when contents, names or attributes do", () => {
  const clock = new TestClock();
  const guest = testGuest({
    clock,
    preopens: [{
      guestPath: "/",
      fileSystem: memoryFileSystem({ bytesMax: 1 << 20, filesMax: 9, clock }),
    }],
  });
  guest.writeFile("f", "x");
  const written = clock.nowNs;
  clock.nowNs += 5n;
  assert.equal(guest.readFile("f"), "x");
  assert.equal(guest.stat("f").modifiedNs, written);
  assert.equal(guest.stat("f").accessedNs, written, "reading leaves no trace");
  guest.link("f", "g");
  assert.equal(guest.stat("f").modifiedNs, written);
  assert.equal(guest.stat(".").modifiedNs, clock.nowNs);
  guest.do("path_filestat_set_times", top, 0, ...guest.put("f"), 0n, 7n, 2 | 4);
  assert.equal(guest.stat("f").accessedNs, clock.nowNs);
  assert.equal(guest.stat("f").modifiedNs, 7n);
});

Deno.test("no node comes from one file system into another, whoever asks", () => {
  const [one, other] = [1, 2].map(() =>
    memoryFileSystem({ bytesMax: 1 << 20, filesMax: 9, clock }).root()
  );
  assert.ok(one !== undefined && other !== undefined);
  one.createFile("f", "write").close();
  assert.equal(failure(() => other.link("f", one, "f")), "EXDEV");
  assert.equal(failure(() => one.rename("f", other, "f")), "EXDEV");
  assert.ok(!other.hasNameBeside(new Set()));
  assert.ok(one.hasNameBeside(new Set()) && !one.hasNameBeside(new Set(["f"])));
});

Deno.test("file systems that share a budget have their bounds together", async () => {
  const image = await takeImage(memoryFileSystem({ bytesMax: 1 << 20, filesMax: 9, clock }));
  const budget = new MemoryBudget(4096 + 256, 2);
  const [one, other] = [
    memoryFileSystem({ budget, clock }),
    memoryFileSystem({ budget, clock }, image),
  ]
    .map((fileSystem) => guestOf(fileSystem));
  assert.ok(one !== undefined && other !== undefined);
  one.writeFile("f", "x");
  assert.equal(failure(() => other.writeFile("f", "x")), "ENOSPC");
  one.unlink("f");
  other.writeFile("f", "x");
  other.unlink("f");
  one.mkdir("d");
  other.mkdir("d");
  assert.equal(failure(() => other.mkdir("e")), "ENOSPC");
});
