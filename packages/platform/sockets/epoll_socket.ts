/** A client's connection by the kernel's own calls (Linux), where Deno's cost more than all else that a small request does. */

import type { Libc } from "../libc.ts";
import { type Poller, pollEvents } from "./poller.ts";
import { type ClientSocket, closedSocket, type NextStep } from "./sockets.ts";

// <sys/socket.h> of 64-bit Linux.
const shutWrite = 1;
const noSignal = 0x4000;
const more = 0x8000;

/** Somebody who waits to read. */
interface Reader extends PromiseWithResolvers<number | null> {
  readonly into: Uint8Array;
}

/** A connection that was accepted. */
export class EpollSocket implements ClientSocket {
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
    if (this.#isClosed) return Promise.reject(closedSocket);
    const reader = this.#reader = { into, ...Promise.withResolvers<number | null>() };
    if (this.#id === undefined) this.#readNow(reader, true);
    else this.#watch(this.#watched | pollEvents.in);
    return reader.promise;
  }

  write(bytes: Uint8Array, next: NextStep = "other"): number | Promise<number> {
    if (this.#isClosed) throw closedSocket;
    const sent = this.#send(bytes, next === "write" ? noSignal | more : noSignal);
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
    this.#reader?.reject(closedSocket);
    this.#writer?.reject(closedSocket);
  }

  async #writeLater(bytes: Uint8Array): Promise<number> {
    while (this.#id !== undefined) {
      this.#writer = Promise.withResolvers();
      this.#watch(this.#watched | pollEvents.out);
      await this.#writer.promise;
      const sent = this.#send(bytes);
      if (sent >= 0) return sent;
    }
    throw closedSocket;
  }

  #send(bytes: Uint8Array, flags = noSignal): number {
    return Number(this.#libc.send(this.#fd, own(bytes), sizeOf(bytes), flags));
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
    const count = Number(this.#libc.recv(this.#fd, own(into), sizeOf(into), 0));
    // Nothing is there after all.
    if (count < 0 && !isBroken) return;
    this.#reader = undefined;
    if (count < 0) reader.reject(closedSocket);
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

/** Lengths as the C library takes them: to make one costs as much as half a call. */
const sizes: bigint[] = [];
/** Whatever is larger takes much longer than its length. */
const sizesMax = 8 * 1024;

function sizeOf({ length }: Uint8Array): bigint {
  return length > sizesMax ? BigInt(length) : sizes[length] ??= BigInt(length);
}

/** Nothing here is in memory that threads share: the type of most arrays does not say so. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
