import assert from "node:assert/strict";
import { memoryFileSystem } from "./memory_file_system.ts";
import { allRights, directoryRights, rights } from "./rights.ts";
import { failure, guestOf, TestClock, type TestGuest, testGuest, top } from "./testing/guest.ts";

function memory() {
  return memoryFileSystem({ bytesMax: 1 << 20, filesMax: 5000, clock: new TestClock() });
}

function fdstat(guest: TestGuest, fd: number) {
  guest.do("fd_fdstat_get", fd, 0);
  return {
    type: guest.memory.readU8(0),
    flags: guest.memory.readU16(2),
    base: Number(guest.memory.readU64(8)),
    inheriting: Number(guest.memory.readU64(16)),
  };
}

Deno.test("the lowest free number is given out first", () => {
  const guest = guestOf(memory());
  guest.writeFile("f", "");
  const fds = [guest.open("f"), guest.open("f"), guest.open("f")];
  assert.deepEqual(fds, [4, 5, 6]);
  guest.close(5);
  guest.close(0);
  assert.equal(guest.open("f"), 0);
  assert.equal(guest.open("f"), 5);
  assert.equal(guest.open("f"), 7);
});

Deno.test("there are only so many descriptors, and a refused open makes no file", () => {
  const guest = guestOf(memory(), { limits: { descriptorsMax: 6 } });
  guest.close(guest.open("a", { flags: ["creat"] }));
  guest.open("a");
  guest.open("a");
  assert.equal(failure(() => guest.open("b", { flags: ["creat"] })), "EMFILE");
  assert.equal(failure(() => guest.stat("b")), "ENOENT");
  guest.close(4);
  guest.open("b", { flags: ["creat"] });
});

Deno.test("a number that stands for nothing is EBADF, for every call", () => {
  const guest = guestOf(memory());
  const path = guest.put("a");
  const calls: [string, ...(number | bigint)[]][] = [
    ["fd_close"],
    ["fd_sync"],
    ["fd_datasync"],
    ["fd_tell", 0],
    ["fd_seek", 0n, 0, 0],
    ["fd_read", 0, 0, 0],
    ["fd_write", 0, 0, 0],
    ["fd_pread", 0, 0, 0n, 0],
    ["fd_pwrite", 0, 0, 0n, 0],
    ["fd_readdir", 0, 0, 0n, 0],
    ["fd_advise", 0n, 0n, 0],
    ["fd_allocate", 0n, 1n],
    ["fd_fdstat_get", 0],
    ["fd_fdstat_set_flags", 0],
    ["fd_fdstat_set_rights", 0n, 0n],
    ["fd_filestat_get", 0],
    ["fd_filestat_set_size", 0n],
    ["fd_filestat_set_times", 0n, 0n, 0],
    ["fd_prestat_get", 0],
    ["fd_prestat_dir_name", 0, 0],
    ["fd_renumber", 0],
    ["path_create_directory", ...path],
    ["path_filestat_get", 0, ...path, 0],
    ["path_filestat_set_times", 0, ...path, 0n, 0n, 0],
    ["path_link", 0, ...path, top, ...path],
    ["path_open", 0, ...path, 0, 0n, 0n, 0, 0],
    ["path_readlink", ...path, 0, 0, 0],
    ["path_remove_directory", ...path],
    ["path_rename", ...path, top, ...path],
    ["path_unlink_file", ...path],
  ];
  for (const fd of [4, 1000, -1, -2147483648]) {
    for (const [name, ...args] of calls) {
      assert.equal(guest.errno(name, fd, ...args), "EBADF", name);
    }
    assert.equal(guest.errno("fd_renumber", top, fd), "EBADF");
    assert.equal(guest.errno("path_symlink", ...path, fd, ...path), "EBADF");
    assert.equal(guest.errno("path_rename", top, ...path, fd, ...path), "EBADF");
  }
});

Deno.test("renumbering moves a descriptor and closes what was there", () => {
  const guest = guestOf(memory());
  guest.writeFile("a", "a");
  guest.writeFile("b", "b");
  const [a, b] = [guest.open("a"), guest.open("b")];
  guest.do("fd_renumber", a, b);
  assert.equal(guest.errno("fd_close", a), "EBADF");
  assert.equal(new TextDecoder().decode(guest.read(b, 9)), "a");
  assert.equal(guest.errno("fd_renumber", b, a), "EBADF");
  guest.do("fd_renumber", b, b);
  guest.do("fd_renumber", b, top);
  assert.equal(guest.errno("fd_prestat_get", top, 0), "EBADF");
});

