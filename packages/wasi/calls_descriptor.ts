/** What a descriptor is and may do, and calls on the open file behind it that move no bytes. */

import { fail } from "@skerry/base";
import { checkRight, checkWritable, fileAt, readFlags, readOffset } from "./arguments.ts";
import { call, type WasiGuest } from "./call.ts";
import { type Descriptor, statOnMount } from "./descriptor.ts";
import type { FileStat, FileTimes } from "./file_system.ts";
import {
  fdflags,
  fdstatRecord,
  fstflags,
  otherPrestatRecord,
  prestatRecord,
  recordBytes,
  type RecordLayout,
} from "./layout.ts";
import { rights, rightsFromGuest } from "./rights.ts";

const filesOnly = { stream: "EBADF", directory: "EBADF" } as const;

export const fdClose = call(["i32"], ({ state }, fd) => state.descriptors.close(fd));

export const fdRenumber = call(["i32", "i32"], ({ state }, fd, to) => {
  state.descriptors.renumber(fd, to);
});

export const fdFdstatGet = call(["i32", "i32"], ({ memory, state }, fd, result) => {
  memory.check(result, recordBytes.fdstat);
  const descriptor = state.descriptors.get(fd);
  const { flags, base, inheriting } = descriptor;
  memory.write(result, fdstatRecord(fileTypeOf(descriptor), flags, base, inheriting));
});

/** Only APPEND and NONBLOCK can change while a file is open, as with fcntl(2). */
export const fdFdstatSetFlags = call(["i32", "i32"], ({ state }, fd, flags) => {
  const descriptor = state.descriptors.get(fd);
  readFlags(flags, fdflags.append | fdflags.nonblock);
  if (descriptor.kind === "directory") fail("EBADF");
  checkRight(descriptor, rights.fdFdstatSetFlags);
  const fixed = descriptor.flags & ~(fdflags.append | fdflags.nonblock);
  descriptor.flags = fixed | flags;
});

export const fdFdstatSetRights = call(
  ["i32", "i64", "i64"],
  ({ state }, fd, base, inheriting) => {
    const descriptor = state.descriptors.get(fd);
    const newBase = rightsFromGuest(base);
    const newInheriting = rightsFromGuest(inheriting);
    const added = (newBase & ~descriptor.base) | (newInheriting & ~descriptor.inheriting);
    if (added !== 0) fail("ENOTCAPABLE");
    descriptor.base = newBase;
    descriptor.inheriting = newInheriting;
  },
);

/** `fd_filestat_get` with the layout of a snapshot. */
export const fdFilestatGet = (layout: RecordLayout<FileStat>) =>
  call(["i32", "i32"], ({ memory, state }, fd, result) => {
    memory.check(result, layout.bytes);
    const descriptor = state.descriptors.get(fd);
    checkRight(descriptor, rights.fdFilestatGet);
    memory.write(result, layout.record(statOf(descriptor)));
  });

export const fdFilestatSetSize = call(["i32", "i64"], (guest, fd, size) => {
  fileAt(guest, fd, rights.fdFilestatSetSize, filesOnly).file.setSize(readOffset(size));
});

export const fdFilestatSetTimes = call(
  ["i32", "i64", "i64", "i32"],
  (guest, fd, accessed, modified, flags) => {
    const times = readTimes(guest, accessed, modified, flags);
    const descriptor = guest.state.descriptors.get(fd);
    if (descriptor.kind !== "file" && descriptor.kind !== "directory") return fail("EBADF");
    checkRight(descriptor, rights.fdFilestatSetTimes);
    checkWritable(descriptor.mount);
    const target = descriptor.kind === "file" ? descriptor.file : descriptor.directory;
    target.setTimes(times);
  },
);

/** Advice is checked and then not needed. */
export const fdAdvise = call(
  ["i32", "i64", "i64", "i32"],
  (guest, fd, _offset, _length, advice) => {
    fileAt(guest, fd, rights.fdAdvise, filesOnly);
    if (advice >>> 0 > 5) fail("EINVAL");
  },
);

