/** Calls on paths. What holds for any path is in every_call.ts; what file systems must do, in fs_contract.ts. */

import assert from "node:assert/strict";
import type { ErrnoName } from "@skerry/base";
import { rights } from "../../rights.ts";
import { typeName } from "../guest.ts";
import type { Cases, CaseTable, Title } from "./case.ts";
import type { FunctionName } from "./interface.ts";
import { fds, type World } from "./world.ts";

/** Calls that take one path, and only that, after their directory. */
type OnePath = "path_create_directory" | "path_remove_directory" | "path_unlink_file";

/** Each of these paths is refused. */
function refused(name: OnePath, errno: ErrnoName, what: string, ...paths: string[]): Cases {
  const title: Title = `${errno}: ${what}`;
  return {
    [title]: async (world: World) => {
      for (const path of paths) await world.refuses(errno, name, fds.top, ...world.put(path));
    },
  };
}

/** Each pair of paths is refused. */
function refusedPairs(
  name: "path_rename" | "path_link",
  errno: ErrnoName,
  what: string,
  ...pairs: (readonly [from: string, to: string])[]
): Cases {
  const title: Title = `${errno}: ${what}`;
  return {
    [title]: async (world: World) => {
      for (const [from, to] of pairs) {
        await world.refuses(errno, name, ...pair(world, name, from, to));
      }
    },
  };
}

function pair(
  world: World,
  name: "path_rename" | "path_link",
  from: string,
  to: string,
  toAt = fds.top,
) {
  const flags = name === "path_link" ? [0] : [];
  return [fds.top, ...flags, ...world.put(from), toAt, ...world.put(to)];
}

/** Two file systems are never one. */
function crossing(name: "path_rename" | "path_link"): Cases {
  return {
    "EXDEV: a name in another file system": async (world) => {
      await world.refuses("EXDEV", name, ...pair(world, name, "f", "new", fds.other));
    },
  };
}

/** Lookup flags that there are not. */
function lookupFlags(name: FunctionName, ...rest: bigint[]): Cases {
  return {
    "EINVAL: lookup flags that there are not": async (world) => {
      const more = name === "path_filestat_get" ? [0] : [...rest, 0];
      for (const flags of [2, -1]) {
        await world.refuses("EINVAL", name, fds.top, flags, ...world.put("f"), ...more);
      }
    },
  };
}

