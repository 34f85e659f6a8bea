/** Calls on paths, but for `path_open` (path_open.ts). What they refuse, and how, is what Linux does. */

import { encodeUtf8, fail } from "@skerry/base";
import { checkWritable, directoryAt, readFlags, readPath } from "./arguments.ts";
import { call, type WasiGuest } from "./call.ts";
import { readTimes } from "./calls_descriptor.ts";
import { type DirectoryDescriptor, statOnMount } from "./descriptor.ts";
import type { FileStat } from "./file_system.ts";
import { lookupflags, type RecordLayout } from "./layout.ts";
import { atNode, atPath, type Place, statAt } from "./path_resolve.ts";
import { rights } from "./rights.ts";

type NamedPlace = Extract<Place, { kind: "name" }>;

export const pathCreateDirectory = call(["i32", "i32", "i32"], (guest, fd, path, length) => {
  const { directory, mount } = directoryAt(guest, fd, rights.pathCreateDirectory);
  atPath(directory, readPath(guest, path, length), "never", (place) => {
    if (place.node !== undefined) fail("EEXIST");
    checkWritable(mount);
    if (place.kind === "name") {
      guest.state.writes.name(() => place.parent.makeDirectory(place.name));
    }
  });
});

/** `path_filestat_get` with the layout of a snapshot. */
export const pathFilestatGet = (layout: RecordLayout<FileStat>) =>
  call(["i32", "i32", "i32", "i32", "i32"], (guest, fd, flags, path, length, result) => {
    guest.memory.check(result, layout.bytes);
    const lastLink = readLookup(flags);
    const { directory, mount } = directoryAt(guest, fd, rights.pathFilestatGet);
    const stat = statAt(directory, readPath(guest, path, length), lastLink);
    guest.memory.write(result, layout.record(statOnMount(stat, mount)));
  });

export const pathFilestatSetTimes = call(
  ["i32", "i32", "i32", "i32", "i64", "i64", "i32"],
  (guest, fd, flags, path, length, accessed, modified, timeFlags) => {
    const times = readTimes(guest, accessed, modified, timeFlags);
    const lastLink = readLookup(flags);
    const { directory, mount } = directoryAt(guest, fd, rights.pathFilestatSetTimes);
    atNode(directory, readPath(guest, path, length), lastLink, (node) => {
      checkWritable(mount);
      node.setTimes(times);
    });
  },
);

/** A link at the end of the old path is linked to itself; asking to follow it is EINVAL, as in wasmtime. */
export const pathLink = call(
  ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, oldFd, oldFlags, oldPath, oldLength, newFd, newPath, newLength) => {
    readFlags(oldFlags, 0);
    const from = directoryAt(guest, oldFd, rights.pathLinkSource);
    const to = directoryAt(guest, newFd, rights.pathLinkTarget);
    atTwoPaths(guest, [from, oldPath, oldLength], [to, newPath, newLength], (source, target) => {
      checkExists(source);
      checkNew(target);
      if (source.kind !== "name" || source.node?.type === "directory") return fail("EPERM");
      checkBothWritable(from, to);
      guest.state.writes.name(() => target.parent.link(target.name, source.parent, source.name));
    });
  },
);

export const pathReadlink = call(
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, fd, path, length, buffer, bufferLength, result) => {
    const { memory } = guest;
    memory.check(result, 4);
    memory.check(buffer, bufferLength);
    const { directory } = directoryAt(guest, fd, rights.pathReadlink);
    const target = atNode(
      directory,
      readPath(guest, path, length),
      "slashed",
      (node) => node.type === "symbolicLink" ? node.target() : fail("EINVAL"),
    );
    // An absolute target names a place outside, which is none of the guest's business.
    if (target.startsWith("/")) fail("EPERM");
    const bytes = encodeUtf8(target).subarray(0, bufferLength >>> 0);
    memory.write(buffer, bytes);
    memory.writeU32(result, bytes.length);
  },
);

