/**
 * An HTTP/1.1 server on this machine, by the kernel's sockets where it is Linux, else by Deno's.
 *
 * Not by `Deno.serve`: in Deno 2.8.3 to 2.9.5 it stalls a request's body for ever once a streamed response has
 * begun (denoland/deno#36624), has no time limits for a connection, and takes what others read differently.
 * Not by `node:http`: it takes twice the time. What speaks HTTP is in `http1/`.
 */

import type { HttpRequest, HttpResponse } from "@skerry/http";
import { AddressCounts } from "./address_counts.ts";
import { Connection } from "./http1/connection.ts";
import type { Exchanges, Peer, ServedConnection } from "./http1/exchanges.ts";
import type { Refusal } from "./http1/refusal.ts";
import { SeenHeads } from "./http1/seen_heads.ts";
import type { ListenAddress } from "./listen_address.ts";
import { defaultListenLimits, type ListenLimits } from "./listen_limits.ts";
import { bind, type SharedAddress, type Sockets } from "./shared_socket.ts";
import { ClientLeft, type ClientSocket, type ServerSocket } from "./sockets/sockets.ts";
import { Turns } from "./turns.ts";

/** Answers a request. */
export type Handler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** What {@link listen} may be told. */
export interface ListenOptions {
  /** Bounds that differ from the usual ones. */
  readonly limits?: Partial<ListenLimits>;
  /** Whose sockets: `deno` for Deno's own even where the kernel's are to be had. */
  readonly sockets?: Sockets;
  /** Told of what a handler throws, which is a mistake of ours: its client is answered 500. */
  readonly onFault?: (error: unknown) => void;
  /** Told of what never becomes a request: it is malformed, too large or too slow. */
  readonly onRefused?: (refusal: Refusal, peer: Peer) => void;
}

/** A server that listens. */
export interface Listener {
  readonly address: ListenAddress;
  /** Takes no more connections, lets what is under way end for `graceMs`, then cuts it off. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts a server. Resolves once it listens. At a shared address others may listen as well, each for its part of the
 * clients; closing this one leaves those who wait to the others. It is to be closed before a worker that it runs in is
 * ended: the runtime knows nothing of the kernel's sockets, which would stay open, and clients wait there for ever.
 *
 * @throws SkerryError SKERRY_LISTEN_FAILED where the address cannot be had
 */
export function listen(
  address: ListenAddress | SharedAddress,
  handler: Handler,
  options: ListenOptions = {},
): Promise<Listener> {
  return new Promise((resolve) =>
    resolve(serve(bind(address, options.sockets ?? "any"), handler, options))
  );
}

/** Makes a client's socket a connection that speaks HTTP. */
export type OpenConnection = (socket: ClientSocket, exchanges: Exchanges) => ServedConnection;

/** Serves on a socket that listens; HTTP/1.1 unless told otherwise. */
export function serve(
  socket: ServerSocket,
  handler: Handler,
  options: ListenOptions = {},
  open: OpenConnection = (client, exchanges) => new Connection(client, client.peer, exchanges),
): Listener {
  return new Server(socket, handler, options, open);
}

/** How long a machine that is short of something is left alone before the next connection is tried. */
const acceptAgainMs = 50;

const tooMany: Refusal = { status: 503, why: "there are too many connections" };
const tooManyOfOne: Refusal = {
  status: 503,
  why: "there are too many connections from one address",
};

/** A socket that listens, and its connections. */
class Server implements Listener, Exchanges {
  readonly limits: ListenLimits;
  readonly heads: SeenHeads;
  readonly onFault: (error: unknown) => void;
  readonly onRefused: (refusal: Refusal, peer: Peer) => void;
  isClosing = false;
  date = new Date().toUTCString();
  readonly #socket: ServerSocket;
  readonly #handler: Handler;
  readonly #open: OpenConnection;
  readonly #turns = new Turns();
  readonly #connections = new Set<ServedConnection>();
  readonly #addresses: AddressCounts;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #accepting: Promise<void>;

  constructor(
    socket: ServerSocket,
    handler: Handler,
    options: ListenOptions,
    open: OpenConnection,
  ) {
    this.limits = { ...defaultListenLimits, ...options.limits };
    this.heads = new SeenHeads(this.limits.fieldsMax);
    this.#addresses = new AddressCounts(this.limits.connectionsPerAddressMax);
    this.onFault = options.onFault ?? (() => {});
    this.onRefused = options.onRefused ?? (() => {});
    this.#socket = socket;
    this.#handler = handler;
    this.#open = open;
    this.#timer = setInterval(() => this.#checkTime(), checkEveryMs(this.limits));
    this.#accepting = this.#accept();
  }

  get address(): ListenAddress {
    return this.#socket.address;
  }

  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    return this.#turns.take(() => this.#handler(request));
  }

  async close(graceMs: number): Promise<void> {
    if (!this.isClosing) this.#socket.close();
    this.isClosing = true;
    for (const connection of this.#connections) connection.closeSoon();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.close();
    }, graceMs);
    await this.#accepting;
    await Promise.all([...this.#connections].map(({ closed }) => closed));
    await this.#socket.closed;
    clearTimeout(timer);
    clearInterval(this.#timer);
  }

  async #accept(): Promise<void> {
    while (!this.isClosing) {
      try {
        this.#serve(await this.#socket.accept());
      } catch (error) {
        // No descriptor that is free, most likely: the next one may do better, but not at once.
        if (this.isClosing || error instanceof ClientLeft) continue;
        await new Promise((resolve) => setTimeout(resolve, acceptAgainMs));
      }
    }
  }

  #serve(socket: ClientSocket): void {
    const { peer } = socket;
    const isFull = this.#connections.size >= this.limits.connectionsMax;
    if (isFull || !this.#addresses.enter(peer.address)) {
      this.onRefused(isFull ? tooMany : tooManyOfOne, peer);
      return socket.close();
    }
    const connection = this.#open(socket, this);
    this.#connections.add(connection);
    void connection.closed.then(() => {
      this.#connections.delete(connection);
      this.#addresses.leave(peer.address);
    });
    // Nobody else will answer whoever was accepted while this one closed.
    if (this.isClosing) connection.closeSoon();
  }

  #checkTime(): void {
    this.date = new Date().toUTCString();
    const nowMs = performance.now();
    for (const connection of this.#connections) connection.checkTime(nowMs);
  }
}

/** Often enough that no limit is passed by much more than a quarter of it, and the date is right to a second. */
function checkEveryMs(
  limits: ListenLimits,
): number {
  const shortest = Math.min(
    limits.connectionIdleMsMax,
    limits.headerWallMsMax,
    limits.receiveWallMsMax,
    limits.receiveStallWallMsMax,
    limits.exchangeWallMsMax,
    limits.sendStallWallMsMax,
    limits.tunnelIdleMsMax,
  );
  return Math.min(500, Math.max(1, shortest / 4));
}
