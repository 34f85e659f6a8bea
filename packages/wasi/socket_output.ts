/**
 * What a guest sends on a connection: writes that wait for the peer, writes that do not, and a way to see whether
 * they would. At most one write is under way; a write that did not wait and fails later fails the next one.
 */

import { type ByteSink, ErrnoError, type ErrnoName, fail } from "@skerry/base";
import type { SocketConnection } from "./socket.ts";
import { Waiters } from "./waiters.ts";

/** The sending half of a connection. */
export class SocketOutput implements ByteSink {
  /** The same, for a guest that is not to wait: EAGAIN while a write is under way. */
  readonly unwaiting: ByteSink;
  readonly #connection: SocketConnection;
  readonly #waiters = new Waiters();
  #state: "open" | "shut" | "failed" = "open";
  #failure: ErrnoName | undefined;
  /** Settles, without a failure, when the write that is under way does. */
  #sending: Promise<void> | undefined;

  constructor(connection: SocketConnection) {
    this.#connection = connection;
    this.unwaiting = { write: (bytes) => this.#offer(bytes) };
  }

  /** Whether a write need not wait: there is room, or it fails. */
  get isReady(): boolean {
    return this.#sending === undefined || this.#state !== "open";
  }

  /** Whether nothing can be sent any more. */
  get isOver(): boolean {
    return this.#state !== "open";
  }

  /** Resolves when a write need not wait, or when the signal is aborted; it never rejects. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#waiters.wait(signal, () => this.isReady);
  }

  /** Sends all of it, after what is under way. Rejects where the peer has gone (ECONNRESET, EPIPE). */
  async write(bytes: Uint8Array): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
    this.#check();
    await this.#send(bytes);
  }

  /** Sends no more (ENOTCONN where the peer has gone). */
  async shut(): Promise<void> {
    if (this.#state === "shut") return;
    if (this.#state === "failed") fail("ENOTCONN");
    this.#state = "shut";
    this.#waiters.wake();
    await this.#sending;
    await this.#connection.endWrite();
  }

  #offer(bytes: Uint8Array): void {
    this.#check();
    if (this.#sending !== undefined) fail("EAGAIN");
    // How it went is told to the next write.
    this.#send(bytes).catch((error) => this.#failure = errnoOfFailure(error));
  }

  #send(bytes: Uint8Array): Promise<void> {
    const sent = Promise.resolve(this.#connection.write(bytes));
    const settled = (state: "open" | "failed") => {
      this.#sending = undefined;
      if (this.#state === "open") this.#state = state;
      this.#waiters.wake();
    };
    this.#sending = sent.then(() => settled("open"), () => settled("failed"));
    return sent;
  }

  /** Fails where nothing can be sent: as a write before did, once; else with EPIPE. */
  #check(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) fail(failure);
    if (this.isOver) fail("EPIPE");
  }
}

function errnoOfFailure(error: unknown): ErrnoName {
  return error instanceof ErrnoError ? error.errno : "EPIPE";
}
