/** Sockets by Deno's own TCP, on every system. */

import type { ListenAddress } from "../listen_address.ts";
import { withoutMapping } from "./socket_address.ts";
import { ClientLeft, type ClientSocket, type ServerSocket } from "./sockets.ts";

/**
 * Listens by Deno. Throws what Deno throws.
 *
 * @param use whether others listen at the same address, each with a queue of its own
 */
export function listenByDeno(
  address: ListenAddress,
  use: "own" | "shared" = "own",
): ServerSocket {
  const listener = Deno.listen({ ...address, transport: "tcp", reusePort: use === "shared" });
  const { hostname, port } = listener.addr;
  return {
    address: { hostname, port },
    async accept() {
      const connection = await listener.accept().catch((error) => {
        throw hasLeft(error) ? new ClientLeft(String(error)) : error;
      });
      return clientSocket(connection);
    },
    close: () => listener.close(),
    closed: Promise.resolve(),
  };
}

function clientSocket(connection: Deno.TcpConn): ClientSocket {
  try {
    // What is written is whole: there is nothing to wait for (RFC 9293 §3.7.4).
    connection.setNoDelay();
    const { hostname, port } = connection.remoteAddr;
    return new DenoSocket(connection, { address: withoutMapping(hostname), port });
  } catch (error) {
    // A socket that is broken already. Whoever is behind it in the queue need not wait for that.
    connection.close();
    throw new ClientLeft(String(error));
  }
}

class DenoSocket implements ClientSocket {
  readonly peer: ClientSocket["peer"];
  readonly #connection: Deno.TcpConn;
  #isClosed = false;

  constructor(connection: Deno.TcpConn, peer: ClientSocket["peer"]) {
    this.#connection = connection;
    this.peer = peer;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#connection.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
  }
}

/** accept(2), getpeername(2). */
function hasLeft(error: unknown): boolean {
  const { ConnectionAborted, ConnectionReset, NotConnected } = Deno.errors;
  return [ConnectionAborted, ConnectionReset, NotConnected].some((kind) => error instanceof kind);
}
