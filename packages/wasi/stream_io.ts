/** Reads and writes of streams, which may wait: standard ones and connections. */

import { BugError, type ByteSink, copyBytes, ErrnoError, fail, newBytes } from "@skerry/base";
import type { GuestMemory } from "@skerry/sandbox";
import { afterTurn } from "./after_turn.ts";
import type { Buffer } from "./arguments.ts";
import type { WasiGuest } from "./call.ts";
import type { InputDescriptor } from "./descriptor.ts";
import { fdflags } from "./layout.ts";
import { streamChunkBytesMax } from "./limits.ts";

/** Reads what there is into the buffers, waiting for the first byte (EAGAIN where it is not to wait). */
export function readStream(
  guest: WasiGuest,
  { stream, flags }: Pick<InputDescriptor, "stream" | "flags">,
  buffers: readonly Buffer[],
): number | Promise<number> {
  const { memory, signal } = guest;
  const bytesMax = sumOf(buffers);
  if (bytesMax === 0) return 0;
  const finish = () => scatter(memory, buffers, stream.take(bytesMax));
  stream.prepare();
  if (stream.available !== undefined) return finish();
  // A guest that was ended while it waited is not touched again.
  const finishLater = () => signal.aborted ? 0 : finish();
  if ((flags & fdflags.nonblock) === 0) return stream.ready(signal).then(finishLater);
  return afterTurn(guest, () => stream.has(1) ? finishLater() : fail("EAGAIN"));
}

/**
 * Writes the buffers in pieces, each when the sink is ready for it (EPIPE where it has closed), and at most
 * `transferBytesMax` of them.
 */
export function writeStream(
  guest: WasiGuest,
  sink: ByteSink,
  buffers: readonly Buffer[],
): number | Promise<number> {
  const { memory } = guest;
  const bytes = sumOf(buffers);
  // As most writes are: one piece.
  if (bytes <= streamChunkBytesMax) return writePiece(sink, gathered(memory, buffers, bytes));
  const taken = firstBytes(buffers, guest.state.limits.transferBytesMax);
  return pump(guest, pieces(memory, taken), sink, 0);
}

/** The bytes of all buffers. */
export function sumOf(buffers: readonly Buffer[]): number {
  let sum = 0;
  for (const { bytes } of buffers) sum += bytes;
  return sum;
}

/** A copy of all buffers, for a sink to keep. */
function gathered(memory: GuestMemory, buffers: readonly Buffer[], bytes: number): Uint8Array {
  const [only] = buffers;
  if (buffers.length === 1 && only !== undefined) {
    return copyBytes(memory.view(only.pointer, only.bytes));
  }
  const piece = newBytes(bytes);
  let filled = 0;
  for (const buffer of buffers) {
    if (buffer.bytes === 0) continue;
    piece.set(memory.view(buffer.pointer, buffer.bytes), filled);
    filled += buffer.bytes;
  }
  return piece;
}

function writePiece(sink: ByteSink, piece: Uint8Array): number | Promise<number> {
  const { length } = piece;
  if (length === 0) return 0;
  try {
    const waiting = sink.write(piece);
    return waiting === undefined ? length : waiting.then(() => length, brokenAtStart);
  } catch (error) {
    return brokenAtStart(error);
  }
}

/** A sink that fails before it has taken anything. */
function brokenAtStart(error: unknown): never {
  if (error instanceof BugError || error instanceof ErrnoError) throw error;
  return fail("EPIPE");
}

/** The buffers up to so many bytes in all; the last may be cut. */
function firstBytes(buffers: readonly Buffer[], bytesMax: number): Buffer[] {
  let left = bytesMax;
  return buffers.map(({ pointer, bytes }) => {
    const taken = Math.min(bytes, left);
    left -= taken;
    return { pointer, bytes: taken };
  });
}

/** Puts bytes into the buffers, one after the other; gives how many there were. */
export function scatter(
  memory: GuestMemory,
  buffers: readonly Buffer[],
  bytes: Uint8Array,
): number {
  let from = 0;
  for (const buffer of buffers) {
    const piece = bytes.subarray(from, from + buffer.bytes);
    memory.write(buffer.pointer, piece);
    from += piece.length;
  }
  return bytes.length;
}

function pump(
  guest: WasiGuest,
  source: Iterator<Uint8Array>,
  sink: ByteSink,
  writtenBefore: number,
): number | Promise<number> {
  let written = writtenBefore;
  const broken = (error: unknown) => {
    if (error instanceof BugError) throw error;
    return written > 0 ? written : brokenAtStart(error);
  };
  for (let next = source.next(); next.done !== true; next = source.next()) {
    const piece = next.value;
    let waiting: void | Promise<void>;
    try {
      waiting = sink.write(piece);
    } catch (error) {
      return broken(error);
    }
    const total = written + piece.length;
    if (waiting !== undefined) {
      const { signal } = guest;
      return waiting.then(() => signal.aborted ? total : pump(guest, source, sink, total), broken);
    }
    written = total;
    // A sink that never waits lets nobody else have a turn.
    const turn = guest.turn();
    if (turn !== undefined) return turn.then(() => pump(guest, source, sink, total));
  }
  return written;
}

/** The buffers' bytes, copied: small buffers together, large ones cut. */
function* pieces(memory: GuestMemory, buffers: readonly Buffer[]): Generator<Uint8Array> {
  let left = sumOf(buffers);
  let piece = new Uint8Array(Math.min(left, streamChunkBytesMax));
  let filled = 0;
  for (const buffer of buffers) {
    for (let from = 0; from < buffer.bytes;) {
      const length = Math.min(buffer.bytes - from, piece.length - filled);
      piece.set(memory.view(buffer.pointer + from, length), filled);
      from += length;
      filled += length;
      if (filled < piece.length) continue;
      left -= filled;
      yield piece;
      piece = new Uint8Array(Math.min(left, streamChunkBytesMax));
      filled = 0;
    }
  }
}
