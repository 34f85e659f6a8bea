/**
 * What every file system must do when it is read: one tree, planted in each, and seen through the guest's calls. Those
 * that are only read also refuse each change with EROFS.
 */

import assert from "node:assert/strict";
import type { FileSystem } from "../file_system.ts";
import { rights } from "../rights.ts";
import { failure, guestOf, type TestGuest, top, typeName } from "./guest.ts";
import { type Check, testChecks } from "./fs_checks.ts";
import type { Make } from "./fs_kinds.ts";

/** Contents that take several pages, no two of them alike. */
const large = Array.from({ length: 3000 }, (_, index) => `line ${index}\n`).join("");
const longName = "a long name ".repeat(20).trim();

/** Plants the tree in a file system that can be written to. */
export function plantTree(fileSystem: FileSystem): void {
  const guest = guestOf(fileSystem);
  guest.mkdir("folder");
  guest.mkdir("folder/inner");
  guest.mkdir("empty");
  guest.mkdir(longName);
  guest.writeFile("note", "hello");
  guest.writeFile("nothing", "");
  guest.writeFile("folder/large", large);
  guest.writeFile(`${longName}/ä 日本`, "far away");
  guest.link("note", "folder/same note");
  guest.symlink("folder/inner/../large", "to large");
  guest.symlink("../note", "folder/up");
  guest.symlink("inner", "folder/to inner");
  guest.symlink("nowhere", "dangling");
  guest.context.close();
}

/** Registers the checks of one kind. */
export function readContract(name: string, make: Make, mode: "read-only" | "writable"): void {
  const all = mode === "read-only" ? { ...reads, ...refusals } : reads;
  testChecks(name, all, () => make(plantTree));
}

const reads: Readonly<Record<string, Check>> = {
  "what was there before is read": (guest) => {
    assert.equal(guest.readFile("note"), "hello");
    assert.equal(guest.readFile("nothing"), "");
    assert.equal(guest.readFile("folder/large"), large);
    assert.equal(guest.readFile(`${longName}/ä 日本`), "far away");
    assert.equal(failure(() => guest.readFile("no")), "ENOENT");
    assert.equal(failure(() => guest.readFile("note/x")), "ENOTDIR");
  },
  "any part of a file can be read": (guest) => {
    const fd = guest.open("folder/large", { rights: reading });
    for (const [at, bytes] of [[0, 1], [4095, 2], [8192, 5000], [large.length - 3, 10]] as const) {
      guest.seek(fd, at, "set");
      const read = new TextDecoder().decode(guest.read(fd, bytes));
      assert.equal(read, large.slice(at, at + bytes));
    }
    guest.seek(fd, large.length + 10, "set");
    assert.equal(guest.read(fd, 10).length, 0);
    guest.close(fd);
  },
  "directories that were there before are listed": async (guest) => {
    assert.deepEqual(await guest.list("."), [
      `${longName}:directory`,
      "dangling:symbolicLink",
      "empty:directory",
      "folder:directory",
      "note:regularFile",
      "nothing:regularFile",
      "to large:symbolicLink",
    ]);
    assert.deepEqual(await guest.list("folder/to inner"), []);
    assert.deepEqual(await guest.list("empty", 64), []);
  },
  "a listing's order and inodes stay the same": async (guest) => {
    const fd = guest.open("folder", { flags: ["directory"] });
    const first = await guest.readdir(fd, 0n, 4096);
    const second = await guest.readdir(fd, 0n, 4096);
    assert.deepEqual(first, second);
    for (const { name, inode } of first.entries) {
      if (name === "." || name === "..") continue;
      assert.equal(guest.stat(`folder/${name}`, "keep").inode, inode, name);
    }
    guest.close(fd);
  },
  "links that were there before lead where they did": (guest) => {
    assert.equal(guest.readFile("to large"), large);
    assert.equal(guest.readFile("folder/up"), "hello");
    assert.equal(guest.readlink("to large"), "folder/inner/../large");
    assert.equal(typeName(guest.stat("dangling", "keep").type), "symbolicLink");
    assert.equal(failure(() => guest.stat("dangling")), "ENOENT");
    assert.equal(failure(() => guest.stat("folder/up/..")), "ENOTDIR");
    assert.equal(failure(() => guest.stat("folder/../..")), "EPERM");
  },
  "names of one file that were there before are one file": (guest) => {
    const [one, other] = [guest.stat("note"), guest.stat("folder/same note")];
    assert.equal(one.inode, other.inode);
    assert.equal(one.links, 2n);
    assert.equal(one.bytes, 5n);
    assert.notEqual(one.inode, guest.stat("nothing").inode);
  },
  "inodes are each node's own": async (guest) => {
    const inodes = ["note", "nothing", "folder", "empty", "folder/inner", "folder/large"]
      .map((path) => guest.stat(path).inode);
    assert.equal(new Set(inodes).size, inodes.length);
    await guest.list("folder");
    assert.deepEqual(inodes[2], guest.stat("folder").inode);
  },
};

