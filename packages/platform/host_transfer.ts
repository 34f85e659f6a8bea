/** Bytes from and to places in the host's files: by the C library where it is to be had, else by the runtime. */

import fs from "node:fs";
import { libc } from "./libc.ts";

/** Reads once, as much as there is; 0 at the end. Throws what the runtime throws. */
export function readAt(fd: number, into: Uint8Array, offset: number): number {
  const calls = libc();
  if (calls !== undefined) {
    const count = calls.pread(fd, own(into), BigInt(into.length), BigInt(offset));
    if (count >= 0) return count;
  }
  return fs.readSync(fd, into, 0, into.length, offset);
}

/** Writes once, as much as there is room for. Throws what the runtime throws. */
export function writeAt(fd: number, bytes: Uint8Array, offset: number): number {
  const calls = libc();
  if (calls !== undefined) {
    const count = calls.pwrite(fd, own(bytes), BigInt(bytes.length), BigInt(offset));
    if (count >= 0) return count;
  }
  return fs.writeSync(fd, bytes, 0, bytes.length, offset);
}

/** Nothing here is in memory that threads share: the type of most arrays does not say so. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
