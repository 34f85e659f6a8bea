/** What a descriptor is and may do, and the open file behind it. */

import assert from "node:assert/strict";
import { allRights, directoryRights, inputRights, outputRights, rights } from "../../rights.ts";
import { failure, type TestGuest, testGuest } from "../guest.ts";
import type { Cases, CaseTable } from "./case.ts";
import { fds, World } from "./world.ts";

/** What `fd_fdstat_get` tells. */
export function fdstat(guest: TestGuest, fd: number) {
  const at = guest.room(24);
  guest.do("fd_fdstat_get", fd, at);
  return {
    type: guest.memory.readU8(at),
    flags: guest.memory.readU16(at + 2),
    base: Number(guest.memory.readU64(at + 8)),
    inheriting: Number(guest.memory.readU64(at + 16)),
  };
}

const wholeFile = ["EBADF: a stream or a directory", [fds.input, fds.output, fds.top]] as const;

/** It is for files alone. */
function filesOnly(
  name: "fd_advise" | "fd_allocate" | "fd_filestat_set_size",
  ...more: (number | bigint)[]
): Cases {
  const [title, others] = wholeFile;
  return {
    [title]: async (world) => {
      for (const fd of others) await world.refuses("EBADF", name, fd, ...more);
    },
  };
}

/** It is for files and directories. */
function noStreams(
  name: "fd_sync" | "fd_datasync" | "fd_filestat_set_times",
  ...more: (number | bigint)[]
): Cases {
  return {
    "EBADF: a stream": async (world) => {
      for (const fd of [fds.input, fds.output]) await world.refuses("EBADF", name, fd, ...more);
    },
  };
}

function syncs(name: "fd_sync" | "fd_datasync"): Cases {
  return {
    "success: a file and a directory": (world) => {
      for (const fd of [fds.file, fds.folder]) world.do(name, fd);
    },
    ...noStreams(name),
  };
}