export const pathCases: CaseTable = {
  path_create_directory: {
    "success: a new directory, also with a slash behind its name": async (world) => {
      world.mkdir("new");
      world.mkdir("d/new/");
      assert.deepEqual(await world.list("d"), ["new:directory", "x:regularFile"]);
      assert.equal(typeName(world.stat("new").type), "directory");
    },
    ...refused(
      "path_create_directory",
      "EEXIST",
      "a name that is taken",
      "d",
      "f",
      "link",
      "dangling",
      ".",
      "d/..",
    ),
  },
  path_remove_directory: {
    "success: an empty directory goes, also with a slash behind its name": (world) => {
      world.rmdir("empty/");
      assert.equal(
        world.errno("path_filestat_get", fds.top, 0, ...world.put("empty"), 0),
        "ENOENT",
      );
    },
    ...refused(
      "path_remove_directory",
      "ENOTEMPTY",
      "a directory that holds something",
      "d",
      "d/",
      "empty/..",
    ),
    ...refused(
      "path_remove_directory",
      "ENOTDIR",
      "a file, or a link, even to a directory",
      "f",
      "link",
      "loop",
      "f/",
    ),
    ...refused("path_remove_directory", "ENOENT", "a name that does not exist", "no", "no/"),
    ...refused("path_remove_directory", "EINVAL", "a path that ends in a dot", ".", "empty/."),
  },
  path_unlink_file: {
    "success: a file's name goes, and a link's instead of what it leads to": (world) => {
      world.unlink("link");
      assert.equal(world.readFile("f"), "0123456789");
      world.unlink("f");
      world.unlink("loop");
      assert.equal(world.fstat(fds.file).links, 0n);
      assert.equal(world.read(fds.file, 99).length, 6, "an open file lives on");
    },
    ...refused("path_unlink_file", "EISDIR", "a directory", "d", "d/", ".", "d/.."),
    ...refused("path_unlink_file", "ENOTDIR", "a file with a slash behind its name", "f/", "link/"),
    ...refused("path_unlink_file", "ENOENT", "a name that does not exist", "no", "d/no"),
  },
  path_filestat_get: {
    "success: links at the end are followed, or told themselves": (world) => {
      assert.equal(typeName(world.stat("link", "keep").type), "symbolicLink");
      assert.equal(world.stat("link", "follow").inode, world.stat("f").inode);
      assert.equal(world.stat("loop", "keep").bytes, 4n);
      assert.notEqual(world.stat(".", "keep", fds.other).device, world.stat(".").device);
    },
    "ELOOP: a link that leads to itself": (world) =>
      world.refuses("ELOOP", "path_filestat_get", fds.top, 1, ...world.put("loop"), 0),
    "ENOENT: a name, or the end of a link, that does not exist": async (world) => {
      for (const path of ["no", "dangling"]) {
        await world.refuses("ENOENT", "path_filestat_get", fds.top, 1, ...world.put(path), 0);
      }
    },
    ...lookupFlags("path_filestat_get"),
  },
  path_filestat_set_times: {
    "success: of what a link leads to, or of the link itself": (world) => {
      world.utimes("link", 1n, 2n, "follow");
      world.utimes("link", 3n, -1n, "keep");
      assert.deepEqual([world.stat("f").accessedNs, world.stat("f").modifiedNs], [1n, 2n]);
      assert.equal(world.stat("link", "keep").accessedNs, 3n);
      assert.equal(world.stat("link", "keep").modifiedNs, (1n << 64n) - 1n);
    },
    "EINVAL: a time that is both given and now, and flags that there are not": async (world) => {
      for (const flags of [3, 12, 16, -1]) {
        const args = [fds.top, 0, ...world.put("f"), 0n, 0n, flags];
        await world.refuses("EINVAL", "path_filestat_set_times", ...args);
      }
    },
    ...lookupFlags("path_filestat_set_times", 0n, 0n),
  },
  path_link: {
    "success: a second name of one file, and of a link rather than what it leads to": (world) => {
      world.link("f", "d/second");
      assert.equal(world.stat("d/second").inode, world.stat("f").inode);
      assert.equal(world.stat("f").links, 2n);
      world.link("loop", "again");
      assert.equal(world.readlink("again"), "loop");
    },
    "EINVAL: following a link at the end, as in wasmtime": async (world) => {
      for (const flags of [1, 2, -1]) {
        const args = [fds.top, flags, ...world.put("link"), fds.top, ...world.put("new")];
        await world.refuses("EINVAL", "path_link", ...args);
      }
    },
    ...refusedPairs("path_link", "EEXIST", "a name that is taken", ["f", "f"], ["f", "d"], [
      "f",
      "dangling",
    ], ["f", "."]),
    ...refusedPairs("path_link", "EPERM", "a directory", ["d", "new"], [".", "new"], ["d/", "new"]),
    ...refusedPairs("path_link", "ENOENT", "no such file, and a new name with a slash", [
      "no",
      "new",
    ], ["f", "new/"]),
    ...refusedPairs("path_link", "ENOTDIR", "a file with a slash behind its name", ["f/", "new"]),
    ...crossing("path_link"),
  },
  path_symlink: {
    "success: a link that says what it was told, whether or not it leads anywhere": (world) => {
      for (
        const [target, path] of [["../nowhere", "one"], ["d/./x", "two"], ["ä", "d/three"]] as const
      ) {
        world.symlink(target, path);
        assert.equal(world.readlink(path), target);
      }
      assert.equal(world.readFile("two"), "0123456789");
    },
    "EEXIST: a name that is taken": async (world) => {
      for (const path of ["f", "d", "dangling", "."]) {
        await world.refuses(
          "EEXIST",
          "path_symlink",
          ...world.put("x"),
          fds.top,
          ...world.put(path),
        );
      }
    },
    "ENOENT: a name with a slash behind it": (world) =>
      world.refuses("ENOENT", "path_symlink", ...world.put("x"), fds.top, ...world.put("new/")),
  },
  path_readlink: {
    "success: what the link says, cut off where the buffer ends": (world) => {
      assert.equal(world.readlink("dangling"), "missing");
      assert.equal(world.readlink("dangling", 4), "miss");
      assert.equal(world.readlink("dangling", 0), "");
    },
    "EINVAL: what is no link": async (world) => {
      for (const path of ["f", "d", "."]) {
        await world.refuses("EINVAL", "path_readlink", fds.top, ...world.put(path), 0, 0, 8);
      }
    },
    "EPERM: a link to a place that only the host has": (world) =>
      world.refuses("EPERM", "path_readlink", fds.top, ...world.put("abs"), 0, 9, 16),
    "ENOENT: a name that does not exist": (world) =>
      world.refuses("ENOENT", "path_readlink", fds.top, ...world.put("no"), 0, 9, 16),
  },
  path_rename: {
    "success: a name moves, and takes the place of what may be replaced": async (world) => {
      world.rename("f", "d/moved");
      world.rename("d/moved", "link");
      assert.equal(world.readFile("link"), "0123456789");
      world.rename("d/", "empty/");
      assert.deepEqual(await world.list("empty"), ["x:regularFile"]);
      world.rename("loop", "loop");
      world.link("link", "same");
      world.rename("link", "same");
      assert.equal(world.stat("link").links, 2n, "two names of one file: nothing is done");
    },
    "success: a directory that was opened for it can be left out of the move": (world) => {
      const folder = world.open("d", { flags: ["directory"], rights: rights.pathRenameSource });
      world.rename("x", "out", folder, fds.top);
      assert.equal(world.readFile("out"), "0123456789");
    },
    ...refusedPairs(
      "path_rename",
      "EBUSY",
      "a path that ends in dots",
      [".", "new"],
      ["f", "d/.."],
      ["d/.", "new"],
    ),
    ...refusedPairs("path_rename", "EISDIR", "a file in the place of a directory", ["f", "d"], [
      "link",
      "empty",
    ]),
    ...refusedPairs(
      "path_rename",
      "ENOTEMPTY",
      "a directory that holds something",
      ["empty", "d"],
      ["d/x", "d"],
    ),
    ...refusedPairs(
      "path_rename",
      "ENOTDIR",
      "a directory in the place of a file, and slashes behind files",
      ["d", "f"],
      ["f/", "new"],
      ["f", "new/"],
    ),
    ...refusedPairs("path_rename", "EINVAL", "a directory into itself", ["d", "d/new"]),
    ...refusedPairs("path_rename", "ENOENT", "a name that does not exist", ["no", "new"], [
      "no",
      "f",
    ]),
    ...crossing("path_rename"),
  },
};
