/** Sockets by the kernel's own calls (Linux), where Deno's cost more than all else that a small request does. */

import type { ListenAddress } from "../listen_address.ts";
import type { Libc } from "../libc.ts";
import { Poller, pollEvents } from "./poller.ts";
import { decodeSocketAddress, encodeSocketAddress, socketAddressBytes } from "./socket_address.ts";
import type { ClientSocket, ServerSocket } from "./sockets.ts";

// <sys/socket.h>, <netinet/tcp.h> of 64-bit Linux.
const stream = 1;
const [closeOnExec, nonblocking] = [0o2000000, 0o4000];
const [levelSocket, reuseAddress] = [1, 2];
const [levelTcp, noDelay] = [6, 1];
const shutWrite = 1;
const noSignal = 0x4000;
const backlog = 1024;

/** Clients that are accepted in one turn of the event loop: others would never have theirs in a flood of them. */
const acceptedPerTurnMax = 64;

const on = new Int32Array([1]);

/**
 * Listens by epoll; undefined where this cannot be done here, or fails: who asks then learns why from
 * `listenByDeno`.
 */
export function listenByEpoll(libc: Libc, address: ListenAddress): ServerSocket | undefined {
  const encoded = encodeSocketAddress(address);
  if (encoded === undefined) return undefined;
  const family = encoded[0] ?? 0;
  const fd = libc.socket(family, stream | closeOnExec | nonblocking, 0);
  if (fd < 0) return undefined;
  libc.setsockopt(fd, levelSocket, reuseAddress, on, on.byteLength);
  const bound = libc.bind(fd, encoded, encoded.length) === 0 && libc.listen(fd, backlog) === 0;
  if (!bound) {
    libc.close(fd);
    return undefined;
  }
  try {
    return new EpollServer(libc, fd);
  } catch {
    libc.close(fd);
    return undefined;
  }
}

/** Thrown at whoever uses a socket that is closed or broken: one value, because making one costs a stack trace. */
const broken = new Error("the connection is broken or closed");

class EpollServer implements ServerSocket {
  readonly address: ListenAddress;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #poller: Poller;
  readonly #id: number;
  readonly #peer = new Uint8Array(socketAddressBytes);
  readonly #peerBytes = new Uint32Array(1);
  #waiting: PromiseWithResolvers<ClientSocket> | undefined;
  /** Those whom nobody has asked for yet. */
  readonly #accepted: ClientSocket[] = [];
  #isClosed = false;

  /** @throws Error where the machine has nothing left to watch it with */
  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
    this.#poller = new Poller(libc);
    this.address = this.#ownAddress();
    // Watched once somebody waits.
    this.#id = this.#poller.add(fd, 0, () => this.#arrived());
  }

  get closed(): Promise<void> {
    return this.#poller.rested;
  }

  accept(): Promise<ClientSocket> {
    if (this.#isClosed) return Promise.reject(broken);
    const accepted = this.#accepted.shift();
    if (accepted !== undefined) return Promise.resolve(accepted);
    this.#waiting = Promise.withResolvers();
    this.#poller.change(this.#id, this.#fd, pollEvents.in);
    return this.#waiting.promise;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const socket of this.#accepted) socket.close();
    this.#poller.remove(this.#id, this.#fd);
    this.#libc.close(this.#fd);
    this.#waiting?.reject(broken);
  }

  #arrived(): void {
    this.#poller.change(this.#id, this.#fd, 0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (let count = 0; count < acceptedPerTurnMax; count += 1) {
      const fd = this.#next();
      if (fd < 0) break;
      this.#accepted.push(this.#client(fd));
    }
    const first = this.#accepted.shift();
    // What stands in the queue and cannot be had is told as a shortage: of descriptors, nearly always.
    if (first === undefined) waiting?.reject(new Error("the connection cannot be accepted"));
    else waiting?.resolve(first);
  }

  #next(): number {
    this.#peerBytes[0] = this.#peer.length;
    const bytes = new Uint8Array(this.#peerBytes.buffer);
    return this.#libc.accept4(this.#fd, this.#peer, bytes, closeOnExec | nonblocking);
  }

  #client(fd: number): ClientSocket {
    // What is written is whole: there is nothing to wait for (RFC 9293 §3.7.4).
    this.#libc.setsockopt(fd, levelTcp, noDelay, on, on.byteLength);
    const { hostname, port } = decodeSocketAddress(this.#peer);
    return new EpollSocket(this.#libc, this.#poller, fd, { address: hostname, port });
  }

  #ownAddress(): ListenAddress {
    const bytes = new Uint8Array(socketAddressBytes);
    const length = new Uint8Array(new Uint32Array([bytes.length]).buffer);
    this.#libc.getsockname(this.#fd, bytes, length);
    return decodeSocketAddress(bytes);
  }
}

