/**
 * What every file system must do, seen through the guest's calls: one suite, run on each implementation.
 *
 * The errors expected are those of Linux, but for the escapes: an absolute path, or one that climbs above the
 * preopen, is EPERM, as in wasmtime.
 */

import assert from "node:assert/strict";
import { rights } from "../rights.ts";
import { type Check, testChecks } from "./fs_checks.ts";
import type { Subject } from "./fs_kinds.ts";
import { failure, top, typeName } from "./guest.ts";

/** The one check that a file system without handles on directories cannot meet. */
export const movedDirectory = "a directory that is moved stays open";

/** Registers the suite's tests. `make` gives a new and empty file system for each. */
export function fileSystemContract(
  name: string,
  make: () => Subject | Promise<Subject>,
  except: readonly string[] = [],
): void {
  const included = Object.entries(checks).filter(([title]) => !except.includes(title));
  testChecks(name, Object.fromEntries(included), make);
}

const checks: Readonly<Record<string, Check>> = {
  "a file gives back what was written to it": (guest) => {
    guest.writeFile("note", "hello");
    assert.equal(guest.readFile("note"), "hello");
    guest.writeFile("note", "bye");
    assert.equal(guest.readFile("note"), "bye");
  },
  "a file that does not exist is opened only where it may be made": (guest) => {
    assert.equal(failure(() => guest.open("a")), "ENOENT");
    guest.close(guest.open("a", { flags: ["creat", "excl"], rights: rights.fdWrite }));
    const again = () => guest.open("a", { flags: ["creat", "excl"], rights: rights.fdWrite });
    assert.equal(failure(again), "EEXIST");
    assert.equal(failure(() => guest.open("no/a", { flags: ["creat"] })), "ENOENT");
    assert.equal(failure(() => guest.open("a/b", { flags: ["creat"] })), "ENOTDIR");
    assert.equal(failure(() => guest.open("new/", { flags: ["creat"] })), "EISDIR");
  },
  "reading and writing go on from where the last one ended": (guest) => {
    const fd = guest.open("f", { flags: ["creat"], rights: allFile });
    guest.write(fd, "abc");
    guest.write(fd, "def");
    assert.equal(guest.seek(fd, -4, "end"), 2);
    assert.equal(text(guest.read(fd, 3)), "cde");
    assert.equal(guest.seek(fd, 0, "cur"), 5);
    assert.equal(text(guest.read(fd, 10)), "f");
    assert.equal(guest.read(fd, 10).length, 0);
    assert.equal(guest.seek(fd, 2, "set"), 2);
    assert.equal(failure(() => guest.seek(fd, -3, "cur")), "EINVAL");
    guest.close(fd);
  },
  "a write past the end leaves a hole of zeros": (guest) => {
    const fd = guest.open("f", { flags: ["creat"], rights: allFile });
    guest.seek(fd, 10_000, "set");
    guest.write(fd, "x");
    assert.equal(guest.fstat(fd).bytes, 10_001n);
    guest.seek(fd, 9_998, "set");
    assert.deepEqual([...guest.read(fd, 10)], [0, 0, 120]);
    guest.close(fd);
  },
  "an append goes to the end, wherever the descriptor is": (guest) => {
    guest.writeFile("log", "one");
    const fd = guest.open("log", { fdflags: ["append"], rights: allFile });
    guest.write(fd, "two");
    guest.seek(fd, 0, "set");
    guest.write(fd, "three");
    guest.close(fd);
    assert.equal(guest.readFile("log"), "onetwothree");
  },
  "a file is cut and lengthened, and what was cut does not come back": (guest) => {
    guest.writeFile("f", "abcdef");
    const fd = guest.open("f", { rights: allFile });
    guest.do("fd_filestat_set_size", fd, 2n);
    guest.do("fd_filestat_set_size", fd, 4n);
    assert.deepEqual([...guest.read(fd, 10)], [97, 98, 0, 0]);
    guest.do("fd_allocate", fd, 3n, 3n);
    assert.equal(guest.fstat(fd).bytes, 6n);
    guest.do("fd_allocate", fd, 0n, 1n);
    assert.equal(guest.fstat(fd).bytes, 6n);
    guest.do("fd_sync", fd);
    guest.do("fd_datasync", fd);
    guest.close(fd);
  },
  "positioned reads and writes leave the offset alone": (guest) => {
    const fd = guest.open("f", { flags: ["creat"], rights: allFile });
    guest.write(fd, "abcdef");
    const { pointer, at: [buffer = 0] } = guest.buffers(2);
    const result = guest.room(4);
    guest.do("fd_pread", fd, pointer, 1, 1n, result);
    assert.equal(text(guest.memory.copy(buffer, guest.memory.readU32(result))), "bc");
    guest.do("fd_pwrite", fd, pointer, 1, 4n, result);
    assert.equal(guest.seek(fd, 0, "cur"), 6);
    guest.close(fd);
    assert.equal(guest.readFile("f"), "abcdbc");
  },
  "an unlinked file lives until it is closed": (guest) => {
    const fd = guest.open("f", { flags: ["creat"], rights: allFile });
    guest.unlink("f");
    assert.equal(failure(() => guest.stat("f")), "ENOENT");
    guest.write(fd, "still here");
    guest.seek(fd, 0, "set");
    assert.equal(text(guest.read(fd, 100)), "still here");
    assert.equal(guest.fstat(fd).links, 0n);
    guest.close(fd);
  },
  "directories are made, listed and removed": async (guest) => {
    guest.mkdir("d");
    guest.mkdir("d/e/");
    guest.writeFile("d/f", "");
    guest.symlink("f", "d/l");
    assert.deepEqual(await guest.list("d"), ["e:directory", "f:regularFile", "l:symbolicLink"]);
    assert.equal(failure(() => guest.mkdir("d")), "EEXIST");
    assert.equal(failure(() => guest.mkdir(".")), "EEXIST");
    assert.equal(failure(() => guest.mkdir("no/d")), "ENOENT");
    assert.equal(failure(() => guest.mkdir("d/f/g")), "ENOTDIR");
    assert.equal(failure(() => guest.rmdir("d")), "ENOTEMPTY");
    assert.equal(failure(() => guest.rmdir("d/f")), "ENOTDIR");
    assert.equal(failure(() => guest.rmdir("d/l")), "ENOTDIR");
    assert.equal(failure(() => guest.rmdir("no")), "ENOENT");
    assert.equal(failure(() => guest.rmdir("d/.")), "EINVAL");
    assert.equal(failure(() => guest.rmdir("d/e/..")), "ENOTEMPTY");
    guest.rmdir("d/e/");
    assert.equal(failure(() => guest.stat("d/e")), "ENOENT");
  },
  "a listing goes on from a cookie while names come and go": async (guest) => {
    const names = Array.from({ length: 100 }, (_, index) => `file-${index}`);
    for (const name of names) guest.writeFile(name, "");
    assert.deepEqual(await guest.list(".", 64), names.map((name) => `${name}:regularFile`).sort());
    const fd = guest.open(".", { flags: ["directory"] });
    const seen: string[] = [];
    for (let cookie = 0n, end = false; !end;) {
      const read = await guest.readdir(fd, cookie, 200);
      for (const entry of read.entries) {
        cookie = entry.next;
        if (entry.name.startsWith("file")) guest.unlink(entry.name);
        seen.push(entry.name);
      }
      end = read.end;
    }
    guest.close(fd);
    assert.deepEqual(seen.sort(), [".", "..", ...names].sort());
    assert.deepEqual(await guest.list("."), []);
  },
  "a listing tells each file's inode": async (guest) => {
    guest.writeFile("f", "");
    const fd = guest.open(".", { flags: ["directory"] });
    const { entries } = await guest.readdir(fd, 0n, 4096);
    const inodes = new Map(entries.map(({ name, inode }) => [name, inode]));
    assert.equal(inodes.get("f"), guest.stat("f").inode);
    assert.equal(inodes.get("."), guest.fstat(fd).inode);
    guest.close(fd);
  },
  "a file is unlinked by its name, a directory is not": async (guest) => {
    guest.mkdir("d");
    guest.writeFile("f", "");
    assert.equal(failure(() => guest.unlink("d")), "EISDIR");
    assert.equal(failure(() => guest.unlink("d/")), "EISDIR");
    assert.equal(failure(() => guest.unlink(".")), "EISDIR");
    assert.equal(failure(() => guest.unlink("f/")), "ENOTDIR");
    assert.equal(failure(() => guest.unlink("no")), "ENOENT");
    guest.unlink("f");
    assert.deepEqual(await guest.list("."), ["d:directory"]);
  },
  "a hard link is a second name of one file": (guest) => {
    guest.writeFile("a", "one");
    guest.mkdir("d");
    guest.link("a", "d/b");
    assert.equal(guest.stat("a").links, 2n);
    assert.equal(guest.stat("a").inode, guest.stat("d/b").inode);
    guest.writeFile("d/b", "two");
    assert.equal(guest.readFile("a"), "two");
    guest.unlink("a");
    assert.equal(guest.stat("d/b").links, 1n);
    assert.equal(failure(() => guest.link("d/b", "d/b")), "EEXIST");
    assert.equal(failure(() => guest.link("d/b", "d")), "EEXIST");
    assert.equal(failure(() => guest.link("d", "e")), "EPERM");
    assert.equal(failure(() => guest.link("no", "e")), "ENOENT");
    assert.equal(failure(() => guest.link("d/b", "e/")), "ENOENT");
    guest.symlink("no", "dangling");
    guest.link("dangling", "e");
    assert.equal(guest.readlink("e"), "no");
  },
  "a symbolic link is followed inside, and read as it was written": (guest) => {
    guest.mkdir("d");
    guest.writeFile("d/f", "in d");
    guest.symlink("d", "to-d");
    guest.symlink("../d/./f", "d/up");
    assert.equal(guest.readFile("to-d/f"), "in d");
    assert.equal(guest.readFile("to-d/up"), "in d");
    assert.equal(guest.readlink("d/up"), "../d/./f");
    assert.equal(guest.readlink("d/up", 4), "../d");
    assert.equal(typeName(guest.stat("to-d", "keep").type), "symbolicLink");
    assert.equal(typeName(guest.stat("to-d/", "keep").type), "directory");
    assert.equal(guest.stat("to-d", "keep").bytes, 1n);
    assert.equal(failure(() => guest.readlink("d")), "EINVAL");
    assert.equal(failure(() => guest.open("to-d", { links: "keep", rights: 0 })), "ELOOP");
    assert.equal(failure(() => guest.stat("d/up/")), "ENOTDIR");
    assert.equal(failure(() => guest.symlink("x", "d")), "EEXIST");
    assert.equal(failure(() => guest.symlink("x", "new/")), "ENOENT");
  },
  "a file is made through a dangling link, but not exclusively": (guest) => {
    guest.mkdir("d");
    guest.symlink("d/made", "link");
    const exclusive = () => guest.open("link", { flags: ["creat", "excl"], rights: allFile });
    assert.equal(failure(exclusive), "EEXIST");
    guest.writeFile("link", "through");
    assert.equal(guest.readFile("d/made"), "through");
  },
  "links that never end are ELOOP": (guest) => {
    guest.symlink("b", "a");
    guest.symlink("a", "b");
    guest.symlink("self/x", "self");
    assert.equal(failure(() => guest.stat("a")), "ELOOP");
    assert.equal(failure(() => guest.stat("self")), "ELOOP");
    guest.writeFile("l0", "end");
    for (let index = 1; index <= 41; index += 1) guest.symlink(`l${index - 1}`, `l${index}`);
    assert.equal(guest.readFile("l40"), "end");
    assert.equal(failure(() => guest.readFile("l41")), "ELOOP");
  },
  "nothing leads outside": (guest) => {
    guest.mkdir("d");
    guest.symlink("../..", "d/out");
    guest.symlink("d/../../etc", "out");
    for (
      const path of ["/", "/etc", "..", "../x", "d/../..", "d/../../d", "d/out", "d/out/x", "out"]
    ) {
      assert.equal(failure(() => guest.stat(path)), "EPERM", path);
      assert.equal(failure(() => guest.open(path, { rights: rights.fdRead })), "EPERM", path);
    }
    for (const path of ["../x", "/x", "d/out/x"]) {
      assert.equal(failure(() => guest.mkdir(path)), "EPERM", path);
      assert.equal(failure(() => guest.writeFile(path, "")), "EPERM", path);
      assert.equal(failure(() => guest.unlink(path)), "EPERM", path);
      assert.equal(failure(() => guest.rename("d", path)), "EPERM", path);
    }
    assert.equal(failure(() => guest.symlink("/etc", "abs")), "EPERM");
    guest.mkdir("d/e");
    assert.equal(typeName(guest.stat("d/e/../../d/.//e/").type), "directory");
  },
  "a directory's descriptor is the root of what is opened through it": (guest) => {
    guest.mkdir("d");
    guest.mkdir("d/e");
    guest.writeFile("f", "");
    guest.writeFile("d/g", "g");
    const fd = guest.open("d", { flags: ["directory"] });
    assert.equal(guest.readFile("g", fd), "g");
    assert.equal(failure(() => guest.stat("../f", "follow", fd)), "EPERM");
    assert.equal(failure(() => guest.stat("..", "follow", fd)), "EPERM");
    guest.close(fd);
  },
  [movedDirectory]: (guest) => {
    guest.mkdir("d");
    guest.writeFile("d/g", "g");
    const fd = guest.open("d", { flags: ["directory"] });
    guest.rename("d", "moved");
    assert.equal(guest.readFile("g", fd), "g");
    guest.mkdir("d");
    assert.equal(guest.readFile("g", fd), "g");
    guest.close(fd);
  },
  "a removed directory holds nothing more": async (guest) => {
    guest.mkdir("d");
    const fd = guest.open("d", { flags: ["directory"] });
    guest.rmdir("d");
    assert.equal(failure(() => guest.mkdir("e", fd)), "ENOENT");
    assert.equal(failure(() => guest.writeFile("f", "", fd)), "ENOENT");
    assert.equal(failure(() => guest.stat("f", "follow", fd)), "ENOENT");
    guest.mkdir("other");
    assert.equal(failure(() => guest.rename("other", "e", top, fd)), "ENOENT");
    assert.deepEqual(await guest.list("."), ["other:directory"]);
    guest.close(fd);
  },
  "rename moves, and replaces what may be replaced": async (guest) => {
    guest.writeFile("f", "f");
    guest.writeFile("g", "g");
    guest.mkdir("d");
    guest.mkdir("e");
    guest.rename("f", "d/f");
    assert.equal(guest.readFile("d/f"), "f");
    guest.rename("d/f", "g");
    assert.equal(guest.readFile("g"), "f");
    guest.rename("d/", "e/");
    assert.deepEqual(await guest.list("."), ["e:directory", "g:regularFile"]);
    guest.mkdir("full");
    guest.writeFile("full/x", "");
    assert.equal(failure(() => guest.rename("e", "full")), "ENOTEMPTY");
    assert.equal(failure(() => guest.rename("e", "g")), "ENOTDIR");
    assert.equal(failure(() => guest.rename("g", "e")), "EISDIR");
    assert.equal(failure(() => guest.rename("g", "new/")), "ENOTDIR");
    assert.equal(failure(() => guest.rename("g/", "new")), "ENOTDIR");
    assert.equal(failure(() => guest.rename("no", "new")), "ENOENT");
    assert.equal(failure(() => guest.rename("full", "full/in")), "EINVAL");
    assert.equal(failure(() => guest.rename("full/x", "full")), "ENOTEMPTY");
    assert.equal(failure(() => guest.rename(".", "new")), "EBUSY");
    guest.rename("g", "g");
    guest.link("g", "h");
    guest.rename("g", "h");
    assert.deepEqual(await guest.list("."), [
      ...["e:directory", "full:directory", "g:regularFile", "h:regularFile"],
    ]);
  },
  "times are set, each on its own, on links too": (guest) => {
    guest.writeFile("f", "");
    guest.symlink("f", "l");
    guest.utimes("f", 1_000_000_000_000_000n, 2_000_000_000_000_000n, "follow");
    guest.utimes("l", 3_000_000_000_000_000n, 4_000_000_000_000_000n, "keep");
    assert.equal(guest.stat("l", "follow").modifiedNs, 2_000_000_000_000_000n);
    assert.equal(guest.stat("l", "keep").modifiedNs, 4_000_000_000_000_000n);
    const fd = guest.open("f", { rights: allFile });
    guest.do("fd_filestat_set_times", fd, 0n, 5_000_000_000_000_000n, 4);
    assert.equal(guest.fstat(fd).modifiedNs, 5_000_000_000_000_000n);
    assert.equal(guest.fstat(fd).accessedNs, 1_000_000_000_000_000n);
    guest.close(fd);
    const both = guest.errno("path_filestat_set_times", top, 0, ...guest.put("f"), 0n, 0n, 3);
    assert.equal(both, "EINVAL");
    guest.mkdir("d");
    guest.utimes("d", 1_000_000_000n, 2_000_000_000n, "follow");
    assert.equal(guest.stat("d").modifiedNs, 2_000_000_000n);
  },
  "a directory is opened to be listed, not to be read or written": (guest) => {
    guest.mkdir("d");
    assert.equal(failure(() => guest.open("d", { rights: rights.fdWrite })), "EISDIR");
    assert.equal(failure(() => guest.open("d", { flags: ["trunc"], rights: 0 })), "EISDIR");
    guest.writeFile("f", "");
    assert.equal(failure(() => guest.open("f", { flags: ["directory"] })), "ENOTDIR");
    assert.equal(failure(() => guest.open("f/", { rights: 0 })), "ENOTDIR");
    const fd = guest.open("d", { rights: rights.fdRead });
    assert.equal(failure(() => guest.read(fd, 1)), "EISDIR");
    guest.close(fd);
    const again = guest.open("d/", { flags: ["directory"] });
    guest.do("fd_sync", again);
    guest.close(again);
  },
  "names are any UTF-8 of up to 255 bytes": async (guest) => {
    for (const name of ["ä", "日本", "a b", "...", "-", "\u{1f980}", "é".repeat(127)]) {
      guest.writeFile(name, name);
      assert.equal(guest.readFile(name), name);
    }
    assert.equal((await guest.list(".")).length, 7);
    assert.equal(failure(() => guest.writeFile("é".repeat(128), "")), "ENAMETOOLONG");
    assert.equal(failure(() => guest.stat("x".repeat(256))), "ENAMETOOLONG");
    assert.equal(failure(() => guest.stat("x/".repeat(2049))), "ENAMETOOLONG");
    assert.equal(failure(() => guest.stat("a\0b")), "EINVAL");
    assert.equal(failure(() => guest.stat("")), "ENOENT");
    const broken = guest.put(new Uint8Array([0x61, 0xff]));
    assert.equal(guest.errno("path_create_directory", top, ...broken), "EILSEQ");
  },
};

const allFile = rights.fdRead | rights.fdWrite | rights.fdSeek | rights.fdTell | rights.fdSync |
  rights.fdDatasync | rights.fdAllocate | rights.fdFilestatGet | rights.fdFilestatSetSize |
  rights.fdFilestatSetTimes;

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