const reading = rights.fdRead | rights.fdSeek | rights.fdTell | rights.fdFilestatGet;

const refusals: Readonly<Record<string, Check>> = {
  "every change is EROFS": async (guest) => {
    const changes: Record<string, () => unknown> = {
      write: () => guest.open("note", { rights: rights.fdWrite }),
      truncate: () => guest.open("note", { flags: ["trunc"], rights: rights.fdRead }),
      create: () => guest.open("new", { flags: ["creat"], rights: rights.fdRead }),
      mkdir: () => guest.mkdir("new"),
      rmdir: () => guest.rmdir("empty"),
      unlink: () => guest.unlink("note"),
      "unlink a link": () => guest.unlink("dangling"),
      symlink: () => guest.symlink("note", "new"),
      link: () => guest.link("note", "new"),
      rename: () => guest.rename("note", "new"),
      "rename a folder": () => guest.rename("folder", "new"),
      "rename over": () => guest.rename("note", "nothing"),
      times: () => guest.utimes("note", 1n, 2n, "follow"),
      "a link's times": () => guest.utimes("dangling", 1n, 2n, "keep"),
    };
    const before = await listing(guest);
    for (const [what, change] of Object.entries(changes)) {
      assert.equal(failure(change), "EROFS", what);
    }
    assert.deepEqual(await listing(guest), before);
  },
  "a file that is open cannot be changed": (guest) => {
    const fd = guest.open("note", { rights: reading });
    const [pointer] = guest.put("x");
    const iovec = guest.room(8);
    guest.memory.writeU32(iovec, pointer);
    guest.memory.writeU32(iovec + 4, 1);
    const all = ["fd_filestat_set_size", "fd_allocate", "fd_filestat_set_times"] as const;
    assert.notEqual(guest.errno("fd_write", fd, iovec, 1, guest.room(4)), "ESUCCESS");
    for (const call of all) {
      const args = call === "fd_filestat_set_size"
        ? [1n]
        : call === "fd_allocate"
        ? [0n, 10n]
        : [0n, 0n, 1 | 4];
      assert.notEqual(guest.errno(call, fd, ...args), "ESUCCESS", call);
    }
    assert.equal(guest.fstat(fd).bytes, 5n);
    guest.close(fd);
    assert.equal(guest.readFile("note"), "hello");
  },
  "what lies below it refuses changes by itself": (guest) => {
    const { descriptors } = guest.context;
    const held = descriptors.get(top);
    assert.ok(held.kind === "directory");
    const { directory } = held;
    const file = directory.lookup("note");
    assert.ok(file?.type === "regularFile");
    const changes: Record<string, () => unknown> = {
      create: () => directory.createFile("new", "write"),
      mkdir: () => directory.makeDirectory("new"),
      symlink: () => directory.makeSymlink("new", "x"),
      link: () => directory.link("new", directory, "note"),
      unlink: () => directory.unlink("note"),
      rmdir: () => directory.removeDirectory("empty"),
      rename: () => directory.rename("note", directory, "new"),
      times: () => file.setTimes({ modifiedNs: 1n }),
      open: () => file.open("write"),
      "open to read and write": () => file.open("readWrite"),
    };
    for (const [what, change] of Object.entries(changes)) {
      assert.equal(failure(change), "EROFS", what);
    }
    file.release();
  },
};

async function listing(guest: TestGuest): Promise<string[]> {
  return [...await guest.list("."), ...await guest.list("folder"), guest.readFile("note")];
}
