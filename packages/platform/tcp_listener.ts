/**
 * TCP for guests: a socket of this machine that listens, and its connections.
 *
 * What a guest has sent goes out also when it closes the connection or ends before the peer has taken it:
 * {@link TcpListener.settled} is when that is done.
 */

import type { SocketConnection, SocketListener } from "@skerry/wasi";
import { attemptLater } from "./host_errno.ts";
import type { ListenAddress } from "./listen_address.ts";
import { bind } from "./shared_socket.ts";
import { ClientLeft, type ClientSocket, type ServerSocket } from "./sockets/sockets.ts";

/** Bytes that are read from a connection at once: each that waits holds as much. */
const readBytesMax = 16 * 1024;

/** A listener for a guest. */
export interface TcpListener extends SocketListener {
  readonly address: ListenAddress;
  /** Resolves when nothing that a guest has sent on a connection that it closed is under way any more. */
  settled(): Promise<void>;
}

/**
 * Listens for a guest.
 *
 * @throws SkerryError SKERRY_LISTEN_FAILED where the address cannot be had
 */
export function listenTcp(address: ListenAddress): TcpListener {
  // Deno's sockets: guests are told what went wrong, which the kernel's calls do not say.
  const server = bind(address, "deno");
  const closing = new Set<Promise<void>>();
  const onClosing = (closed: Promise<void>) => {
    closing.add(closed);
    void closed.then(() => closing.delete(closed));
  };
  return {
    address: server.address,
    accept: () => attemptLater(() => accept(server, onClosing)),
    close: () => server.close(),
    settled: async () => void await Promise.all(closing),
  };
}

async function accept(
  server: ServerSocket,
  onClosing: (closed: Promise<void>) => void,
): Promise<SocketConnection> {
  for (;;) {
    try {
      return new TcpConnection(await server.accept(), onClosing);
    } catch (error) {
      if (!(error instanceof ClientLeft)) throw error;
    }
  }
}

class TcpConnection implements SocketConnection {
  readonly #socket: ClientSocket;
  readonly #onClosing: (closed: Promise<void>) => void;
  /** Settles, without a failure, when the write that is under way does. */
  #writing: Promise<void> | undefined;

  constructor(socket: ClientSocket, onClosing: (closed: Promise<void>) => void) {
    this.#socket = socket;
    this.#onClosing = onClosing;
  }

  async read(bytesMax: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(Math.min(bytesMax, readBytesMax));
    const length = await attemptLater(() => this.#socket.read(buffer));
    return buffer.subarray(0, length ?? 0);
  }

  write(bytes: Uint8Array): Promise<void> {
    const written = attemptLater(() => this.#writeAll(bytes));
    const settled = () => {
      this.#writing = undefined;
    };
    this.#writing = written.then(settled, settled);
    return written;
  }

  endWrite(): Promise<void> {
    return attemptLater(() => this.#socket.closeWrite());
  }

  close(): void {
    if (this.#writing === undefined) return this.#socket.close();
    this.#onClosing(this.#writing.then(() => this.#socket.close()));
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += await this.#socket.write(bytes.subarray(written));
    }
  }
}
