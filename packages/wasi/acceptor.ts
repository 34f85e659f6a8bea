/**
 * A listener as a guest needs it: accepting that may wait, and a way to see whether it would.
 *
 * At most one connection is accepted ahead of the guest; the others wait where the system keeps them.
 */

import { ErrnoError, type ErrnoName, fail } from "@skerry/base";
import type { SocketConnection, SocketListener } from "./socket.ts";
import { Waiters } from "./waiters.ts";

/** A listener, and the connection that it has brought. */
export class Acceptor {
  readonly #listener: SocketListener;
  readonly #waiters = new Waiters();
  #brought: SocketConnection | ErrnoName | undefined;
  #state: "idle" | "accepting" | "closed" = "idle";

  constructor(listener: SocketListener) {
    this.#listener = listener;
  }

  /** Whether {@link take} has something to give: a connection, or an error. */
  get isReady(): boolean {
    return this.#brought !== undefined;
  }

  /** Asks the listener for a connection, unless there is one or it was asked already. */
  prepare(): void {
    if (this.#state !== "idle" || this.isReady) return;
    this.#state = "accepting";
    this.#listener.accept().then(
      (connection) => this.#arrived(connection),
      (error) => this.#arrived(error instanceof ErrnoError ? error.errno : "EIO"),
    );
  }

  /** Resolves when there is something to take, or when the signal is aborted; it never rejects. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#waiters.wait(signal, () => {
      this.prepare();
      return this.isReady;
    });
  }

  /** Takes the connection that {@link prepare} has made ready, or fails as accepting it did (EAGAIN where there is none). */
  take(): SocketConnection {
    const brought = this.#brought ?? fail("EAGAIN");
    this.#brought = undefined;
    return typeof brought === "string" ? fail(brought) : brought;
  }

  /** Takes no more connections; one that nobody has taken is closed, and so is one that comes yet. */
  close(): void {
    this.#state = "closed";
    this.#listener.close();
    if (typeof this.#brought === "object") this.#brought.close();
    this.#brought = undefined;
  }

  #arrived(brought: SocketConnection | ErrnoName): void {
    if (this.#state === "closed") {
      if (typeof brought === "object") brought.close();
      return;
    }
    this.#state = "idle";
    this.#brought = brought;
    this.#waiters.wake();
  }
}
