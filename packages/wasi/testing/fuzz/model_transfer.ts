/** Reading, writing, and where in a file that happens. */

import assert from "node:assert/strict";
import { rights } from "../../rights.ts";
import type { ModelCalls, ModelState } from "./model_state.ts";
import { type ModelFile, read, refuse, Refused, write } from "./model_tree.ts";

/** Beyond it no number counts. */
export const safeMax = Number.MAX_SAFE_INTEGER;

/** What these calls do. */
export function transferCalls(state: ModelState) {
  return {
    fd_read: ([fd, table, count, result]: [number, number, number, number]) => {
      state.room(result, 4);
      const found = state.descriptor(fd, rights.fdRead);
      if (found !== undefined) state.need(found.kind !== "output", "EBADF");
      state.need(found?.kind !== "directory", "EISDIR");
      const buffers = tryBuffers(state, table, count);
      return () => {
        if (found?.kind === "file") {
          found.position += readInto(state, found.node, table, count, result, found.position);
          return;
        }
        // How much comes at once is the stream's own business; that it is what comes next is not.
        const taken = state.memory.after.getUint32(result >>> 0, true);
        const room = buffers.reduce((sum, [, bytes]) => sum + bytes, 0);
        assert.ok(taken <= Math.min(room, state.input.length));
        assert.ok(taken > 0 || room === 0 || state.input.length === 0, "nothing is the end");
        scatter(state, buffers, state.input.subarray(0, taken));
        state.memory.writeU32(result, taken);
        state.input = state.input.subarray(taken);
      };
    },
    fd_write: ([fd, table, count, result]: [number, number, number, number]) => {
      state.room(result, 4);
      const found = state.descriptor(fd, rights.fdWrite);
      if (found !== undefined) state.need(found.kind !== "input", "EBADF");
      state.need(found?.kind !== "directory", "EISDIR");
      const buffers = tryBuffers(state, table, count);
      return (errno) => {
        if (found?.kind === "file") {
          const offset = (found.flags & 1) !== 0 ? found.node.size : found.position;
          const written = writeFrom(state, found.node, [table, count, result], offset, errno);
          if (written > 0) found.position = offset + written;
          return;
        }
        const taken = state.memory.after.getUint32(result >>> 0, true);
        const bytes = gather(state, buffers, taken);
        assert.equal(bytes.length, taken);
        assert.ok(taken > 0 || buffers.every(([, length]) => length === 0));
        state.output = Uint8Array.from([...state.output, ...bytes]);
        state.memory.writeU32(result, taken);
      };
    },
    fd_pread: ([fd, table, count, offset, result]: [number, number, number, bigint, number]) => {
      state.room(result, 4);
      const from = BigInt.asUintN(64, offset);
      state.need(from <= BigInt(safeMax), "EINVAL");
      tryBuffers(state, table, count);
      const file = state.file("fd_pread", fd, { directory: "EISDIR", stream: "ESPIPE" });
      return () => void readInto(state, file.node, table, count, result, Number(from));
    },
    fd_pwrite: ([fd, table, count, offset, result]: [number, number, number, bigint, number]) => {
      state.room(result, 4);
      const from = BigInt.asUintN(64, offset);
      state.need(from <= BigInt(safeMax), "EINVAL");
      tryBuffers(state, table, count);
      const file = state.file("fd_pwrite", fd, { directory: "EISDIR", stream: "ESPIPE" });
      return (errno) =>
        void writeFrom(state, file.node, [table, count, result], Number(from), errno);
    },
    fd_seek: ([fd, delta, whence, result]: [number, bigint, number, number]) => {
      state.room(result, 8);
      const stays = whence === 1 && delta === 0n;
      const found = state.descriptor(fd, stays ? 0 : rights.fdSeek);
      state.need(whence >= 0 && whence <= 2, "EINVAL");
      if (found?.kind !== "file") {
        if (found !== undefined) state.reason(found.kind === "directory" ? "EBADF" : "ESPIPE");
        return refuse("one of them");
      }
      if (stays) state.need((found.base & (rights.fdSeek | rights.fdTell)) !== 0, "ENOTCAPABLE");
      return () => {
        const base = [0, found.position, found.node.size][whence] ?? 0;
        const position = BigInt(base) + delta;
        if (position < 0n || position > BigInt(safeMax)) refuse("EINVAL");
        found.position = Number(position);
        state.memory.writeU64(result, position);
      };
    },
    fd_tell: ([fd, result]: [number, number]) => {
      state.room(result, 8);
      const found = state.descriptor(fd);
      if (found?.kind !== "file") {
        if (found !== undefined) state.reason(found.kind === "directory" ? "EBADF" : "ESPIPE");
        return refuse("one of them");
      }
      state.need((found.base & (rights.fdSeek | rights.fdTell)) !== 0, "ENOTCAPABLE");
      return () => state.memory.writeU64(result, BigInt(found.position));
    },
  } satisfies Partial<ModelCalls>;
}