/** Somebody who waits to read. */
interface Reader extends PromiseWithResolvers<number | null> {
  readonly into: Uint8Array;
}

class EpollSocket implements ClientSocket {
  readonly peer: ClientSocket["peer"];
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #fd: number;
  /** Undefined where it is not watched: it cannot be, or is broken, which the kernel would tell again and again. */
  #id: number | undefined;
  /** What is watched for. */
  #watched: number = pollEvents.in;
  #reader: Reader | undefined;
  #writer: PromiseWithResolvers<void> | undefined;
  #isClosed = false;

  constructor(libc: Libc, poller: Poller, fd: number, peer: ClientSocket["peer"]) {
    this.#libc = libc;
    this.#poller = poller;
    this.#fd = fd;
    this.peer = peer;
    try {
      this.#id = poller.add(fd, this.#watched, (events) => this.#told(events));
    } catch {
      // Whoever reads hears of it.
    }
  }

  /** It is read when the kernel tells that there is something: to try before would nearly always be in vain. */
  read(into: Uint8Array): Promise<number | null> {
    if (this.#isClosed) return Promise.reject(broken);
    const reader = this.#reader = { into, ...Promise.withResolvers<number | null>() };
    if (this.#id === undefined) this.#readNow(reader, true);
    else this.#watch(this.#watched | pollEvents.in);
    return reader.promise;
  }

  write(bytes: Uint8Array): number | Promise<number> {
    if (this.#isClosed) throw broken;
    const sent = this.#send(bytes);
    return sent >= 0 ? sent : this.#writeLater(bytes);
  }

  closeWrite(): Promise<void> {
    if (!this.#isClosed) this.#libc.shutdown(this.#fd, shutWrite);
    return Promise.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unwatch();
    this.#libc.close(this.#fd);
    this.#reader?.reject(broken);
    this.#writer?.reject(broken);
  }

  async #writeLater(bytes: Uint8Array): Promise<number> {
    while (this.#id !== undefined) {
      this.#writer = Promise.withResolvers();
      this.#watch(this.#watched | pollEvents.out);
      await this.#writer.promise;
      const sent = this.#send(bytes);
      if (sent >= 0) return sent;
    }
    throw broken;
  }

  #send(bytes: Uint8Array): number {
    return Number(this.#libc.send(this.#fd, own(bytes), BigInt(bytes.length), noSignal));
  }

  #told(events: number): void {
    const isBroken = (events & (pollEvents.broken | pollEvents.hungUp)) !== 0;
    const reader = this.#reader;
    if (reader !== undefined) this.#readNow(reader, isBroken);
    // Nobody reads: it is to be told no more until somebody does.
    else if ((events & pollEvents.in) !== 0) this.#watch(this.#watched & ~pollEvents.in);
    if (isBroken && this.#reader === undefined) this.#unwatch();
    if (this.#writer === undefined || !isBroken && (events & pollEvents.out) === 0) return;
    this.#watch(this.#watched & ~pollEvents.out);
    this.#writer.resolve();
    this.#writer = undefined;
  }

  #readNow(reader: Reader, isBroken: boolean): void {
    const { into } = reader;
    const count = Number(this.#libc.recv(this.#fd, own(into), BigInt(into.length), 0));
    // Nothing is there after all.
    if (count < 0 && !isBroken) return;
    this.#reader = undefined;
    if (count < 0) reader.reject(broken);
    else reader.resolve(count === 0 ? null : count);
  }

  #watch(events: number): void {
    if (this.#id === undefined || events === this.#watched) return;
    this.#watched = events;
    this.#poller.change(this.#id, this.#fd, events);
  }

  #unwatch(): void {
    if (this.#id !== undefined) this.#poller.remove(this.#id, this.#fd);
    this.#id = undefined;
  }
}

/** Nothing here is in memory that threads share: the type of most arrays does not say so. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
