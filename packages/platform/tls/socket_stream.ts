/** A client's socket as the stream that `node:tls` wants below itself. */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { ClientSocket } from "../sockets/sockets.ts";

/** What a connection that waits holds, and what one that sends much is read into. */
const [readBytesAtFirst, readBytesMax] = [2 * 1024, 32 * 1024];

/**
 * The ciphertext of a connection.
 *
 * Deno's TLS takes all that there is, also while nobody reads what it makes of it: so it is given nothing then.
 */
export class SocketStream extends Duplex {
  readonly #socket: ClientSocket;
  #into = new Uint8Array(readBytesAtFirst);
  #isReading = false;
  #isAsked = false;
  #hasRoom = (): boolean => true;

  constructor(socket: ClientSocket) {
    super({ allowHalfOpen: true, emitClose: false });
    this.#socket = socket;
  }

  /** From now on nothing is read while there is no room for it. */
  readOnlyWhile(hasRoom: () => boolean): void {
    this.#hasRoom = hasRoom;
  }

  /** To be told when there may be room again. */
  makeRoom(): void {
    if (this.#isAsked && this.#hasRoom()) this._read();
  }

  override _read(): void {
    this.#isAsked = this.#isReading || !this.#hasRoom();
    if (this.#isAsked) return;
    this.#isReading = true;
    this.#socket.read(this.#into).then((count) => {
      this.#isReading = false;
      if (count === null) return void this.push(null);
      // Copied, because it is kept above for as long as nobody asks.
      const bytes = Buffer.from(this.#into.subarray(0, count));
      this.#fit(count);
      this.push(bytes);
      if (this.#isAsked) this._read();
    }, (error) => this.destroy(error));
  }

  override _write(bytes: Uint8Array, _encoding: unknown, written: (error?: Error) => void): void {
    this.#writeAll(bytes, 0, written);
  }

  override _final(ended: (error?: Error) => void): void {
    this.#socket.closeWrite().then(() => ended(), ended);
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    this.#socket.close();
    destroyed(error);
  }

  /** Without a promise where the kernel takes all of it, as it nearly always does. */
  #writeAll(bytes: Uint8Array, from: number, written: (error?: Error) => void): void {
    try {
      for (let at = from; at < bytes.length;) {
        const taken = this.#socket.write(at === 0 ? bytes : bytes.subarray(at));
        if (typeof taken !== "number") {
          const start = at;
          return void taken.then((count) => this.#writeAll(bytes, start + count, written), written);
        }
        at += taken;
      }
      written();
    } catch (error) {
      written(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fit(count: number): void {
    const size = this.#into.length;
    if (count === size && size < readBytesMax) this.#into = new Uint8Array(2 * size);
    else if (count < size / 8 && size > readBytesAtFirst) {
      this.#into = new Uint8Array(readBytesAtFirst);
    }
  }
}
