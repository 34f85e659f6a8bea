/** Reading, writing, and where in a file that happens. */

import { andThen, fail } from "@skerry/base";
import type { GuestMemory } from "@skerry/sandbox";
import { type Buffer, checkRight, fileAt, readBuffers, readOffset } from "./arguments.ts";
import { call, waitingCall, type WasiGuest } from "./call.ts";
import type { FileDescriptor } from "./descriptor.ts";
import { readFile, writeFile } from "./file_io.ts";
import { fdflags } from "./layout.ts";
import { rights } from "./rights.ts";
import { send } from "./socket_io.ts";
import { readStream, writeStream } from "./stream_io.ts";

const notSeekable = { stream: "ESPIPE", directory: "EBADF" } as const;
const notPositioned = { stream: "ESPIPE", directory: "EISDIR" } as const;

export const fdRead = waitingCall(
  ["i32", "i32", "i32", "i32"],
  (guest, fd, iovs, count, result) => {
    const { memory, state } = guest;
    memory.check(result, 4);
    const descriptor = state.descriptors.get(fd);
    if (descriptor.kind === "directory") return fail("EISDIR");
    if (descriptor.kind === "output") return fail("EBADF");
    if (descriptor.kind === "listener") return fail("ENOTCONN");
    checkRight(descriptor, rights.fdRead);
    const buffers = readBuffers(guest, iovs, count);
    if (descriptor.kind === "input" || descriptor.kind === "connection") {
      return report(memory, result, readStream(guest, descriptor, buffers));
    }
    const read = readFile(guest, descriptor, buffers, descriptor.position);
    if (read instanceof Promise) {
      return read.then((bytes) => {
        descriptor.position += bytes;
        memory.writeU32(result, bytes);
      });
    }
    descriptor.position += read;
    memory.writeU32(result, read);
  },
);

export const fdWrite = waitingCall(
  ["i32", "i32", "i32", "i32"],
  (guest, fd, iovs, count, result) => {
    const { memory, state } = guest;
    memory.check(result, 4);
    const descriptor = state.descriptors.get(fd);
    if (descriptor.kind === "directory") return fail("EISDIR");
    if (descriptor.kind === "input") return fail("EBADF");
    if (descriptor.kind === "listener") return fail("ENOTCONN");
    checkRight(descriptor, rights.fdWrite);
    const buffers = readBuffers(guest, iovs, count);
    if (descriptor.kind === "output") {
      return report(memory, result, writeStream(guest, descriptor.sink, buffers));
    }
    if (descriptor.kind === "connection") {
      return report(memory, result, send(guest, descriptor, buffers));
    }
    return report(memory, result, writeAtPosition(guest, descriptor, buffers));
  },
);

export const fdPread = waitingCall(
  ["i32", "i32", "i32", "i64", "i32"],
  (guest, fd, iovs, count, offset, result) => {
    const { memory } = guest;
    memory.check(result, 4);
    const descriptor = fileAt(guest, fd, rights.fdRead | rights.fdSeek, notPositioned);
    const buffers = readBuffers(guest, iovs, count);
    return report(memory, result, readFile(guest, descriptor, buffers, readOffset(offset)));
  },
);

export const fdPwrite = waitingCall(
  ["i32", "i32", "i32", "i64", "i32"],
  (guest, fd, iovs, count, offset, result) => {
    const { memory } = guest;
    memory.check(result, 4);
    const descriptor = fileAt(guest, fd, rights.fdWrite | rights.fdSeek, notPositioned);
    const buffers = readBuffers(guest, iovs, count);
    // Linux appends here too where the descriptor appends; POSIX, and WASI after it, does not.
    const first = readOffset(offset);
    return report(memory, result, writeFile(guest, descriptor, buffers, (done) => first + done));
  },
);

export const fdSeek = call(["i32", "i64", "i32", "i32"], (guest, fd, delta, whence, result) => {
  const { memory } = guest;
  memory.check(result, 8);
  const staysPut = whence === 1 && delta === 0n;
  const descriptor = fileAt(guest, fd, staysPut ? 0 : rights.fdSeek, notSeekable);
  if (staysPut) checkTell(descriptor);
  const position = Number(seekBase(descriptor, whence) + delta);
  if (position < 0 || !Number.isSafeInteger(position)) fail("EINVAL");
  descriptor.position = position;
  memory.writeWhole(result, position);
});

export const fdTell = call(["i32", "i32"], (guest, fd, result) => {
  guest.memory.check(result, 8);
  const descriptor = fileAt(guest, fd, 0, notSeekable);
  checkTell(descriptor);
  guest.memory.writeWhole(result, descriptor.position);
});

function checkTell(descriptor: FileDescriptor): void {
  // "fd_seek […] implies rights::fd_tell" (typenames.witx).
  if ((descriptor.base & (rights.fdTell | rights.fdSeek)) === 0) fail("ENOTCAPABLE");
}

function seekBase(descriptor: FileDescriptor, whence: number): bigint {
  switch (whence) {
    case 0:
      return 0n;
    case 1:
      return BigInt(descriptor.position);
    case 2:
      return descriptor.file.stat().bytes;
    default:
      return fail("EINVAL");
  }
}

/** Writes where the descriptor stands; where it appends, each piece at the end that the file has by then. */
function writeAtPosition(
  guest: WasiGuest,
  descriptor: FileDescriptor,
  buffers: readonly Buffer[],
): number | Promise<number> {
  const { file, flags } = descriptor;
  const append = (flags & fdflags.append) !== 0;
  const fileEnd = () => Number(file.stat().bytes);
  /** Where the piece begins that comes after `before` bytes. */
  let [start, before] = [append ? fileEnd() : descriptor.position, 0];
  const offset = (done: number) => {
    start = append && done > 0 ? fileEnd() : start + done - before;
    before = done;
    return start;
  };
  return andThen(writeFile(guest, descriptor, buffers, offset), (bytes) => {
    // A write of nothing leaves the position where it is, also where the descriptor appends.
    if (bytes > 0) descriptor.position = start + bytes - before;
    return bytes;
  });
}

function report(
  memory: GuestMemory,
  result: number,
  bytes: number | Promise<number>,
): void | Promise<void> {
  return andThen(bytes, (settled) => memory.writeU32(result, settled));
}
