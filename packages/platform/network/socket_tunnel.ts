/** A stream of Node's as a tunnel. */

import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { BackendTunnel } from "@skerry/egress";

/** Both ways of a socket, with back-pressure both ways. */
export function socketTunnel(socket: Duplex): BackendTunnel {
  let broken: Error | undefined;
  const wakers = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of [...wakers]) wake();
    wakers.clear();
  };
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  socket.on("error", (error) => broken = error);
  socket.on("close", () => {
    onClosed();
    wakeAll();
  });
  for (const event of ["readable", "end", "drain"]) socket.on(event, wakeAll);
  const change = () => new Promise<void>((resolve) => wakers.add(resolve));
  return {
    closed,
    source: {
      async read(bytesMax) {
        for (;;) {
          const here = socket.readableLength;
          const piece: unknown = here > 0 ? socket.read(Math.min(here, bytesMax)) : socket.read(0);
          if (piece instanceof Uint8Array && piece.length > 0) return piece;
          if (socket.readableEnded || socket.destroyed) {
            if (broken !== undefined) throw broken;
            return new Uint8Array(0);
          }
          await change();
        }
      },
    },
    sink: {
      async write(bytes) {
        if (socket.destroyed || broken !== undefined) throw broken ?? new Error("it is closed");
        // What is handed over may be filled again by whoever made it, once this has settled.
        if (socket.write(Buffer.from(bytes))) return;
        while (socket.writableNeedDrain && !socket.destroyed) await change();
      },
    },
    closeWrite() {
      return new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.end(() => resolve());
        socket.once("close", () => resolve());
      });
    },
    close: () => void socket.destroy(),
  };
}
