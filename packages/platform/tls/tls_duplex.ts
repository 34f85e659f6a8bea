/** The clear text of a TLS connection, as a connection of HTTP reads and writes it. */

import type { Buffer } from "node:buffer";
import type { TLSSocket } from "node:tls";
import type { Duplex } from "../sockets/sockets.ts";
import type { SocketStream } from "./socket_stream.ts";

/** What is encrypted at once: a client that takes this much has made a step. */
const writtenBytesMax = 32 * 1024;

/** Clear text that may wait to be read. */
const waitingBytesMax = 32 * 1024;

/** Thrown at whoever uses a connection that is closed or broken: one value, because each costs a stack trace. */
const broken = new Error("the connection is broken or closed");

/** A TLS connection after its handshake. */
export class TlsDuplex implements Duplex {
  readonly #socket: TLSSocket;
  readonly #ciphertext: SocketStream;
  /** What has arrived and does not fit where it was read into. */
  #rest: Buffer | undefined;
  #reader: PromiseWithResolvers<number | null> & { readonly into: Uint8Array } | undefined;
  #writer: PromiseWithResolvers<number> | undefined;
  #isEnded = false;
  #isClosed = false;

  /** @param ciphertext what the socket stands on */
  constructor(socket: TLSSocket, ciphertext: SocketStream) {
    this.#socket = socket;
    this.#ciphertext = ciphertext;
    ciphertext.readOnlyWhile(() => socket.readableLength < waitingBytesMax);
    socket.on("readable", () => this.#arrived());
    socket.on("end", () => {
      this.#isEnded = true;
      this.#arrived();
    });
    // An error is an end that was not announced: what has arrived may be cut off.
    socket.on("error", () => this.close());
    socket.on("close", () => this.close());
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#isClosed) return Promise.reject(broken);
    const count = this.#take(into);
    if (count !== undefined) return Promise.resolve(count);
    const reader = this.#reader = { into, ...Promise.withResolvers<number | null>() };
    return reader.promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#isClosed) return Promise.reject(broken);
    const piece = bytes.length > writtenBytesMax ? bytes.subarray(0, writtenBytesMax) : bytes;
    const writer = this.#writer = Promise.withResolvers<number>();
    this.#socket.write(piece, (error) => {
      if (error) writer.reject(broken);
      else writer.resolve(piece.length);
    });
    return writer.promise;
  }

  /** Tells the client that what it has is whole (RFC 8446 §6.1). */
  closeWrite(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosed) return resolve();
      this.#socket.once("close", resolve);
      this.#socket.end(resolve);
    });
  }

  /** Without telling the client anything, unless that was done: what is cut off must not pass for whole. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    this.#reader?.reject(broken);
    this.#writer?.reject(broken);
  }

  #arrived(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const count = this.#take(reader.into);
    if (count === undefined) return;
    this.#reader = undefined;
    reader.resolve(count);
  }

  /** Undefined where there is nothing yet. */
  #take(into: Uint8Array): number | null | undefined {
    const bytes: Buffer | null = this.#rest ?? this.#socket.read();
    this.#ciphertext.makeRoom();
    if (bytes === null) return this.#isEnded ? null : undefined;
    const count = Math.min(bytes.length, into.length);
    into.set(count === bytes.length ? bytes : bytes.subarray(0, count));
    this.#rest = count === bytes.length ? undefined : bytes.subarray(count);
    return count;
  }
}
