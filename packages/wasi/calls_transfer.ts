/** Reading, writing, and where in a file that happens. */

import type { GuestMemory } from "@skerry/sandbox";
import { type Buffer, checkRight, fileAt, readBuffers, readOffset } from "./arguments.ts";
import { call, waitingCall } from "./call.ts";
import type { FileDescriptor } from "./descriptor.ts";
import { ErrnoError, fail } from "./errno.ts";
import { fdflags } from "./layout.ts";
import { rights } from "./rights.ts";
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
    checkRight(descriptor, rights.fdRead);
    const buffers = readBuffers(guest, iovs, count);
    if (descriptor.kind === "file") {
      const bytes = readFile(
        memory,
        descriptor,
        buffers,
        descriptor.position,
        state.limits.transferBytesMax,
      );
      descriptor.position += bytes;
      return memory.writeU32(result, bytes);
    }
    return report(memory, result, readStream(guest, descriptor, buffers));
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
    checkRight(descriptor, rights.fdWrite);
    const buffers = readBuffers(guest, iovs, count);
    if (descriptor.kind === "output") {
      return report(memory, result, writeStream(guest, descriptor.sink, buffers));
    }
    const append = (descriptor.flags & fdflags.append) !== 0;
    const offset = append ? Number(descriptor.file.stat().bytes) : descriptor.position;
    const bytes = writeFile(memory, descriptor, buffers, offset, state.limits.transferBytesMax);
    descriptor.position = offset + bytes;
    memory.writeU32(result, bytes);
  },
);

export const fdPread = call(
  ["i32", "i32", "i32", "i64", "i32"],
  (guest, fd, iovs, count, offset, result) => {
    const { memory, state } = guest;
    memory.check(result, 4);
    const descriptor = fileAt(guest, fd, rights.fdRead | rights.fdSeek, notPositioned);
    const buffers = readBuffers(guest, iovs, count);
    const bytes = readFile(
      memory,
      descriptor,
      buffers,
      readOffset(offset),
      state.limits.transferBytesMax,
    );
    memory.writeU32(result, bytes);
  },
);

export const fdPwrite = call(
  ["i32", "i32", "i32", "i64", "i32"],
  (guest, fd, iovs, count, offset, result) => {
    const { memory, state } = guest;
    memory.check(result, 4);
    const descriptor = fileAt(guest, fd, rights.fdWrite | rights.fdSeek, notPositioned);
    const buffers = readBuffers(guest, iovs, count);
    // Linux appends here too where the descriptor appends; POSIX, and WASI after it, does not.
    const bytes = writeFile(
      memory,
      descriptor,
      buffers,
      readOffset(offset),
      state.limits.transferBytesMax,
    );
    memory.writeU32(result, bytes);
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
  memory.writeU64(result, BigInt(position));
});

export const fdTell = call(["i32", "i32"], (guest, fd, result) => {
  guest.memory.check(result, 8);
  const descriptor = fileAt(guest, fd, 0, notSeekable);
  checkTell(descriptor);
  guest.memory.writeU64(result, BigInt(descriptor.position));
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

function report(
  memory: GuestMemory,
  result: number,
  bytes: number | Promise<number>,
): void | Promise<void> {
  if (typeof bytes === "number") return memory.writeU32(result, bytes);
  return bytes.then((settled) => memory.writeU32(result, settled));
}

function readFile(
  memory: GuestMemory,
  { file }: FileDescriptor,
  buffers: readonly Buffer[],
  offset: number,
  bytesMax: number,
): number {
  return transfer(buffers, bytesMax, (pointer, length, done) => {
    let bytes = 0;
    memory.writeWith(pointer, length, (target) => bytes = file.read(target, offset + done));
    return bytes;
  });
}

function writeFile(
  memory: GuestMemory,
  { file, flags }: FileDescriptor,
  buffers: readonly Buffer[],
  offset: number,
  bytesMax: number,
): number {
  const bytes = transfer(
    buffers,
    bytesMax,
    (pointer, length, done) => file.write(memory.view(pointer, length), offset + done),
  );
  if ((flags & (fdflags.sync | fdflags.rsync)) !== 0) file.sync("all");
  else if ((flags & fdflags.dsync) !== 0) file.sync("data");
  return bytes;
}

/** Moves one buffer after the other until one comes out short; an error counts only where nothing was moved. */
function transfer(
  buffers: readonly Buffer[],
  bytesMax: number,
  move: (pointer: number, length: number, done: number) => number,
): number {
  let done = 0;
  for (const buffer of buffers) {
    const length = Math.min(buffer.bytes, bytesMax - done);
    if (length === 0) continue;
    try {
      const moved = move(buffer.pointer, length, done);
      done += moved;
      if (moved < buffer.bytes) return done;
    } catch (error) {
      if (done === 0 || !(error instanceof ErrnoError)) throw error;
      return done;
    }
  }
  return done;
}
