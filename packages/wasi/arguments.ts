/** What calls have in common when they read their arguments. */

import { type ErrnoName, fail } from "@skerry/base";
import type { GuestMemory } from "@skerry/sandbox";
import type { WasiGuest } from "./call.ts";
import type { DirectoryDescriptor, FileDescriptor, Mount } from "./descriptor.ts";
import { recordBytes } from "./layout.ts";

/** Bytes in guest memory; both numbers are unsigned. */
export interface Buffer {
  readonly pointer: number;
  readonly bytes: number;
}

/** A path: not too long (ENAMETOOLONG), UTF-8 (EILSEQ), no NUL (EINVAL), not empty (ENOENT). */
export function readPath(guest: WasiGuest, pointer: number, length: number): string {
  const bytes = guest.memory.view(pointer, length);
  if (bytes.length > guest.state.limits.pathBytesMax) fail("ENAMETOOLONG");
  const path = decodePath(bytes);
  if (path.includes("\0")) fail("EINVAL");
  if (path === "") fail("ENOENT");
  return path;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodePath(bytes: Uint8Array): string {
  return asciiOf(bytes) ?? decodeUtf8Path(bytes);
}

/** Most paths are short and in ASCII: to put these together takes less than to call the decoder. */
const asciiBytesMax = 64;

/** What the bytes say, or undefined where they are too many or not all of ASCII. */
function asciiOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > asciiBytesMax) return undefined;
  let text = "";
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUtf8Path(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return fail("EILSEQ");
  }
}

/** An `$iovec_array`: every buffer lies in memory (EFAULT) and there are not too many (EINVAL). */
export function readBuffers(guest: WasiGuest, pointer: number, count: number): Buffer[] {
  const { memory, state } = guest;
  if (count >>> 0 > state.limits.buffersMax) fail("EINVAL");
  memory.check(pointer, count * recordBytes.iovec);
  // As most are. An array that grows is made with room for many.
  if (count === 1) return [readBuffer(memory, pointer >>> 0, 0)];
  const buffers: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    buffers.push(readBuffer(memory, pointer >>> 0, index));
  }
  return buffers;
}

function readBuffer(memory: GuestMemory, table: number, index: number): Buffer {
  const at = table + index * recordBytes.iovec;
  const buffer = { pointer: memory.readU32(at), bytes: memory.readU32(at + 4) };
  memory.check(buffer.pointer, buffer.bytes);
  return buffer;
}

/** A `$filesize` that is used as an offset or a size (EINVAL where it could be neither). */
export function readOffset(value: bigint): number {
  const offset = BigInt.asUintN(64, value);
  return offset <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(offset) : fail("EINVAL");
}

/** Flags of which only those in `known` exist (EINVAL). */
export function readFlags(value: number, known: number): number {
  return (value & ~known) === 0 ? value : fail("EINVAL");
}

/** A directory that has a right (EBADF for a stream, ENOTDIR for a file, ENOTCAPABLE). */
export function directoryAt(guest: WasiGuest, fd: number, right: number): DirectoryDescriptor {
  const descriptor = guest.state.descriptors.get(fd);
  if (descriptor.kind === "file") return fail("ENOTDIR");
  if (descriptor.kind !== "directory") return fail("EBADF");
  checkRight(descriptor, right);
  return descriptor;
}

/** A regular file that has a right. A stream or a directory is refused with the errors given. */
export function fileAt(
  guest: WasiGuest,
  fd: number,
  right: number,
  refusals: { readonly stream: ErrnoName; readonly directory: ErrnoName },
): FileDescriptor {
  const descriptor = guest.state.descriptors.get(fd);
  if (descriptor.kind === "directory") return fail(refusals.directory);
  if (descriptor.kind !== "file") return fail(refusals.stream);
  checkRight(descriptor, right);
  return descriptor;
}

/** Fails with ENOTCAPABLE where a descriptor lacks one of these rights. */
export function checkRight(descriptor: { readonly base: number }, right: number): void {
  if ((descriptor.base & right) !== right) fail("ENOTCAPABLE");
}

/** Fails with EROFS where a mount may not be changed. */
export function checkWritable(mount: Mount): void {
  if (mount.readOnly) fail("EROFS");
}
