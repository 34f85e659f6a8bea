/** A client's connection that speaks another protocol than HTTP from now on. */

import type { ByteSink, ByteSource } from "@skerry/base";
import type { Tunnel } from "@skerry/http";
import { closedSocket, type Duplex } from "../sockets/sockets.ts";
import { Deadline } from "./deadline.ts";
import type { Input } from "./input.ts";
import type { Output } from "./output.ts";

/** Bytes both ways; what has arrived behind the request is the first of them. */
export class ConnectionTunnel implements Tunnel {
  readonly source: ByteSource = { read: (bytesMax) => this.#read(bytesMax) };
  readonly sink: ByteSink = { write: (bytes) => this.#write(bytes) };
  readonly #duplex: Duplex;
  readonly #input: Input;
  readonly #output: Output;
  readonly #onEnd: () => void;
  readonly #idleMsMax: number;
  readonly #idle = new Deadline();
  #isReadOut = false;
  #isWriteClosed = false;
  #isClosed = false;

  /** @param onEnd called, maybe more than once, when both ways have ended */
  constructor(
    duplex: Duplex,
    input: Input,
    output: Output,
    { idleMsMax, onEnd }: { readonly idleMsMax: number; readonly onEnd: () => void },
  ) {
    this.#duplex = duplex;
    this.#input = input;
    this.#output = output;
    this.#onEnd = onEnd;
    this.#idleMsMax = idleMsMax;
    this.#idle.allow(idleMsMax);
  }

  /** Whether nothing has gone either way for as long as is allowed. */
  isIdle(nowMs: number): boolean {
    return this.#idle.isPassed(nowMs);
  }

  async closeWrite(): Promise<void> {
    if (this.#isWriteClosed || this.#isClosed) return;
    this.#isWriteClosed = true;
    await this.#duplex.closeWrite();
    this.#endIfOver();
  }

  close(): void {
    this.#isClosed = true;
    this.#onEnd();
  }

  async #read(bytesMax: number): Promise<Uint8Array> {
    const { buffer } = this.#input;
    while (buffer.length === 0 && !this.#input.ended && !this.#isClosed) await this.#input.more();
    // An end that is ours must not pass for the client's.
    if (this.#isClosed) throw closedSocket;
    this.#idle.allow(this.#idleMsMax);
    const taken = buffer.take(bytesMax);
    if (taken.length > 0) this.#input.taken();
    else if (bytesMax > 0) {
      this.#isReadOut = true;
      this.#endIfOver();
    }
    return taken;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#isClosed || this.#isWriteClosed) throw closedSocket;
    await this.#output.bytes(bytes);
    this.#idle.allow(this.#idleMsMax);
  }

  #endIfOver(): void {
    if (this.#isReadOut && this.#isWriteClosed) this.close();
  }
}
