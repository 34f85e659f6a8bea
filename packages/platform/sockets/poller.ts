/**
 * Who is told when a socket can be read or written: epoll(7), asked in each turn of the event loop while there is
 * something to do, and in another thread while there is not.
 *
 * A source is known by a number of its own that is never given again, not by its descriptor: the kernel may tell
 * of a socket that was closed meanwhile, whose descriptor is another one's by now.
 */

import process from "node:process";
import type { Libc } from "../libc.ts";

/** `EPOLL*` of epoll_ctl(2). What is broken is always told. */
export const pollEvents = { in: 0x1, out: 0x4, broken: 0x8, hungUp: 0x10 } as const;

/** One of those who watch a socket is told, not all of them; only from the start of watching (epoll_ctl(2)). */
export const exclusive = 1 << 28;

/** Told of what has happened, as a set of {@link pollEvents}. Must not throw. */
export type OnEvents = (events: number) => void;

const [ctlAdd, ctlDelete, ctlModify] = [1, 2, 3];

/** `struct epoll_event` is packed on x86-64, and nowhere else. */
const isPacked = process.arch === "x64";
const eventBytes = isPacked ? 12 : 16;
const dataOffset = isPacked ? 4 : 8;

/** Events that are taken at once. */
const eventsMax = 256;

/** For so long the thread asks again by itself, before another is woken for it, which takes tens of microseconds. */
const spinMs = 0.05;

/** The longest wait: a thread that waited for ever would keep a worker from being ended. */
const waitMsMax = 1_000;

const closeOnExec = 0o2000000;
const nonblocking = 0o4000;

/** Watches sockets of one thread. */
export class Poller {
  readonly #libc: Libc;
  readonly #epoll: number;
  /** Wakes whoever waits. */
  readonly #wakeUp: number;
  readonly #sources = new Map<number, OnEvents>();
  readonly #event = new DataView(new ArrayBuffer(eventBytes));
  readonly #eventOut: Uint8Array<ArrayBuffer>;
  readonly #events = new DataView(new ArrayBuffer(eventBytes * eventsMax));
  readonly #eventsIn: Uint8Array<ArrayBuffer>;
  readonly #rested = Promise.withResolvers<void>();
  #nextId: number;
  #isRunning = false;
  #idleSinceMs: number | undefined;

  /**
   * @param firstId the number of the first source, for tests
   * @throws Error where the machine has no descriptors for it
   */
  constructor(libc: Libc, firstId = 1) {
    this.#libc = libc;
    this.#nextId = firstId;
    this.#eventOut = new Uint8Array(this.#event.buffer);
    this.#eventsIn = new Uint8Array(this.#events.buffer);
    this.#epoll = libc.epoll_create1(closeOnExec);
    this.#wakeUp = libc.eventfd(0, closeOnExec | nonblocking);
    if (this.#epoll < 0 || !this.#control(ctlAdd, this.#wakeUp, pollEvents.in, 0)) {
      this.#rest();
      throw new Error("no descriptor is free (epoll)");
    }
  }

  /** Begins to watch a descriptor, and tells the number to speak of it by. Throws where the machine has no room for it. */
  add(fd: number, events: number, told: OnEvents): number {
    const id = this.#nextId++;
    if (!this.#control(ctlAdd, fd, events, id)) {
      if (!this.#isRunning) this.#rest();
      throw new Error("the socket cannot be watched (epoll)");
    }
    this.#sources.set(id, told);
    if (!this.#isRunning) {
      this.#isRunning = true;
      setImmediate(this.#turn);
    }
    return id;
  }

  /** Watches for something else from now on. */
  change(id: number, fd: number, events: number): void {
    this.#control(ctlModify, fd, events, id);
  }

  /** Watches no more until {@link resume}, which is how something is watched {@link exclusive}ly. */
  pause(fd: number): void {
    this.#control(ctlDelete, fd, 0, 0);
  }

  /** Watches again; false where the machine has no room for it. */
  resume(id: number, fd: number, events: number): boolean {
    return this.#control(ctlAdd, fd, events, id);
  }

  /** Resolves when nothing is watched any more, which ends it. */
  get rested(): Promise<void> {
    return this.#rested.promise;
  }

  /** Watches no more. To be called before the descriptor is closed. */
  remove(id: number, fd: number): void {
    this.#control(ctlDelete, fd, 0, id);
    this.#sources.delete(id);
    if (this.#sources.size === 0) this.#libc.eventfd_write(this.#wakeUp, 1n);
  }

  readonly #turn = (): void => {
    if (this.#sources.size === 0) return this.#rest();
    const count = this.#libc.epoll_wait(this.#epoll, this.#eventsIn, eventsMax, 0);
    this.#tell(count);
    if (count > 0) this.#idleSinceMs = undefined;
    else {
      const nowMs = performance.now();
      this.#idleSinceMs ??= nowMs;
      if (nowMs - this.#idleSinceMs > spinMs) return this.#waitElsewhere();
    }
    setImmediate(this.#turn);
  };

  #waitElsewhere(): void {
    void this.#libc.epoll_wait_elsewhere(this.#epoll, this.#eventsIn, eventsMax, waitMsMax)
      .then((count) => {
        this.#idleSinceMs = undefined;
        this.#tell(count);
        this.#turn();
      });
  }

  /** Nobody is left to be told, and nobody will come: the server that it is for was the first, or would have been. */
  #rest(): void {
    this.#libc.close(this.#epoll);
    this.#libc.close(this.#wakeUp);
    this.#rested.resolve();
  }

  #tell(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const at = index * eventBytes;
      const data = at + dataOffset;
      const id = this.#events.getUint32(data, true) +
        this.#events.getUint32(data + 4, true) * 2 ** 32;
      this.#sources.get(id)?.(this.#events.getUint32(at, true));
    }
  }

  #control(operation: number, fd: number, events: number, id: number): boolean {
    this.#event.setUint32(0, events, true);
    // 32 bits of numbers are used up in days by clients that connect for each request.
    this.#event.setUint32(dataOffset, id, true);
    this.#event.setUint32(dataOffset + 4, Math.floor(id / 2 ** 32), true);
    return this.#libc.epoll_ctl(this.#epoll, operation, fd, this.#eventOut) === 0;
  }
}
