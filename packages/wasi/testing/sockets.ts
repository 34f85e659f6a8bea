/** Sockets for tests: a listener in memory, and the peers that connect to it. */

import { decodeUtf8, encodeUtf8, ErrnoError, type ErrnoName } from "@skerry/base";
import type { SocketConnection, SocketListener } from "../socket.ts";

/** Something that is handed over when both sides are there. */
class Handover<Value> {
  readonly #values: Value[] = [];
  #taker: ((value: Value) => void) | undefined;

  give(value: Value): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#values.push(value);
    else taker(value);
  }

  take(): Promise<Value> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    return new Promise((resolve) => this.#taker = resolve);
  }
}

/** The other end of a connection, in the test's hands. */
export class TestPeer implements SocketConnection {
  /** What the guest has sent. */
  received = "";
  /** Whether the guest has said that it sends no more, and whether it has let go. */
  hasEnded = false;
  isClosed = false;
  readonly #over = Promise.withResolvers<void>();
  /** Set while what the guest sends is not taken. */
  #stalled: { readonly settled: Promise<void>; readonly settle: () => void } | undefined;
  #failure: ErrnoName | undefined;
  readonly #sent = new Handover<Uint8Array | ErrnoName>();

  /** All that the guest sends, once it sends no more. */
  get whole(): Promise<string> {
    return this.#over.promise.then(() => this.received);
  }

  /** Sends to the guest; the empty text is the end. */
  send(text: string): void {
    this.#sent.give(encodeUtf8(text));
  }

  /** Is gone: the guest's reads and writes fail. */
  fail(errno: ErrnoName): void {
    this.#failure = errno;
    this.#sent.give(errno);
    this.goOn();
  }

  /** Takes nothing of what the guest sends, until {@link goOn}. */
  stall(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stalled = { settled: promise, settle: resolve };
  }

  goOn(): void {
    this.#stalled?.settle();
    this.#stalled = undefined;
  }

  async read(): Promise<Uint8Array> {
    const sent = await this.#sent.take();
    if (typeof sent === "string") throw new ErrnoError(sent);
    return sent;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#stalled?.settled;
    if (this.#failure !== undefined) throw new ErrnoError(this.#failure);
    this.received += decodeUtf8(bytes);
  }

  endWrite(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(new ErrnoError("ENOTCONN"));
    this.hasEnded = true;
    this.#over.resolve();
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.#over.resolve();
  }
}

/** A listener in memory. */
export class TestListener implements SocketListener {
  isClosed = false;
  /** Calls of `accept` so far. */
  accepts = 0;
  readonly #arriving = new Handover<TestPeer | ErrnoName>();

  /** Somebody connects. */
  connect(): TestPeer {
    const peer = new TestPeer();
    this.#arriving.give(peer);
    return peer;
  }

  /** The next `accept` fails. */
  fail(errno: ErrnoName): void {
    this.#arriving.give(errno);
  }

  async accept(): Promise<SocketConnection> {
    this.accepts += 1;
    const arrived = await this.#arriving.take();
    if (typeof arrived === "string") throw new ErrnoError(arrived);
    return arrived;
  }

  close(): void {
    this.isClosed = true;
  }
}