export const pathRemoveDirectory = call(["i32", "i32", "i32"], (guest, fd, path, length) => {
  const { directory, mount } = directoryAt(guest, fd, rights.pathRemoveDirectory);
  atPath(directory, readPath(guest, path, length), "never", (place) => {
    if (place.kind === "directory") return fail(place.dots === "." ? "EINVAL" : "ENOTEMPTY");
    const node = place.node ?? fail("ENOENT");
    if (node.type !== "directory") fail("ENOTDIR");
    checkWritable(mount);
    place.parent.removeDirectory(place.name);
  });
});

export const pathRename = call(
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, oldFd, oldPath, oldLength, newFd, newPath, newLength) => {
    const from = directoryAt(guest, oldFd, rights.pathRenameSource);
    const to = directoryAt(guest, newFd, rights.pathRenameTarget);
    atTwoPaths(guest, [from, oldPath, oldLength], [to, newPath, newLength], (source, target) => {
      if (source.kind === "directory" || target.kind === "directory") return fail("EBUSY");
      const node = source.node ?? fail("ENOENT");
      if (node.type !== "directory" && (source.slash || target.slash)) fail("ENOTDIR");
      checkBothWritable(from, to);
      source.parent.rename(source.name, target.parent, target.name);
    });
  },
);

/** Absolute targets are refused: they could only ever mean a place outside, to whoever follows them. */
export const pathSymlink = call(
  ["i32", "i32", "i32", "i32", "i32"],
  (guest, target, targetLength, fd, path, length) => {
    const text = readPath(guest, target, targetLength);
    if (text.startsWith("/")) fail("EPERM");
    const { directory, mount } = directoryAt(guest, fd, rights.pathSymlink);
    atPath(directory, readPath(guest, path, length), "never", (place) => {
      checkNew(place);
      checkWritable(mount);
      guest.state.writes.name(() => place.parent.makeSymlink(place.name, text));
    });
  },
);

export const pathUnlinkFile = call(["i32", "i32", "i32"], (guest, fd, path, length) => {
  const { directory, mount } = directoryAt(guest, fd, rights.pathUnlinkFile);
  atPath(directory, readPath(guest, path, length), "never", (place) => {
    const node = place.node ?? fail("ENOENT");
    if (place.kind === "directory" || node.type === "directory") return fail("EISDIR");
    if (place.slash) fail("ENOTDIR");
    checkWritable(mount);
    place.parent.unlink(place.name);
  });
});

/** How `$lookupflags` say that a link at the end is treated. */
export function readLookup(flags: number): "always" | "slashed" {
  return readFlags(flags, lookupflags.symlinkFollow) === 0 ? "slashed" : "always";
}

type PathArgument = readonly [directory: DirectoryDescriptor, pointer: number, length: number];

/** Resolves two paths of one file system (EXDEV), links at their ends left alone. */
function atTwoPaths(
  guest: WasiGuest,
  [from, ...oldPath]: PathArgument,
  [to, ...newPath]: PathArgument,
  use: (source: Place, target: Place) => void,
): void {
  const source = readPath(guest, ...oldPath);
  const target = readPath(guest, ...newPath);
  if (from.mount.deviceNumber !== to.mount.deviceNumber) fail("EXDEV");
  atPath(from.directory, source, "never", (sourcePlace) => {
    atPath(to.directory, target, "never", (targetPlace) => use(sourcePlace, targetPlace));
  });
}

function checkBothWritable(from: DirectoryDescriptor, to: DirectoryDescriptor): void {
  checkWritable(from.mount);
  checkWritable(to.mount);
}

function checkExists(place: Place): void {
  if (place.node === undefined) fail("ENOENT");
  if (place.kind === "name" && place.slash && place.node.type !== "directory") fail("ENOTDIR");
}

/** A place for a new name that is no directory's. */
function checkNew(place: Place): asserts place is NamedPlace {
  if (place.node !== undefined) fail("EEXIST");
  if (place.kind !== "name" || place.slash) fail("ENOENT");
}
