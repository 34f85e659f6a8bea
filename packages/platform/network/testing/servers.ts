/** Servers to be a backend: ones that write what they are told, whatever it is, and ones that count who comes. */

import net from "node:net";

/** A server on loopback that does what it is told with each connection. */
export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
  /** All that was received, over all connections. */
  readonly received: () => string;
}

/** Serves each connection by `act`, once its first bytes have come. */
export function rawServer(
  act: (socket: net.Socket, connection: number) => unknown,
): Promise<RawServer> {
  let [connections, received] = [0, ""];
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    connections += 1;
    const number = connections;
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    socket.on("data", (bytes) => received += bytes.toString("latin1"));
    socket.once("data", () => act(socket, number));
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({
        port: address !== null && typeof address === "object" ? address.port : 0,
        connections: () => connections,
        received: () => received,
        async [Symbol.asyncDispose]() {
          for (const socket of open) socket.destroy();
          await new Promise<void>((closed) => server.close(() => closed()));
        },
      });
    })
  );
}

/** Writes each piece for itself, a moment apart. */
export async function drip(
  socket: net.Socket,
  pieces: readonly string[],
  everyMs: number,
): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece, "latin1");
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
