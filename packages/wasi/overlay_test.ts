/** Layers: what is copied up and when, what that costs, and what a base that changes can do to them. */

import assert from "node:assert/strict";
import { hostDirectory } from "@skerry/platform";
import { openBundle } from "./bundle_read.ts";
import { packBundle } from "./bundle_write.ts";
import type { FileSystem } from "./file_system.ts";
import { takeImage } from "./image.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { overlayFileSystem } from "./overlay_file_system.ts";
import { fileRights, rights } from "./rights.ts";
import { filledMemory } from "./testing/fs_kinds.ts";
import { failure, failureLater, guestOf, TestClock, top } from "./testing/guest.ts";

const page = 4096;
const clock = new TestClock();

const plant = (fileSystem: FileSystem) => {
  const guest = guestOf(fileSystem);
  guest.writeFile("file", "x".repeat(100_000));
  guest.mkdir("d");
  guest.writeFile("d/inner", "inner");
  guest.symlink("file", "link");
  guest.context.close();
};

Deno.test("any number of file systems begin with one image, and none sees another's changes", async () => {
  const image = await takeImage(await filledMemory(plant));
  const guests = [1, 2, 3].map(() => guestOf(memoryFileSystem(plenty(), image)));
  for (const [index, guest] of guests.entries()) {
    guest.writeFile("d/inner", `of ${index}`);
    guest.writeFile("new", `of ${index}`);
    const fd = guest.open("file", { rights: rights.fdWrite | rights.fdSeek });
    guest.seek(fd, 50_000, "set");
    guest.write(fd, String(index));
    guest.close(fd);
  }
  for (const [index, guest] of guests.entries()) {
    assert.equal(guest.readFile("d/inner"), `of ${index}`);
    assert.equal(guest.readFile("file")[50_000], String(index));
    assert.equal(guest.readFile("new"), `of ${index}`);
  }
  const fresh = guestOf(memoryFileSystem(plenty(), image));
  assert.equal(fresh.readFile("file"), "x".repeat(100_000));
  assert.equal(failure(() => fresh.readFile("new")), "ENOENT");
});

Deno.test("what an image was taken of goes on, and the image stays as it was", async () => {
  const memory = await filledMemory(plant);
  const image = await takeImage(memory);
  const guest = guestOf(memory);
  guest.writeFile("d/inner", "changed");
  const fd = guest.open("file", { rights: rights.fdWrite });
  guest.write(fd, "y");
  guest.close(fd);
  guest.unlink("link");
  const again = guestOf(memoryFileSystem(plenty(), image));
  assert.equal(again.readFile("d/inner"), "inner");
  assert.equal(again.readFile("link"), "x".repeat(100_000));
  assert.equal(guest.readFile("file"), `y${"x".repeat(99_999)}`);
  const second = guestOf(memoryFileSystem(plenty(), await takeImage(memory)));
  assert.equal(second.readFile("file"), `y${"x".repeat(99_999)}`);
  assert.equal(second.readFile("d/inner"), "changed");
});

Deno.test("images of images stay what they were, however many there are", async () => {
  let fileSystem = await filledMemory(plant);
  const images = [];
  for (let round = 0; round < 20; round += 1) {
    const guest = guestOf(fileSystem);
    const fd = guest.open("file", { rights: rights.fdWrite | rights.fdSeek });
    guest.seek(fd, round * 5000, "set");
    guest.write(fd, "y");
    guest.close(fd);
    const image = await takeImage(fileSystem);
    images.push(image);
    fileSystem = memoryFileSystem(plenty(), image);
  }
  for (const [round, image] of images.entries()) {
    const expected = [..."x".repeat(100_000)];
    for (let index = 0; index <= round; index += 1) expected[index * 5000] = "y";
    assert.equal(guestOf(image).readFile("file"), expected.join(""));
  }
});

Deno.test("a byte that is written copies a page of an image or bundle, and is paid for by that", async () => {
  const memory = await filledMemory(plant);
  for (const base of [await takeImage(memory), openBundle(await packBundle(memory))]) {
    const guest = guestOf(overlayFileSystem(base, { bytesMax: 2 * page, filesMax: 1, clock }));
    const fd = guest.open("file", { rights: rights.fdWrite | rights.fdSeek });
    for (const offset of [50_000, 50_001, 0]) {
      guest.seek(fd, offset, "set");
      guest.write(fd, "y");
    }
    guest.seek(fd, 90_000, "set");
    assert.equal(failure(() => guest.write(fd, "y")), "ENOSPC");
    assert.equal(failure(() => guest.open("new", { flags: ["creat"] })), "ENOSPC");
    guest.close(fd);
    const expected = `y${"x".repeat(49_999)}yy${"x".repeat(49_998)}`;
    assert.equal(guest.readFile("file"), expected);
  }
});