export function checkSize(state: ModelState, size: number, errno: string): void {
  const { fileBytesMax } = state.traits;
  if (fileBytesMax === "its own" ? size > 2 ** 40 && errno === "EFBIG" : size > fileBytesMax) {
    refuse("EFBIG");
  }
}

/** The buffers of a transfer; reasons where there is something wrong with them. */
function readBuffers(
  state: ModelState,
  table: number,
  count: number,
): [pointer: number, bytes: number][] {
  if (count >>> 0 > 1024) return refuse(state.reason("EINVAL"));
  if (!state.memory.has(table, count * 8)) return refuse(state.reason("EFAULT"));
  return Array.from({ length: count }, (_, index) => {
    const at = (table >>> 0) + index * 8;
    const buffer: [number, number] = [state.memory.u32(at), state.memory.u32(at + 4)];
    state.room(...buffer);
    return buffer;
  });
}

function tryBuffers(
  state: ModelState,
  table: number,
  count: number,
): [pointer: number, bytes: number][] {
  try {
    return readBuffers(state, table, count);
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}

/** Moves bytes into the buffers. */
function scatter(
  state: ModelState,
  buffers: readonly (readonly [pointer: number, bytes: number])[],
  bytes: Uint8Array,
): void {
  let done = 0;
  for (const [pointer, length] of buffers) {
    state.memory.write(pointer, bytes.subarray(done, done + length));
    done = Math.min(bytes.length, done + length);
  }
}

function gather(
  state: ModelState,
  buffers: readonly (readonly [pointer: number, bytes: number])[],
  bytesMax: number,
): Uint8Array {
  const whole: number[] = [];
  for (const [pointer, length] of buffers) {
    const take = Math.min(length, bytesMax - whole.length);
    if (take > 0) whole.push(...state.memory.bytes(pointer, take));
  }
  return Uint8Array.from(whole);
}

function readInto(
  state: ModelState,
  file: ModelFile,
  table: number,
  count: number,
  result: number,
  offset: number,
): number {
  const buffers = readBuffers(state, table, count);
  const wanted = buffers.reduce((sum, [, bytes]) => sum + bytes, 0);
  const bytes = read(file, offset, Math.min(wanted, state.traits.transferBytesMax));
  scatter(state, buffers, bytes);
  state.memory.writeU32(result, bytes.length);
  return bytes.length;
}

/** Writes to a file, as far as it may grow; where the host decides that, its answer is taken over. */
function writeFrom(
  state: ModelState,
  file: ModelFile,
  given: readonly [table: number, count: number, result: number],
  offset: number,
  errno: string,
): number {
  const [table, count, result] = given;
  const bytes = gather(state, readBuffers(state, table, count), state.traits.transferBytesMax);
  const { fileBytesMax } = state.traits;
  if (fileBytesMax === "its own" && offset + bytes.length > 2 ** 40 && errno === "EFBIG") {
    refuse("EFBIG");
  }
  const max = fileBytesMax === "its own" ? Infinity : fileBytesMax;
  if (bytes.length > 0 && offset >= max) refuse("EFBIG");
  const taken = bytes.subarray(0, Math.max(0, Math.min(bytes.length, max - offset)));
  if (taken.length > 0) write(file, offset, taken);
  state.memory.writeU32(result, taken.length);
  return taken.length;
}