export const fdAllocate = call(["i32", "i64", "i64"], (guest, fd, offset, length) => {
  const { file } = fileAt(guest, fd, rights.fdAllocate, filesOnly);
  const bytes = readOffset(length);
  if (bytes === 0) fail("EINVAL");
  const first = readOffset(offset);
  if (!Number.isSafeInteger(first + bytes)) fail("EFBIG");
  guest.state.writes.reserve(bytes, () => file.allocate(first, bytes));
});

export const fdSync = call(["i32"], (guest, fd) => sync(guest, fd, "all"));

export const fdDatasync = call(["i32"], (guest, fd) => sync(guest, fd, "data"));

export const fdPrestatGet = call(["i32", "i32"], ({ memory, state }, fd, result) => {
  memory.check(result, recordBytes.prestat);
  const descriptor = state.descriptors.get(fd);
  if (descriptor.kind === "listener") return memory.write(result, otherPrestatRecord());
  const name = descriptor.kind === "directory" ? descriptor.preopenName : undefined;
  if (name === undefined) return fail("EBADF");
  memory.write(result, prestatRecord(name.length));
});

export const fdPrestatDirName = call(["i32", "i32", "i32"], (guest, fd, buffer, length) => {
  const { memory, state } = guest;
  memory.check(buffer, length);
  const descriptor = state.descriptors.get(fd);
  const name = descriptor.kind === "directory" ? descriptor.preopenName : undefined;
  if (name === undefined) return fail("ENOTDIR");
  if (length >>> 0 < name.length) fail("ENAMETOOLONG");
  memory.write(buffer, name);
});

/** Times that a `…_set_times` call asks for; "now" is taken from the context's clock. */
export function readTimes(
  { state }: WasiGuest,
  accessed: bigint,
  modified: bigint,
  flags: number,
): FileTimes {
  readFlags(flags, fstflags.atim | fstflags.atimNow | fstflags.mtim | fstflags.mtimNow);
  const read = (value: bigint, given: number, now: number): bigint | undefined => {
    if ((flags & given) !== 0 && (flags & now) !== 0) fail("EINVAL");
    if ((flags & given) !== 0) return BigInt.asUintN(64, value);
    return (flags & now) !== 0 ? state.clock.wallNs() : undefined;
  };
  const accessedNs = read(accessed, fstflags.atim, fstflags.atimNow);
  const modifiedNs = read(modified, fstflags.mtim, fstflags.mtimNow);
  return {
    ...(accessedNs === undefined ? {} : { accessedNs }),
    ...(modifiedNs === undefined ? {} : { modifiedNs }),
  };
}

function sync(guest: WasiGuest, fd: number, what: "data" | "all"): void {
  const right = what === "all" ? rights.fdSync : rights.fdDatasync;
  const descriptor = guest.state.descriptors.get(fd);
  if (descriptor.kind !== "file" && descriptor.kind !== "directory") return fail("EBADF");
  checkRight(descriptor, right);
  if (descriptor.kind === "file") descriptor.file.sync(what);
  else descriptor.directory.sync();
}

/** A stream that is a terminal is a character device: wasi-libc's isatty(3) looks for that. */
function fileTypeOf(descriptor: Descriptor): FileStat["type"] {
  switch (descriptor.kind) {
    case "file":
      return "regularFile";
    case "directory":
      return "directory";
    case "input":
      return descriptor.stream.isTerminal ? "characterDevice" : "unknown";
    case "output":
      return descriptor.sink.isTerminal === true ? "characterDevice" : "unknown";
    case "listener":
    case "connection":
      return "socketStream";
  }
}

function statOf(descriptor: Descriptor): FileStat {
  switch (descriptor.kind) {
    case "file":
      return statOnMount(descriptor.file.stat(), descriptor.mount);
    case "directory":
      return statOnMount(descriptor.directory.stat(), descriptor.mount);
    case "input":
    case "output":
    case "listener":
    case "connection":
      return {
        type: fileTypeOf(descriptor),
        ...{ device: 0n, inode: 0n, links: 0n, bytes: 0n },
        ...{ accessedNs: 0n, modifiedNs: 0n, changedNs: 0n },
      };
  }
}