Deno.test("preopens tell their names", () => {
  const fileSystem = memory();
  const preopens = [
    { guestPath: "/", fileSystem },
    { guestPath: "/dätа", fileSystem: memory() },
  ];
  const guest = testGuest({ preopens });
  const names = [3, 4].map((fd) => {
    guest.do("fd_prestat_get", fd, 0);
    assert.equal(guest.memory.readU32(0), 0, "tag: a directory");
    const length = guest.memory.readU32(4);
    assert.equal(guest.errno("fd_prestat_dir_name", fd, 16, length - 1), "ENAMETOOLONG");
    guest.do("fd_prestat_dir_name", fd, 16, length + 1);
    return new TextDecoder().decode(guest.memory.copy(16, length));
  });
  assert.deepEqual(names, ["/", "/dätа"]);
  assert.equal(guest.errno("fd_prestat_get", 1, 0), "EBADF");
  assert.equal(guest.errno("fd_prestat_dir_name", 1, 0, 9), "ENOTDIR");
  assert.notEqual(guest.stat(".", "follow", 3).device, guest.stat(".", "follow", 4).device);
});

Deno.test("rights can be given up, never taken back", () => {
  const guest = guestOf(memory());
  const fd = guest.open("f", { flags: ["creat"] });
  const before = fdstat(guest, fd);
  const kept = before.base & ~(rights.fdRead | rights.fdWrite);
  guest.do("fd_fdstat_set_rights", fd, BigInt(kept), 0n);
  assert.equal(fdstat(guest, fd).base, kept);
  assert.equal(failure(() => guest.read(fd, 1)), "ENOTCAPABLE");
  assert.equal(failure(() => guest.write(fd, "x")), "ENOTCAPABLE");
  assert.equal(guest.errno("fd_fdstat_set_rights", fd, BigInt(before.base), 0n), "ENOTCAPABLE");
  assert.equal(guest.errno("fd_fdstat_set_rights", fd, 0n, 1n), "ENOTCAPABLE");
  assert.equal(fdstat(guest, fd).base, kept);
});

Deno.test("each call on a file needs its right", () => {
  const guest = guestOf(memory());
  guest.writeFile("f", "x");
  const fd = guest.open("f", { rights: 0 });
  const buffers = guest.buffers(1);
  const calls: [string, ...(number | bigint)[]][] = [
    ["fd_read", buffers.pointer, 1, 0],
    ["fd_write", buffers.pointer, 1, 0],
    ["fd_pread", buffers.pointer, 1, 0n, 0],
    ["fd_pwrite", buffers.pointer, 1, 0n, 0],
    ["fd_seek", 0n, 0, 0],
    ["fd_seek", 0n, 1, 0],
    ["fd_tell", 0],
    ["fd_sync"],
    ["fd_datasync"],
    ["fd_advise", 0n, 0n, 0],
    ["fd_allocate", 0n, 1n],
    ["fd_filestat_get", 0],
    ["fd_filestat_set_size", 0n],
    ["fd_filestat_set_times", 0n, 0n, 0],
    ["fd_fdstat_set_flags", 0],
  ];
  for (const [name, ...args] of calls) {
    assert.equal(guest.errno(name, fd, ...args), "ENOTCAPABLE", name);
  }
  assert.equal(guest.readFile("f"), "x");
});

Deno.test("each call on a path needs its right", () => {
  const guest = guestOf(memory());
  guest.mkdir("d");
  const fd = guest.open("d", { rights: rights.fdRead, flags: ["directory"] });
  const path = guest.put("x");
  const calls: [string, ...(number | bigint)[]][] = [
    ["path_create_directory", fd, ...path],
    ["path_filestat_get", fd, 0, ...path, 0],
    ["path_filestat_set_times", fd, 0, ...path, 0n, 0n, 0],
    ["path_link", fd, 0, ...path, top, ...path],
    ["path_link", top, 0, ...path, fd, ...path],
    ["path_open", fd, 0, ...path, 0, 0n, 0n, 0, 0],
    ["path_readlink", fd, ...path, 0, 0, 0],
    ["path_remove_directory", fd, ...path],
    ["path_rename", fd, ...path, top, ...path],
    ["path_rename", top, ...path, fd, ...path],
    ["path_symlink", ...path, fd, ...path],
    ["path_unlink_file", fd, ...path],
    ["fd_readdir", fd, 0, 0, 0n, 0],
  ];
  for (const [name, ...args] of calls) {
    assert.equal(guest.errno(name, ...args), "ENOTCAPABLE", name);
  }
});

