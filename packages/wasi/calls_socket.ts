/** Sockets: accepting connections from a listener that was handed over, and what goes over a connection. */

import { emptySource } from "@skerry/base";
import { afterTurn } from "./after_turn.ts";
import { andThen } from "./and_then.ts";
import { type Buffer, checkRight, readBuffers, readFlags } from "./arguments.ts";
import { waitingCall, type WasiGuest } from "./call.ts";
import {
  type ConnectionDescriptor,
  connectionDescriptor,
  type ListenerDescriptor,
} from "./descriptor.ts";
import { fail } from "./errno.ts";
import { InputStream } from "./input_stream.ts";
import { fdflags, riflags, sdflags } from "./layout.ts";
import { rights } from "./rights.ts";
import { scatter, sumOf, writeStream } from "./stream_io.ts";

export const sockAccept = waitingCall(["i32", "i32", "i32"], (guest, fd, flags, result) => {
  const { memory, signal, state: { descriptors } } = guest;
  memory.check(result, 4);
  const listener = listenerAt(guest, fd);
  readFlags(flags, fdflags.nonblock);
  descriptors.checkSpace();
  const { acceptor } = listener;
  const finish = () => {
    const connection = connectionDescriptor(acceptor.take(), listener, flags);
    memory.writeU32(result, descriptors.add(connection));
  };
  acceptor.prepare();
  if (acceptor.isReady) return finish();
  if (isUnwaiting(listener)) return afterTurn(guest, () => signal.aborted ? undefined : finish());
  return acceptor.ready(signal).then(() => signal.aborted ? undefined : finish());
});

export const sockRecv = waitingCall(
  ["i32", "i32", "i32", "i32", "i32", "i32"],
  (guest, fd, data, count, flags, resultBytes, resultFlags) => {
    const { memory } = guest;
    memory.check(resultBytes, 4);
    memory.check(resultFlags, 2);
    const connection = connectionAt(guest, fd, rights.fdRead);
    readFlags(flags, riflags.recvPeek | riflags.recvWaitall);
    const buffers = readBuffers(guest, data, count);
    return andThen(receive(guest, connection, buffers, flags), (bytes) => {
      memory.writeU32(resultBytes, bytes);
      // Only messages are truncated; a stream keeps what did not fit.
      memory.writeU16(resultFlags, 0);
    });
  },
);

export const sockSend = waitingCall(
  ["i32", "i32", "i32", "i32", "i32"],
  (guest, fd, data, count, flags, result) => {
    const { memory } = guest;
    memory.check(result, 4);
    const connection = connectionAt(guest, fd, rights.fdWrite);
    // "As there are currently no flags defined, it must be set to zero" (typenames.witx, $siflags).
    readFlags(flags, 0);
    const buffers = readBuffers(guest, data, count);
    return andThen(send(guest, connection, buffers), (bytes) => memory.writeU32(result, bytes));
  },
);

export const sockShutdown = waitingCall(["i32", "i32"], (guest, fd, how) => {
  const connection = connectionAt(guest, fd, rights.sockShutdown);
  if (readFlags(how, sdflags.rd | sdflags.wr) === 0) fail("EINVAL");
  if ((how & sdflags.rd) !== 0) connection.stream = new InputStream(emptySource);
  if ((how & sdflags.wr) !== 0) return connection.output.shut();
});

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

function receive(
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

function isUnwaiting({ flags }: { readonly flags: number }): boolean {
  return (flags & fdflags.nonblock) !== 0;
}

/** A socket that listens (EBADF, ENOTSOCK, EINVAL for a connection, as accept(2)) and may be accepted from (ENOTCAPABLE). */
function listenerAt({ state }: WasiGuest, fd: number): ListenerDescriptor {
  const descriptor = state.descriptors.get(fd);
  if (descriptor.kind === "connection") return fail("EINVAL");
  if (descriptor.kind !== "listener") return fail("ENOTSOCK");
  checkRight(descriptor, rights.sockAccept);
  return descriptor;
}

/** A connection (EBADF, ENOTSOCK, ENOTCONN for a listener) that has a right (ENOTCAPABLE). */
function connectionAt({ state }: WasiGuest, fd: number, right: number): ConnectionDescriptor {
  const descriptor = state.descriptors.get(fd);
  if (descriptor.kind === "listener") return fail("ENOTCONN");
  if (descriptor.kind !== "connection") return fail("ENOTSOCK");
  checkRight(descriptor, right);
  return descriptor;
}