Deno.test("a file of the host is copied whole or not at all, and only for a change", async () => {
  await onHost((base) => {
    const guest = guestOf(overlayFileSystem(base, { bytesMax: 50_000, filesMax: 9, clock }));
    const fd = guest.open("file", { rights: rights.fdRead | rights.fdWrite });
    assert.equal(guest.read(fd, 3).length, 3);
    assert.equal(failure(() => guest.write(fd, "y")), "ENOSPC");
    assert.equal(failure(() => guest.rename("file", "moved")), "ENOSPC");
    assert.equal(failure(() => guest.utimes("file", 1n, 2n, "follow")), "ENOSPC");
    assert.equal(guest.readFile("file"), "x".repeat(100_000));
    guest.close(fd);
    // What is cut need not be copied.
    guest.writeFile("file", "short");
    assert.equal(guest.readFile("link"), "short");
    guest.context.close();
  });
});

Deno.test("a cut that is refused leaves the file as it was", async () => {
  await onHost((base) => {
    const guest = guestOf(overlayFileSystem(base, { bytesMax: 50_000, filesMax: 0, clock }));
    assert.equal(failure(() => guest.writeFile("file", "")), "ENOSPC");
    assert.equal(guest.readFile("file"), "x".repeat(100_000));
    guest.context.close();
  });
});

Deno.test("a node keeps its inode and device when it is copied up, moved or linked", async () => {
  const check = (base: FileSystem) => {
    const guest = guestOf(overlayFileSystem(base, plenty()));
    const before = ["file", "d", "d/inner"].map((path) => guest.stat(path));
    const held = guest.open("file", { rights: fileRights });
    guest.write(held, "y");
    guest.writeFile("d/inner", "changed");
    const after = ["file", "d", "d/inner"].map((path) => guest.stat(path));
    guest.rename("d", "moved");
    guest.rename("file", "moved/file");
    guest.link("moved/inner", "other");
    const moved = ["moved/file", "moved", "other"].map((path) => guest.stat(path));
    for (const [index, { inode, device }] of before.entries()) {
      assert.equal(after[index]?.inode, inode);
      assert.equal(moved[index]?.inode, inode);
      assert.equal(moved[index]?.device, device);
    }
    assert.equal(guest.fstat(held).inode, before[0]?.inode);
    guest.writeFile("new", "");
    assert.ok(!before.some(({ inode }) => inode === guest.stat("new").inode));
    guest.context.close();
  };
  check(await takeImage(await filledMemory(plant)));
  await onHost(check);
});

Deno.test("who has a file open sees what another descriptor changes, also when that copies it up", async () => {
  await onHost((base) => {
    const guest = guestOf(overlayFileSystem(base, plenty()));
    const reader = guest.open("file", { rights: rights.fdRead | rights.fdSeek });
    assert.equal(guest.read(reader, 1)[0], 120);
    const writer = guest.open("file", { rights: rights.fdWrite });
    guest.write(writer, "yy");
    assert.equal(guest.read(reader, 1)[0], 121);
    guest.unlink("file");
    guest.seek(reader, 0, "set");
    assert.equal(guest.read(reader, 1)[0], 121);
    guest.context.close();
  });
});

Deno.test("a directory that is moved takes what is below with it, and one made in its place is empty", async () => {
  const image = await takeImage(await filledMemory(plant));
  const guest = guestOf(memoryFileSystem({ ...plenty(), filesMax: 2 }, image));
  guest.rename("d", "moved");
  assert.equal(guest.readFile("moved/inner"), "inner");
  assert.equal(failure(() => guest.stat("d")), "ENOENT");
  guest.mkdir("d");
  assert.deepEqual(await guest.list("d"), []);
  guest.rmdir("d");
  assert.equal(failure(() => guest.stat("d")), "ENOENT");
});

Deno.test("what is hidden and named is paid for, and given back where it can be", async () => {
  const image = await takeImage(await filledMemory(plant));
  const guest = guestOf(memoryFileSystem({ bytesMax: 2 * 256, filesMax: 9, clock }, image));
  guest.unlink("link");
  guest.unlink("d/inner");
  assert.equal(failure(() => guest.rmdir("d")), "ENOSPC");
  assert.equal(failure(() => guest.unlink("file")), "ENOSPC");
  assert.equal(failure(() => guest.rename("file", "other")), "ENOSPC");
  assert.equal(guest.readFile("file").length, 100_000);
  assert.deepEqual(await guest.list("."), ["d:directory", "file:regularFile"]);
});