Deno.test("what is opened has the rights asked for, as far as they apply and were inherited", () => {
  const guest = guestOf(memory());
  guest.mkdir("d");
  assert.deepEqual(fdstat(guest, top), {
    ...{ type: 3, flags: 0 },
    ...{ base: directoryRights, inheriting: allRights },
  });
  const file = guest.open("f", { flags: ["creat"], rights: allRights });
  assert.equal(fdstat(guest, file).base & directoryRights & rights.pathOpen, 0);
  const readable = guest.open("f", { rights: rights.fdRead | rights.fdAllocate });
  assert.equal(fdstat(guest, readable).base, rights.fdRead, "no allocating without writing");
  const inheriting = rights.fdRead | rights.fdSeek;
  const flags = ["directory"] as const;
  const directory = guest.open("d", { flags, inheriting });
  assert.equal(fdstat(guest, directory).inheriting, inheriting);
  const beyond = () =>
    guest.open("x", { at: directory, flags: ["creat"], rights: rights.fdWrite, inheriting: 0 });
  assert.equal(failure(beyond), "ENOTCAPABLE");
  const within = { at: directory, flags: ["creat"], rights: rights.fdRead, inheriting: 0 } as const;
  guest.open("x", within);
  const noCreate = guest.open("d", { flags, rights: directoryRights & ~rights.pathCreateFile });
  assert.equal(failure(() => guest.open("y", { ...within, at: noCreate })), "ENOTCAPABLE");
  const noTrunc = guest.open("d", { flags, rights: directoryRights & ~rights.pathFilestatSetSize });
  const cut = () => guest.open("x", { at: noTrunc, flags: ["trunc"], rights: 0, inheriting: 0 });
  assert.equal(failure(cut), "ENOTCAPABLE");
});

Deno.test("of a file's flags only APPEND and NONBLOCK change while it is open", () => {
  const guest = guestOf(memory());
  const fd = guest.open("f", { flags: ["creat"], fdflags: ["append", "sync"] });
  assert.equal(fdstat(guest, fd).flags, 1 | 16);
  guest.do("fd_fdstat_set_flags", fd, 4);
  assert.equal(fdstat(guest, fd).flags, 4 | 16);
  for (const flags of [2, 8, 16, 32, -1]) {
    assert.equal(guest.errno("fd_fdstat_set_flags", fd, flags), "EINVAL");
  }
  assert.equal(guest.errno("fd_fdstat_set_flags", top, 0), "EBADF");
});

Deno.test("advice is checked, and is no more than advice", () => {
  const guest = guestOf(memory());
  const fd = guest.open("f", { flags: ["creat"] });
  for (const advice of [0, 1, 2, 3, 4, 5]) guest.do("fd_advise", fd, 0n, 10n, advice);
  assert.equal(guest.errno("fd_advise", fd, 0n, 0n, 6), "EINVAL");
  assert.equal(guest.errno("fd_advise", top, 0n, 0n, 0), "EBADF");
  assert.equal(guest.fstat(fd).bytes, 0n);
});

Deno.test("a closed context has no descriptors and gives everything back", () => {
  const fileSystem = memoryFileSystem({ bytesMax: 8192, filesMax: 1, clock: new TestClock() });
  const guest = guestOf(fileSystem);
  const fd = guest.open("f", { flags: ["creat"] });
  guest.write(fd, "x");
  guest.unlink("f");
  assert.equal(failure(() => guest.open("g", { flags: ["creat"] })), "ENOSPC");
  guest.context.close();
  guest.context.close();
  assert.equal(guest.errno("fd_close", fd), "EBADF");
  guestOf(fileSystem).writeFile("g", "y");
});

Deno.test("a preopen is opened when the guest first uses it, and let go of only then", () => {
  const inner = memory();
  const calls: string[] = [];
  const fileSystem = {
    readOnly: false,
    root: () => {
      calls.push("opened");
      const root = inner.root();
      const release = root.release.bind(root);
      root.release = () => {
        calls.push("released");
        release();
      };
      return root;
    },
  };
  guestOf(fileSystem).context.close();
  assert.deepEqual(calls, []);
  const guest = guestOf(fileSystem);
  assert.equal(guest.errno("fd_close", top + 1), "EBADF");
  for (let count = 0; count < 2; count += 1) {
    assert.equal(fdstat(guest, top).base, directoryRights);
  }
  assert.deepEqual(calls, ["opened"]);
  guest.context.close();
  assert.deepEqual(calls, ["opened", "released"]);
});
