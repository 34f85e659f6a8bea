/** Sockets: accepting connections from a listener that was handed over, and what goes over a connection. */

import { andThen, emptySource, fail } from "@skerry/base";
import { afterTurn } from "./after_turn.ts";
import { checkRight, readBuffers, readFlags } from "./arguments.ts";
import { waitingCall, type WasiGuest } from "./call.ts";
import {
  type ConnectionDescriptor,
  connectionDescriptor,
  type ListenerDescriptor,
} from "./descriptor.ts";
import { InputStream } from "./input_stream.ts";
import { fdflags, riflags, sdflags } from "./layout.ts";
import { rights } from "./rights.ts";
import { isUnwaiting, receive, send } from "./socket_io.ts";

export const sockAccept = waitingCall(["i32", "i32", "i32"], (guest, fd, flags, result) => {
  const { memory, signal, state: { descriptors } } = guest;
  memory.check(result, 4);
  const listener = listenerAt(guest, fd);
  readFlags(flags, fdflags.nonblock);
  descriptors.checkSpace();
  const { acceptor } = listener;
  const finish = () => {
    const connection = connectionDescriptor(acceptor.take(), listener.inheriting, flags);
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
