/** What a client is sent, as fast as it takes it and no faster. */

import { allowedTrailers, type Field, type HttpResponse } from "@skerry/http";
import type { Duplex, NextStep } from "../sockets/sockets.ts";
import { fieldLine } from "./field_lines.ts";
import { HeadBytes } from "./head_bytes.ts";
import { type ResponseHead, unkeptLength } from "./response_head.ts";

/** The half of a connection that is written. */
export type Writable = Pick<Duplex, "write">;

/** Writes to a connection, one thing after another. */
export class Output {
  readonly #connection: Writable;
  #scratch: HeadBytes | undefined;
  #sentBytes = 0;
  #isBlocked = false;

  constructor(connection: Writable) {
    this.#connection = connection;
  }

  /** What heads are put together in, each for the next write. */
  get scratch(): HeadBytes {
    return this.#scratch ??= new HeadBytes();
  }

  /** How many bytes the connection has taken in all. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Whether something waits until the client takes it. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /**
   * Sends a whole response; throws or rejects where its body breaks off, or the connection. Nothing is promised where all
   * of it is out at once, which most responses are.
   *
   * @param head in {@link scratch}
   * @param trailers fields to send after a body in chunks, once it has ended
   */
  send(
    head: ResponseHead,
    body: HttpResponse["body"],
    trailers?: HttpResponse["trailers"],
  ): Promise<void> | void {
    const { bytes, body: framing } = head;
    if (framing.kind === "none" || body === undefined) return this.#write(bytes.all());
    if (!(body instanceof Uint8Array)) return this.#stream(head, body, trailers);
    if (bytes.hasRoomFor(body.length)) {
      bytes.add(body);
      return this.#write(bytes.all());
    }
    const sending = this.#write(bytes.all(), "write");
    return sending === undefined ? this.#write(body) : sending.then(() => this.#write(body));
  }

  async #stream(
    { bytes, body: framing }: ResponseHead,
    body: AsyncIterable<Uint8Array>,
    trailers: HttpResponse["trailers"],
  ): Promise<void> {
    await this.#write(bytes.all());
    switch (framing.kind) {
      case "counted":
        return await this.#counted(body, framing.bytes);
      case "chunked":
        for await (const piece of body) await this.#chunk(piece);
        return await this.text(`0\r\n${trailerSection(trailers?.() ?? [])}\r\n`);
      case "until the end":
        for await (const piece of body) await this.#write(piece);
    }
  }

  /** Sends a head that nothing follows. */
  async head({ bytes }: ResponseHead): Promise<void> {
    await this.#write(bytes.all());
  }

  /** Sends bytes that are not changed until they are out. */
  async bytes(bytes: Uint8Array): Promise<void> {
    await this.#write(bytes);
  }

  /** Sends a character for each byte. */
  async text(text: string): Promise<void> {
    this.scratch.clear();
    this.scratch.text(text);
    await this.#write(this.scratch.all());
  }

  async #counted(body: AsyncIterable<Uint8Array>, length: number): Promise<void> {
    let left = length;
    for await (const piece of body) {
      left -= piece.length;
      if (left < 0) throw unkeptLength(length);
      await this.#write(piece);
    }
    if (left > 0) throw unkeptLength(length);
  }

  #chunk(piece: Uint8Array): Promise<void> | void {
    // RFC 9112 §7.1: a chunk of no bytes would be the last one.
    if (piece.length === 0) return;
    const { scratch } = this;
    const size = `${piece.length.toString(16)}\r\n`;
    scratch.clear(size.length + piece.length + 2);
    scratch.text(size);
    scratch.add(piece);
    scratch.text("\r\n");
    return this.#write(scratch.all());
  }

  #write(bytes: Uint8Array, next: NextStep = "other"): Promise<void> | void {
    // What a connection makes of nothing is its own affair.
    if (bytes.length === 0) return;
    const taking = this.#connection.write(bytes, next);
    if (taking !== bytes.length) return this.#writeOn(bytes, taking, next);
    this.#sentBytes += taking;
  }

  /** Goes on where not everything was taken at once. */
  async #writeOn(
    bytes: Uint8Array,
    begun: number | Promise<number>,
    next: NextStep,
  ): Promise<void> {
    for (let [at, taking] = [0, begun];;) {
      this.#isBlocked = typeof taking !== "number";
      const taken = typeof taking === "number" ? taking : await taking;
      this.#sentBytes += taken;
      at += taken;
      if (at >= bytes.length) break;
      taking = this.#connection.write(bytes.subarray(at), next);
    }
    this.#isBlocked = false;
  }
}

/** RFC 9112 §7.1.2. */
function trailerSection(fields: readonly Field[]): string {
  return allowedTrailers(fields).map(fieldLine).join("");
}
