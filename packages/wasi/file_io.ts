/**
 * Reads and writes of files, piece by piece: between two pieces others have their turn.
 *
 * The guest waits meanwhile, so nothing changes under a call but what other guests do to the same file.
 */

import { andThen, bug, ErrnoError } from "@skerry/base";
import type { Buffer } from "./arguments.ts";
import type { WasiGuest } from "./call.ts";
import type { FileDescriptor } from "./descriptor.ts";
import { fdflags } from "./layout.ts";
import { filePieceBytesMax } from "./limits.ts";

/** Reads from `offset` into the buffers; fewer bytes than they hold at the end of the file, or at the limit. */
export function readFile(
  guest: WasiGuest,
  { file }: FileDescriptor,
  buffers: readonly Buffer[],
  offset: number,
): number | Promise<number> {
  const { memory } = guest;
  const only = onlyPiece(guest, buffers);
  if (only !== undefined) {
    return memory.writeWith(only.pointer, only.bytes, (target) => file.read(target, offset));
  }
  return transfer(guest, buffers, ({ pointer, bytes }, done) => {
    return memory.writeWith(pointer, bytes, (target) => file.read(target, offset + done));
  });
}

/** Writes the buffers where `offset` says each piece belongs, and syncs where the descriptor is to. */
export function writeFile(
  guest: WasiGuest,
  { file, flags }: FileDescriptor,
  buffers: readonly Buffer[],
  offset: (done: number) => number,
): number | Promise<number> {
  const { memory, state: { writes } } = guest;
  const written = transfer(
    guest,
    buffers,
    ({ pointer, bytes }, done) =>
      writes.write(bytes, (allowed) => file.write(memory.view(pointer, allowed), offset(done))),
  );
  return andThen(written, (bytes) => {
    if ((flags & (fdflags.sync | fdflags.rsync)) !== 0) file.sync("all");
    else if ((flags & fdflags.dsync) !== 0) file.sync("data");
    return bytes;
  });
}

/** Moves one piece after the other until one comes out short; an error counts only where nothing was moved. */
function transfer(
  guest: WasiGuest,
  buffers: readonly Buffer[],
  move: (piece: Buffer, done: number) => number,
): number | Promise<number> {
  const only = onlyPiece(guest, buffers);
  if (only !== undefined) return move(only, 0);
  const pieces = piecesOf(buffers, guest.state.limits.transferBytesMax);
  const goOn = (from: number, before: number): number | Promise<number> => {
    let done = before;
    for (let index = from; index < pieces.length; index += 1) {
      const turn = index > from ? guest.turn() : undefined;
      if (turn !== undefined) return turn.then(() => goOn(index, done));
      const piece = pieces[index] ?? bug("a piece has gone");
      try {
        const moved = move(piece, done);
        done += moved;
        if (moved < piece.bytes) return done;
      } catch (error) {
        if (done === 0 || !(error instanceof ErrnoError)) throw error;
        return done;
      }
    }
    return done;
  };
  return goOn(0, 0);
}

/** The buffer that is moved in one piece, as most are. */
function onlyPiece({ state }: WasiGuest, buffers: readonly Buffer[]): Buffer | undefined {
  const only = buffers[0];
  if (only === undefined || buffers.length > 1 || only.bytes === 0) return undefined;
  const bytesMax = Math.min(filePieceBytesMax, state.limits.transferBytesMax);
  return only.bytes <= bytesMax ? only : undefined;
}

/** The buffers up to so many bytes in all, large ones cut, empty ones left out. */
function piecesOf(buffers: readonly Buffer[], bytesMax: number): Buffer[] {
  const pieces: Buffer[] = [];
  let left = bytesMax;
  for (const { pointer, bytes } of buffers) {
    const end = pointer + Math.min(bytes, left);
    left -= end - pointer;
    for (let at = pointer; at < end; at += filePieceBytesMax) {
      pieces.push({ pointer: at, bytes: Math.min(end - at, filePieceBytesMax) });
    }
  }
  return pieces;
}
