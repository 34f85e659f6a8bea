/** What goes over a connection. */

import { fail } from "@skerry/base";
import { afterTurn } from "./after_turn.ts";
import type { Buffer } from "./arguments.ts";
import type { WasiGuest } from "./call.ts";
import type { ConnectionDescriptor } from "./descriptor.ts";
import { fdflags, riflags } from "./layout.ts";
import { scatter, sumOf, writeStream } from "./stream_io.ts";

/** Sends the buffers as `fd_write` does, too: at once or not at all where the descriptor is not to wait. */
export function send(
  guest: WasiGuest,
  connection: ConnectionDescriptor,
  buffers: readonly Buffer[],
): number | Promise<number> {
  const { output } = connection;
  if (!isUnwaiting(connection)) return writeStream(guest, output, buffers);
  const offer = () => writeStream(guest, output.unwaiting, buffers);
  return output.isReady ? offer() : afterTurn(guest, () => guest.signal.aborted ? 0 : offer());
}

/** Receives into the buffers: what there is, waiting for the first byte, or as `$riflags` say. */
export function receive(
  guest: WasiGuest,
  connection: ConnectionDescriptor,
  buffers: readonly Buffer[],
  flags: number,
): number | Promise<number> {
  const { memory, signal, state } = guest;
  const bytesMax = Math.min(sumOf(buffers), state.limits.transferBytesMax);
  if (bytesMax === 0) return 0;
  const { stream } = connection;
  const peeks = (flags & riflags.recvPeek) !== 0;
  const waits = !isUnwaiting(connection);
  const wantsAll = waits && (flags & riflags.recvWaitall) !== 0;
  let received = 0;
  /** Receives what there is, and then the rest where all is wanted. */
  const take = (): number | Promise<number> => {
    if (received > 0 && stream.isBroken) return received;
    const bytes = peeks ? stream.peek(bytesMax) : stream.take(bytesMax - received);
    received += scatter(memory, after(buffers, received), bytes);
    const done = bytes.length === 0 || received === bytesMax || peeks;
    return done || !wantsAll ? received : wait();
  };
  const wait = (): number | Promise<number> => {
    const wanted = wantsAll ? bytesMax - received : 1;
    stream.prepare(wanted);
    if (stream.has(wanted)) return take();
    if (waits) {
      return stream.ready(signal, wanted).then(() => signal.aborted ? received : take());
    }
    return afterTurn(guest, () => {
      if (signal.aborted) return 0;
      return stream.has(1) ? take() : fail("EAGAIN");
    });
  };
  return wait();
}

/** The buffers without their first bytes. */
function after(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let left = bytes;
  return buffers.map((buffer) => {
    const skipped = Math.min(left, buffer.bytes);
    left -= skipped;
    return { pointer: buffer.pointer + skipped, bytes: buffer.bytes - skipped };
  });
}

/** Whether calls on a descriptor are to answer EAGAIN instead of waiting. */
export function isUnwaiting({ flags }: { readonly flags: number }): boolean {
  return (flags & fdflags.nonblock) !== 0;
}