Deno.test("a base that changes meanwhile confuses nothing but itself", async () => {
  await onHost(async (base, path) => {
    const guest = guestOf(overlayFileSystem(base, plenty()));
    guest.writeFile("d/new", "of the layer");
    guest.writeFile("file", "of the layer");
    const held = guest.open("d", { flags: ["directory"] });
    Deno.renameSync(`${path}/d`, `${path}/elsewhere`);
    Deno.removeSync(`${path}/file`);
    Deno.writeTextFileSync(`${path}/added`, "of the host");
    Deno.mkdirSync(`${path}/d`);
    Deno.writeTextFileSync(`${path}/d/other`, "another directory's");
    assert.equal(guest.readFile("new", held), "of the layer");
    assert.equal(guest.readFile("added"), "of the host");
    assert.equal(await failureLater(() => guest.list(".")), "ok");
    assert.equal(failure(() => guest.rename("elsewhere", "elsewhere/in")), "EINVAL");
    for (const name of ["added", "elsewhere/inner"]) guest.unlink(name);
    guest.close(held);
    guest.rmdir("elsewhere");
    assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name).sort(), [
      ...["added", "d", "elsewhere", "link"],
    ]);
    guest.context.close();
  });
});

Deno.test("a directory of the base that was away when it was opened is listed once it is back", async () => {
  await onHost(async (base, path) => {
    const guest = guestOf(overlayFileSystem(base, plenty()));
    guest.rename("d", "moved");
    Deno.renameSync(`${path}/d`, `${path}/away`);
    const fd = guest.open("moved", { flags: ["directory"] });
    Deno.renameSync(`${path}/away`, `${path}/d`);
    const { entries } = await guest.readdir(fd, 0n, 4096);
    assert.deepEqual(entries.map(({ name }) => name), [".", "..", "inner"]);
    guest.close(fd);
    guest.context.close();
    assert.equal(descriptorsBelow(path), 0);
  });
});

Deno.test("a layer holds no descriptor of the host but for what its guest has open", async () => {
  await onHost(async (base, path) => {
    const guest = guestOf(overlayFileSystem(base, plenty()));
    const before = descriptorsBelow(path);
    guest.writeFile("d/new", "");
    guest.writeFile("d/inner", "changed");
    guest.rename("d", "moved");
    await guest.list("moved");
    guest.unlink("link");
    const fd = guest.open("moved", { flags: ["directory"] });
    assert.ok(descriptorsBelow(path) >= before);
    guest.close(fd);
    guest.context.close();
    assert.equal(descriptorsBelow(path), 0);
  });
});

Deno.test("a layer never leads out of its base", async () => {
  await onHost((base, path) => {
    Deno.symlinkSync("/etc", `${path}/out`);
    Deno.symlinkSync("../..", `${path}/d/up`);
    const guest = guestOf(overlayFileSystem(base, plenty()));
    for (const escape of ["out", "out/passwd", "d/up", "d/../..", "/etc", ".."]) {
      assert.equal(failure(() => guest.stat(escape)), "EPERM", escape);
    }
    guest.rename("d", "e");
    assert.equal(failure(() => guest.stat("e/up/x")), "EPERM");
    guest.context.close();
  });
});

Deno.test("a tree that is deeper than any path is no image", async () => {
  const guest = guestOf(memoryFileSystem({ ...plenty(), filesMax: 5000 }));
  for (let depth = 0, at = top; depth < 2100; depth += 1) {
    guest.mkdir("dd", at);
    const inner = guest.open("dd", { at, flags: ["directory"] });
    if (at !== top) guest.close(at);
    at = inner;
  }
  const preopen = guest.context.descriptors.get(top);
  assert.ok(preopen.kind === "directory");
  const { directory } = preopen;
  const fileSystem: FileSystem = { readOnly: false, root: () => directory.again() };
  await assert.rejects(takeImage(fileSystem), /path in it is too long/);
  guest.context.close();
});

function plenty() {
  return { bytesMax: 1 << 24, filesMax: 1000, clock };
}

async function onHost(use: (base: FileSystem, path: string) => void | Promise<void>) {
  const path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "skerry-overlay-" }));
  try {
    plant(hostDirectory(path));
    await use(hostDirectory(path, { readOnly: true }), path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

function descriptorsBelow(path: string): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;
}
