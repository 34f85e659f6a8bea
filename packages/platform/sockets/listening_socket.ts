/** Sockets that listen, as Linux's calls make and borrow them: numbers of descriptors, -1 or undefined where it fails. */

import type { ListenAddress } from "../listen_address.ts";
import type { Libc } from "../libc.ts";
import {
  decodeSocketAddress,
  encodeSocketAddress,
  families,
  socketAddressBytes,
} from "./socket_address.ts";

// <sys/socket.h>, <netinet/in.h>, <netinet/tcp.h>, <fcntl.h> of 64-bit Linux.
const stream = 1;
const [closeOnExec, nonblocking] = [0o2000000, 0o4000];
const [levelSocket, reuseAddress, acceptsConnections] = [1, 2, 30];
const [levelTcp, noDelay] = [6, 1];
const [levelIpv6, ipv6Only] = [41, 26];
const [setDescriptorFlags, getFlags, setFlags, duplicateCloseOnExec] = [2, 3, 4, 1030];
const descriptorCloseOnExec = 1;

/** Clients that wait in the kernel; net.core.somaxconn may lower it. */
const backlog = 4096;

const on = new Int32Array([1]);
const off = new Int32Array([0]);

/** Makes a socket that listens and waits for nobody. */
export function openListeningSocket(libc: Libc, address: ListenAddress): number | undefined {
  const encoded = encodeSocketAddress(address);
  if (encoded === undefined) return undefined;
  const family = encoded[0] ?? 0;
  const fd = libc.socket(family, stream | nonblocking | closeOnExec, 0);
  if (fd < 0) return undefined;
  libc.setsockopt(fd, levelSocket, reuseAddress, on, on.byteLength);
  // `::` serves IPv4 too, whatever this machine's default is (ipv6(7)).
  if (family === families.inet6) libc.setsockopt(fd, levelIpv6, ipv6Only, off, off.byteLength);
  if (libc.bind(fd, encoded, encoded.length) === 0 && libc.listen(fd, backlog) === 0) return fd;
  libc.close(fd);
  return undefined;
}

/**
 * A descriptor of one's own for a socket that listens, so that closing it takes nothing from others. Undefined where
 * the number is none of such a socket.
 *
 * @param least the least number that it may have
 */
export function borrowListeningSocket(
  libc: Libc,
  inherited: number,
  least = 0,
): number | undefined {
  if (!isListening(libc, inherited)) return undefined;
  const fd = libc.fcntl(inherited, duplicateCloseOnExec, least);
  if (fd < 0) return undefined;
  // Whoever made it may have meant to wait for each client.
  libc.fcntl(fd, setFlags, libc.fcntl(fd, getFlags, 0) | nonblocking);
  return fd;
}

/** Whether a number is one of a socket that listens. */
function isListening(libc: Libc, fd: number): boolean {
  const value = new Int32Array(1);
  const [valueOut, length] = [new Uint8Array(value.buffer), lengthOf(value)];
  return Number.isInteger(fd) && fd >= 0 &&
    libc.getsockopt(fd, levelSocket, acceptsConnections, valueOut, length) === 0 && value[0] === 1;
}

/** Has processes that this one starts from now on have a descriptor by the same number, or not. */
export function setInheritable(libc: Libc, fd: number, isInheritable: boolean): void {
  libc.fcntl(fd, setDescriptorFlags, isInheritable ? 0 : descriptorCloseOnExec);
}

/** Where a socket listens. */
export function ownAddress(libc: Libc, fd: number): ListenAddress {
  const bytes = new Uint8Array(socketAddressBytes);
  libc.getsockname(fd, bytes, lengthOf(bytes));
  return decodeSocketAddress(bytes);
}

/** Takes a client out of the queue, and tells who it is. */
export function acceptClient(libc: Libc, listening: number, peer: Uint8Array<ArrayBuffer>): number {
  peerBytes[0] = peer.length;
  const fd = libc.accept4(listening, peer, peerBytesOut, closeOnExec | nonblocking);
  // What is written is whole: there is nothing to wait for (RFC 9293 §3.7.4).
  if (fd >= 0) libc.setsockopt(fd, levelTcp, noDelay, on, on.byteLength);
  return fd;
}

const peerBytes = new Uint32Array(1);
const peerBytesOut = new Uint8Array(peerBytes.buffer);

function lengthOf({ byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([byteLength]).buffer);
}
