/** A socket that listens, by the kernel's own calls (Linux): alone, or one that others listen on as well. */

import type { ListenAddress } from "../listen_address.ts";
import type { Libc } from "../libc.ts";
import { EpollSocket } from "./epoll_socket.ts";
import {
  acceptClient,
  borrowListeningSocket,
  openListeningSocket,
  ownAddress,
} from "./listening_socket.ts";
import { Outbox } from "./outbox.ts";
import { exclusive, Poller, pollEvents } from "./poller.ts";
import { clientAddress, socketAddressBytes } from "./socket_address.ts";
import { type ClientSocket, closedSocket, type ServerSocket } from "./sockets.ts";

/** Clients that are accepted in one turn of the event loop: others would never have theirs in a flood of them. */
const acceptedPerTurnMax = 64;

/** Where others listen on the same socket, they have their share of those who wait. */
const acceptedPerTurnSharedMax = 1;

/** So often in a row another listener may have been faster; beyond that something is short. */
const inVainMax = 3;

/**
 * How often a shared socket is watched anew. The kernel wakes one listener for each client; the client of one that
 * was killed just then would wait for the next client to come.
 */
const watchAgainMs = 100;

/**
 * Listens by epoll; undefined where this cannot be done here, or fails: who asks then learns why from
 * `listenByDeno`.
 */
export function listenByEpoll(libc: Libc, address: ListenAddress): ServerSocket | undefined {
  return serve(libc, openListeningSocket(libc, address), "own");
}

/**
 * Listens on a socket that others listen on too, in this process or another, by a descriptor of its own; undefined
 * where there is no such socket.
 */
export function shareByEpoll(libc: Libc, inherited: number): ServerSocket | undefined {
  return serve(libc, borrowListeningSocket(libc, inherited), "shared");
}

function serve(
  libc: Libc,
  fd: number | undefined,
  use: "own" | "shared",
): ServerSocket | undefined {
  if (fd === undefined) return undefined;
  try {
    return new EpollServer(libc, fd, use);
  } catch {
    libc.close(fd);
    return undefined;
  }
}

class EpollServer implements ServerSocket {
  readonly address: ListenAddress;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #isShared: boolean;
  readonly #poller: Poller;
  readonly #outbox = new Outbox();
  readonly #id: number;
  readonly #again: ReturnType<typeof setInterval> | undefined;
  readonly #peer = new Uint8Array(socketAddressBytes);
  #waiting: PromiseWithResolvers<ClientSocket> | undefined;
  /** Those whom nobody has asked for yet. */
  readonly #accepted: ClientSocket[] = [];
  /** How often in a row there was nobody to accept. */
  #inVain = 0;
  #isClosed = false;

  /** @throws Error where the machine has nothing left to watch it with */
  constructor(libc: Libc, fd: number, use: "own" | "shared") {
    this.#libc = libc;
    this.#fd = fd;
    this.#isShared = use === "shared";
    this.#poller = new Poller(libc);
    this.address = ownAddress(libc, fd);
    // Watched once somebody waits.
    this.#id = this.#poller.add(fd, 0, () => this.#arrived());
    if (!this.#isShared) return;
    this.#poller.pause(fd);
    this.#again = setInterval(() => this.#watchAgain(), watchAgainMs);
  }

  get closed(): Promise<void> {
    return this.#poller.rested;
  }

  accept(): Promise<ClientSocket> {
    if (this.#isClosed) return Promise.reject(closedSocket);
    const accepted = this.#accepted.shift();
    if (accepted !== undefined) return Promise.resolve(accepted);
    if (!this.#watch()) return Promise.reject(shortage());
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#again);
    for (const socket of this.#accepted) socket.close();
    this.#poller.remove(this.#id, this.#fd);
    this.#libc.close(this.#fd);
    this.#waiting?.reject(closedSocket);
  }

  #arrived(): void {
    this.#unwatch();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const countMax = this.#isShared ? acceptedPerTurnSharedMax : acceptedPerTurnMax;
    for (let count = 0; count < countMax; count += 1) {
      const fd = acceptClient(this.#libc, this.#fd, this.#peer);
      if (fd < 0) break;
      this.#accepted.push(
        new EpollSocket(this.#libc, this.#poller, this.#outbox, fd, clientAddress(this.#peer)),
      );
    }
    const first = this.#accepted.shift();
    this.#inVain = first === undefined ? this.#inVain + 1 : 0;
    if (first !== undefined) waiting?.resolve(first);
    else if (waiting !== undefined && this.#mayTryAgain()) this.#waiting = waiting;
    else waiting?.reject(shortage());
  }

  #mayTryAgain(): boolean {
    return this.#isShared && this.#inVain < inVainMax && this.#watch();
  }

  /** What is shared is watched so that one of its listeners is woken; that cannot be changed, only given up (epoll_ctl(2)). */
  #watch(): boolean {
    if (this.#isShared) return this.#poller.resume(this.#id, this.#fd, pollEvents.in | exclusive);
    this.#poller.change(this.#id, this.#fd, pollEvents.in);
    return true;
  }

  #unwatch(): void {
    if (this.#isShared) this.#poller.pause(this.#fd);
    else this.#poller.change(this.#id, this.#fd, 0);
  }

  #watchAgain(): void {
    if (this.#waiting === undefined) return;
    this.#unwatch();
    if (this.#watch()) return;
    this.#waiting.reject(shortage());
    this.#waiting = undefined;
  }
}

/** What stands in the queue and cannot be had is told as a shortage: of descriptors, nearly always. */
function shortage(): Error {
  return new Error("the connection cannot be accepted");
}