export const descriptorCases: CaseTable = {
  fd_close: {
    "success: the number is free, and the lowest free one is given out first": (world) => {
      const opened = [world.open("f"), world.open("f"), world.open("f")];
      assert.deepEqual(opened, [8, 9, 10]);
      for (const fd of [9, 0]) world.do("fd_close", fd);
      assert.equal(world.errno("fd_close", 9), "EBADF");
      assert.deepEqual([world.open("f"), world.open("f"), world.open("f")], [0, 9, 11]);
    },
  },
  fd_renumber: {
    "success: a descriptor moves, and what was there is closed": (world) => {
      world.do("fd_renumber", fds.file, fds.folder);
      assert.equal(world.errno("fd_close", fds.file), "EBADF");
      assert.equal(new TextDecoder().decode(world.read(fds.folder, 9)), "456789");
      world.do("fd_renumber", fds.folder, fds.folder);
      world.do("fd_renumber", fds.folder, fds.top);
      assert.equal(world.errno("fd_prestat_get", fds.top, 0), "EBADF");
    },
  },
  fd_fdstat_get: {
    "success: type, flags and rights of each kind of descriptor": (world) => {
      assert.deepEqual(fdstat(world, fds.top), {
        ...{ type: 3, flags: 0 },
        ...{ base: directoryRights, inheriting: allRights },
      });
      const stream = { type: 0, flags: 0, inheriting: 0 };
      assert.deepEqual(fdstat(world, fds.input), { ...stream, base: inputRights });
      assert.deepEqual(fdstat(world, fds.output), { ...stream, base: outputRights });
      const { type, base } = fdstat(world, world.open("f", { rights: allRights }));
      assert.equal(type, 4);
      assert.equal(base & rights.pathOpen, 0, "rights that mean nothing for a file are left out");
    },
    "success: a terminal is a character device": () => {
      const stdin = { isTerminal: true, read: () => new Uint8Array(0) };
      const stdout = { isTerminal: true, write: () => {} };
      const guest = testGuest({ stdin, stdout });
      assert.deepEqual([0, 1, 2].map((fd) => fdstat(guest, fd).type), [2, 2, 0]);
    },
  },
  fd_fdstat_set_flags: {
    "success: APPEND and NONBLOCK change, the others stay as they were opened": (world) => {
      const fd = world.open("f", { fdflags: ["append", "sync"] });
      assert.equal(fdstat(world, fd).flags, 1 | 16);
      world.do("fd_fdstat_set_flags", fd, 4);
      assert.equal(fdstat(world, fd).flags, 4 | 16);
      world.do("fd_fdstat_set_flags", fds.input, 4);
      assert.equal(fdstat(world, fds.input).flags, 4);
    },
    "EINVAL: flags that cannot change, and those that there are not": async (world) => {
      for (const flags of [2, 8, 16, 32, -1]) {
        await world.refuses("EINVAL", "fd_fdstat_set_flags", fds.file, flags);
      }
    },
    "EBADF: a directory": (world) => world.refuses("EBADF", "fd_fdstat_set_flags", fds.top, 0),
  },
  fd_fdstat_set_rights: {
    "success: rights are given up, and the calls that need them refused": (world) => {
      const kept = fdstat(world, fds.file).base & ~(rights.fdRead | rights.fdWrite);
      world.do("fd_fdstat_set_rights", fds.file, BigInt(kept), 0n);
      assert.equal(fdstat(world, fds.file).base, kept);
      assert.equal(failure(() => world.read(fds.file, 1)), "ENOTCAPABLE");
      assert.equal(failure(() => world.write(fds.file, "x")), "ENOTCAPABLE");
    },
    "ENOTCAPABLE: rights that it does not have, or no longer": async (world) => {
      const { base } = fdstat(world, fds.file);
      world.do("fd_fdstat_set_rights", fds.file, BigInt(base & ~rights.fdRead), 0n);
      for (const [one, two] of [[BigInt(base), 0n], [0n, 1n], [1n << 9n, 0n]] as const) {
        await world.refuses("ENOTCAPABLE", "fd_fdstat_set_rights", fds.file, one, two);
      }
    },
  },
  fd_filestat_get: {
    "success: a file, a directory and a stream": (world) => {
      const { type, bytes, links, inode } = world.fstat(fds.file);
      assert.deepEqual({ type, bytes, links }, { type: 4, bytes: 10n, links: 1n });
      assert.equal(inode, world.stat("f").inode);
      assert.equal(world.fstat(fds.folder).type, 3);
      assert.deepEqual([world.fstat(fds.input).type, world.fstat(fds.output).bytes], [0, 0n]);
    },
  },
  fd_filestat_set_size: {
    "success: a file is cut, and lengthened by zeros": (world) => {
      world.do("fd_filestat_set_size", fds.file, 5n);
      world.do("fd_filestat_set_size", fds.file, 6n);
      assert.equal(world.readFile("f"), "01234\0");
    },
    ...filesOnly("fd_filestat_set_size", 0n),
    "EINVAL: a size that no file can have": async (world) => {
      for (const size of [-1n, 1n << 62n, 1n << 53n]) {
        await world.refuses("EINVAL", "fd_filestat_set_size", fds.file, size);
      }
    },
    "EFBIG: a size beyond what the file system allows": (world) =>
      world.refuses("EFBIG", "fd_filestat_set_size", fds.file, 1n << 50n),
  },
  fd_filestat_set_times: {
    "success: each time on its own, given or now": (world) => {
      world.do("fd_filestat_set_times", fds.file, 5n, 6n, 1);
      assert.equal(world.fstat(fds.file).accessedNs, 5n);
      assert.notEqual(world.fstat(fds.file).modifiedNs, 6n);
      world.do("fd_filestat_set_times", fds.file, 0n, 6n, 2 | 4);
      const { accessedNs, modifiedNs } = world.fstat(fds.file);
      assert.deepEqual([accessedNs, modifiedNs], [world.context.clock.wallNs(), 6n]);
      world.do("fd_filestat_set_times", fds.folder, 7n, -1n, 5);
      assert.equal(world.fstat(fds.folder).modifiedNs, (1n << 64n) - 1n);
    },
    ...noStreams("fd_filestat_set_times", 0n, 0n, 0),
    "EINVAL: a time that is both given and now, and flags that there are not": async (world) => {
      for (const flags of [3, 12, 16, -1]) {
        await world.refuses("EINVAL", "fd_filestat_set_times", fds.file, 0n, 0n, flags);
      }
    },
    "EROFS: a file or directory that was handed out read-only": async (world) => {
      const file = world.open("f", { at: fds.readOnly, rights: rights.fdFilestatSetTimes });
      for (const fd of [file, fds.readOnly]) {
        await world.refuses("EROFS", "fd_filestat_set_times", fd, 0n, 0n, 1);
      }
    },
  },
  fd_advise: {
    "success: every advice is taken, and changes nothing": (world) => {
      for (const advice of [0, 1, 2, 3, 4, 5]) world.do("fd_advise", fds.file, 0n, 10n, advice);
      assert.equal(world.fstat(fds.file).bytes, 10n);
    },
    ...filesOnly("fd_advise", 0n, 0n, 0),
    "EINVAL: advice that there is not": async (world) => {
      for (const advice of [6, -1]) {
        await world.refuses("EINVAL", "fd_advise", fds.file, 0n, 0n, advice);
      }
    },
  },
  fd_allocate: {
    "success: the file is long enough, and never shorter than before": (world) => {
      world.do("fd_allocate", fds.file, 8n, 10n);
      assert.equal(world.fstat(fds.file).bytes, 18n);
      world.do("fd_allocate", fds.file, 0n, 1n);
      assert.equal(world.fstat(fds.file).bytes, 18n);
    },
    ...filesOnly("fd_allocate", 0n, 1n),
    "EINVAL: no bytes, and places that no file has": async (world) => {
      for (const [offset, length] of [[0n, 0n], [-1n, 1n], [0n, -1n], [1n << 53n, 1n]] as const) {
        await world.refuses("EINVAL", "fd_allocate", fds.file, offset, length);
      }
    },
    "EFBIG: an end beyond what the file system allows, or beyond counting": async (world) => {
      const largest = BigInt(Number.MAX_SAFE_INTEGER);
      for (
        const [offset, length] of [[1n << 50n, 1n], [1n, largest], [largest, largest]] as const
      ) {
        await world.refuses("EFBIG", "fd_allocate", fds.file, offset, length);
      }
    },
    "ENOSPC: more than there is space for": (world) =>
      world.refuses("ENOSPC", "fd_allocate", fds.file, 0n, 1n << 20n),
  },
  fd_sync: syncs("fd_sync"),
  fd_datasync: syncs("fd_datasync"),
  fd_prestat_get: {
    "success: a directory that was handed out, and the length of its name": (world) => {
      for (const [fd, length] of [[fds.top, 5], [fds.readOnly, 3], [fds.other, 7]] as const) {
        const at = world.room(8);
        world.do("fd_prestat_get", fd, at);
        assert.deepEqual([world.memory.readU32(at), world.memory.readU32(at + 4)], [0, length]);
      }
    },
    "EBADF: what the guest opened itself, and streams": async (world) => {
      for (const fd of [fds.folder, fds.file, fds.input]) {
        await world.refuses("EBADF", "fd_prestat_get", fd, 0);
      }
    },
  },
  fd_prestat_dir_name: {
    "success: the name, in UTF-8 and without a NUL, in a buffer that may be larger": (world) => {
      const at = world.room(16);
      world.memory.write(at, new Uint8Array(16).fill(33));
      world.do("fd_prestat_dir_name", fds.other, at, 16);
      assert.equal(new TextDecoder().decode(world.memory.copy(at, 9)), "/öther!!");
    },
    "ENOTDIR: what the guest opened itself, and streams": async (world) => {
      for (const fd of [fds.folder, fds.file, fds.input]) {
        await world.refuses("ENOTDIR", "fd_prestat_dir_name", fd, 0, 9);
      }
    },
    "ENAMETOOLONG: a buffer that is too small": async (world) => {
      for (const bytes of [0, 4]) {
        await world.refuses("ENAMETOOLONG", "fd_prestat_dir_name", fds.top, 0, bytes);
      }
    },
  },
};

/** A world whose guest may have only so many descriptors. */
export function crowdedWorld(descriptorsMax: number): World {
  return new World({ limits: { descriptorsMax } });
}
