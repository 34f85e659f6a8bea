/** A client's connection by the kernel's own calls (Linux), where Deno's cost more than all else that a small request does. */

import type { Libc } from "../libc.ts";
import { type Outbox, postedBytesMax, type Sender } from "./outbox.ts";
import { type Poller, pollEvents } from "./poller.ts";
import { type ClientSocket, closedSocket, type NextStep } from "./sockets.ts";

// <sys/socket.h> of 64-bit Linux.
const shutWrite = 1;
const noSignal = 0x4000;
const more = 0x8000;

/** For so long a socket that is closed sends what was taken of its last writes, where its client has no room for it. */
const lingerMsMax = 5_000;

/** Somebody who waits to read. */
interface Reader {
  readonly into: Uint8Array;
  readonly resolve: (count: number | null) => void;
  readonly reject: (error: unknown) => void;
}

/** A connection that was accepted. */
export class EpollSocket implements ClientSocket, Sender {
  readonly peer: ClientSocket["peer"];
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #outbox: Outbox;
  readonly #fd: number;
  /** Undefined where it is not watched: it cannot be, or is broken, which the kernel would tell again and again. */
  #id: number | undefined;
  /** What is watched for. */
  #watched: number = pollEvents.in;
  #reader: Reader | undefined;
  #writer: PromiseWithResolvers<void> | undefined;
  /** Whether something of it is in the outbox. */
  #isPosted = false;
  /** What was taken and had no room. */
  #owed: Uint8Array | undefined;
  #isClosed = false;
  #lingering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    libc: Libc,
    poller: Poller,
    outbox: Outbox,
    fd: number,
    peer: ClientSocket["peer"],
  ) {
    this.#libc = libc;
    this.#poller = poller;
    this.#outbox = outbox;
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
    return new Promise((resolve, reject) => {
      const reader = this.#reader = { into, resolve, reject };
      if (this.#id === undefined) this.#readNow(reader, true);
      else this.#watch(this.#watched | pollEvents.in);
    });
  }

  write(bytes: Uint8Array, next: NextStep = "other"): number | Promise<number> {
    if (this.#isClosed) throw closedSocket;
    // Of several in one turn each other one is sent at once: so little is owed, whatever is asked for.
    const mayWait = !this.#isPosted && this.#owed === undefined;
    if (next === "other" && bytes.length <= postedBytesMax && mayWait) {
      this.#isPosted = true;
      this.#outbox.add(this, bytes);
      return bytes.length;
    }
    this.#sendPosted();
    if (this.#owed !== undefined) return this.#writeLater(bytes);
    const sent = this.#send(bytes, bytes.length, next === "write" ? noSignal | more : noSignal);
    return sent >= 0 ? sent : this.#writeLater(bytes);
  }

  post(bytes: Uint8Array, length: number): void {
    this.#isPosted = false;
    if (this.#isClosed) return;
    const sent = Math.max(0, this.#send(bytes, length));
    if (sent === length) return;
    this.#owed = bytes.slice(sent, length);
    this.#watch(this.#watched | pollEvents.out);
  }

  async closeWrite(): Promise<void> {
    this.#sendPosted();
    while (this.#owed !== undefined && this.#id !== undefined) await this.#room();
    if (!this.#isClosed) this.#libc.shutdown(this.#fd, shutWrite);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#sendPosted();
    this.#isClosed = true;
    this.#reader?.reject(closedSocket);
    this.#writer?.reject(closedSocket);
    if (this.#owed === undefined || this.#id === undefined) return this.#letGo();
    this.#watch(pollEvents.out);
    this.#lingering = setTimeout(() => this.#letGo(), lingerMsMax);
  }

  #letGo(): void {
    clearTimeout(this.#lingering);
    this.#unwatch();
    this.#libc.close(this.#fd);
  }

  /** Sends what waits for others in its turn, where what comes next does not wait. */
  #sendPosted(): void {
    if (this.#isPosted) this.#outbox.flush();
  }

  /** Resolves when there may be room again, or it is known that it is broken. */
  #room(): Promise<void> {
    this.#writer ??= Promise.withResolvers();
    this.#watch(this.#watched | pollEvents.out);
    return this.#writer.promise;
  }

  async #writeLater(bytes: Uint8Array): Promise<number> {
    while (this.#id !== undefined) {
      await this.#room();
      const sent = this.#owed === undefined ? this.#send(bytes, bytes.length) : -1;
      if (sent >= 0) return sent;
    }
    throw closedSocket;
  }

  /** Sends what is owed; whether nothing of it is left. */
  #sendOwed(): boolean {
    if (this.#owed === undefined) return true;
    const sent = Math.max(0, this.#send(this.#owed, this.#owed.length));
    this.#owed = sent === this.#owed.length ? undefined : this.#owed.subarray(sent);
    return this.#owed === undefined;
  }

  #send(bytes: Uint8Array, length: number, flags = noSignal): number {
    return Number(this.#libc.send(this.#fd, own(bytes), sizeOf(length), flags));
  }

  #told(events: number): void {
    const isBroken = (events & (pollEvents.broken | pollEvents.hungUp)) !== 0;
    if (this.#isClosed) {
      if (isBroken || this.#sendOwed()) this.#letGo();
      return;
    }
    const reader = this.#reader;
    if (reader !== undefined) this.#readNow(reader, isBroken);
    // Nobody reads: it is to be told no more until somebody does.
    else if ((events & pollEvents.in) !== 0) this.#watch(this.#watched & ~pollEvents.in);
    if (isBroken && this.#reader === undefined) this.#unwatch();
    if (!isBroken && (events & pollEvents.out) === 0) return;
    if (!isBroken && !this.#sendOwed()) return;
    this.#watch(this.#watched & ~pollEvents.out);
    this.#writer?.resolve();
    this.#writer = undefined;
  }

  #readNow(reader: Reader, isBroken: boolean): void {
    const { into } = reader;
    const count = Number(this.#libc.recv(this.#fd, own(into), sizeOf(into.length), 0));
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

function sizeOf(length: number): bigint {
  return length > sizesMax ? BigInt(length) : sizes[length] ??= BigInt(length);
}

/** Nothing here is in memory that threads share: the type of most arrays does not say so. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
