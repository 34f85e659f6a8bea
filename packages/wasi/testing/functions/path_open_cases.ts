/** `path_open`: from a path, flags and rights to a new descriptor. */

import assert from "node:assert/strict";
import { directoryRights, rights } from "../../rights.ts";
import { failure, type OpenOptions } from "../guest.ts";
import type { CaseTable } from "./case.ts";
import { crowdedWorld, fdstat } from "./descriptor_cases.ts";
import { fds, type World } from "./world.ts";

/** The arguments of an open with nothing but these flags. */
function plain(world: World, path: string, lookup = 0, oflags = 0, base = 0, fdflags = 0) {
  return [fds.top, lookup, ...world.put(path), oflags, BigInt(base), 0n, fdflags, world.room(4)];
}

const [creat, directory, excl, trunc] = [1, 2, 4, 8];

export const pathOpenCases: CaseTable = {
  path_open: {
    "success: a file is opened, made, made anew or cut, as the flags say": (world) => {
      const made = world.open("new", { flags: ["creat", "excl"], rights: rights.fdWrite });
      world.write(made, "made");
      assert.equal(world.readFile("new"), "made");
      world.close(world.open("f", { flags: ["creat"] }));
      assert.equal(world.readFile("f"), "0123456789", "one that is there is left as it is");
      world.close(world.open("f", { flags: ["trunc"], rights: 0 }));
      assert.equal(world.readFile("f"), "");
      world.close(world.open("dangling", { flags: ["creat"] }));
      assert.equal(world.readFile("missing"), "", "a file is made where a link leads");
    },
    "success: a directory is opened, with the flag or without": (world) => {
      for (const flags of [["directory"], []] as const) {
        const fd = world.open("d", { flags, rights: directoryRights });
        assert.equal(fdstat(world, fd).type, 3);
        assert.equal(world.readFile("x", fd), "0123456789");
      }
    },
    "success: rights are those asked for, as far as they apply and were inherited": (world) => {
      const readable = world.open("f", { rights: rights.fdRead | rights.fdAllocate });
      assert.equal(fdstat(world, readable).base, rights.fdRead, "no allocating without writing");
      const inheriting = rights.fdRead | rights.fdSeek;
      const folder = world.open("d", { flags: ["directory"], inheriting });
      assert.equal(fdstat(world, folder).inheriting, inheriting);
      world.open("x", { at: folder, rights: rights.fdRead, inheriting: 0 });
    },
    "success: cutting a file needs no right to write, and leaves none": (world) => {
      const wanted = rights.fdRead | rights.fdFilestatSetSize;
      const fd = world.open("f", { flags: ["trunc"], rights: wanted });
      assert.equal(world.errno("fd_filestat_set_size", fd, 9n), "ENOTCAPABLE");
    },
    "ENOTCAPABLE: rights beyond those that are inherited": (world) => {
      const folder = world.open("d", { flags: ["directory"], inheriting: rights.fdRead });
      const beyond: OpenOptions[] = [
        { at: folder, flags: ["creat"], rights: rights.fdWrite, inheriting: 0 },
        { at: folder, rights: 0, inheriting: rights.fdWrite },
      ];
      for (const options of beyond) {
        assert.equal(failure(() => world.open("x", options)), "ENOTCAPABLE");
        assert.equal(failure(() => world.open("new", options)), "ENOTCAPABLE");
      }
      assert.equal(failure(() => world.stat("d/new")), "ENOENT");
    },
    "EINVAL: flags that there are not, or not together": async (world) => {
      const open = (...flags: number[]) =>
        world.refuses("EINVAL", "path_open", ...plain(world, "f", ...flags));
      for (const lookup of [2, -1]) await open(lookup);
      for (const oflags of [16, -1, directory | creat, directory | excl, directory | trunc]) {
        await open(0, oflags);
      }
      for (const fdflags of [32, -1]) await open(0, 0, 0, fdflags);
    },
    "ENOENT: a file that does not exist and is not to be made": async (world) => {
      for (const path of ["no", "no/", "dangling"]) {
        await world.refuses("ENOENT", "path_open", ...plain(world, path, 1));
      }
    },
    "EEXIST: a name that is taken, links too, where a new one is wanted": async (world) => {
      for (const path of ["f", "d", "link", "dangling", "loop", "."]) {
        await world.refuses("EEXIST", "path_open", ...plain(world, path, 1, creat | excl));
      }
    },
    "EISDIR: a directory that would be written, cut or made": async (world) => {
      for (const [oflags, base] of [[0, rights.fdWrite], [trunc, 0], [creat, 0]] as const) {
        for (const path of ["d", "d/", "."]) {
          await world.refuses("EISDIR", "path_open", ...plain(world, path, 1, oflags, base));
        }
      }
      await world.refuses("EISDIR", "path_open", ...plain(world, "new/", 1, creat));
    },
    "ENOTDIR: what is no directory, where one is wanted": async (world) => {
      for (
        const [path, oflags] of [["f", directory], ["f/", 0], ["link/", 0], [
          "link",
          directory,
        ]] as const
      ) {
        await world.refuses("ENOTDIR", "path_open", ...plain(world, path, 1, oflags));
      }
    },
    "ELOOP: a link that is not to be followed, or leads to itself": async (world) => {
      for (const path of ["link", "dangling"]) {
        await world.refuses("ELOOP", "path_open", ...plain(world, path));
      }
      await world.refuses("ELOOP", "path_open", ...plain(world, "loop", 1));
    },
    "EPERM: a link that leads out, also where a file would be made": async (world) => {
      for (const oflags of [0, creat, creat | trunc]) {
        await world.refuses("EPERM", "path_open", ...plain(world, "abs", 1, oflags));
      }
    },
    "EACCES: a device, a pipe or a socket, which could block or do things when opened": async (
      w,
    ) => {
      for (const oflags of [0, creat, trunc]) {
        await w.refuses("EACCES", "path_open", ...plain(w, "device", 1, oflags));
      }
    },
    "EMFILE: more descriptors than the limit, and nothing is made": async () => {
      const world = crowdedWorld(9);
      world.open("f");
      await world.refuses("EMFILE", "path_open", ...plain(world, "new", 0, creat));
      world.close(fds.file);
      assert.equal(world.open("new", { flags: ["creat"] }), fds.file);
    },
    "EROFS: writing or cutting what was handed out read-only": async (world) => {
      for (const [oflags, base] of [[0, rights.fdWrite], [trunc, 0], [trunc | creat, 0]] as const) {
        const args = plain(world, "f", 0, oflags, base).toSpliced(0, 1, fds.readOnly);
        await world.refuses("EROFS", "path_open", ...args);
      }
      assert.equal(world.readFile("f", fds.readOnly), "0123456789");
    },
  },
};
