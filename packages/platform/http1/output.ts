/** What a client is sent, as fast as it takes it and no faster. */

import { allowedTrailers, type Field, type HttpResponse } from "@skerry/http";
import type { Duplex, NextStep } from "../sockets/sockets.ts";
import { fieldLine } from "./field_lines.ts";
import { type ResponseHead, unkeptLength } from "./response_head.ts";

/** The half of a connection that is written. */
export type Writable = Pick<Duplex, "write">;

/** Heads and bodies up to this size together go out in one piece, from memory that is used again. */
const scratchBytes = 4 * 1024;

/** Writes to a connection, one thing after another. */
export class Output {
  readonly #connection: Writable;
  #scratch: Uint8Array<ArrayBuffer> | undefined;

  #sentBytes = 0;
  #isBlocked = false;

  constructor(connection: Writable) {
    this.#connection = connection;
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
   * @param trailers fields to send after a body in chunks, once it has ended
   */
  send(
    head: ResponseHead,
    body: HttpResponse["body"],
    trailers?: HttpResponse["trailers"],
  ): Promise<void> | void {
    const { text, body: framing } = head;
    if (framing.kind === "none" || body === undefined) {
      return this.#write(this.#joined(text, nothing));
    }
    if (!(body instanceof Uint8Array)) return this.#stream(head, body, trailers);
    if (text.length + body.length <= scratchBytes) return this.#write(this.#joined(text, body));
    const sending = this.#write(this.#joined(text, nothing), "write");
    return sending === undefined ? this.#write(body) : sending.then(() => this.#write(body));
  }

  async #stream(
    { text, body: framing }: ResponseHead,
    body: AsyncIterable<Uint8Array>,
    trailers: HttpResponse["trailers"],
  ): Promise<void> {
    await this.text(text);
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

  /** Sends bytes that are not changed until they are out. */
  async bytes(bytes: Uint8Array): Promise<void> {
    await this.#write(bytes);
  }

  /** Sends a character for each byte. */
  async text(text: string): Promise<void> {
    await this.#write(this.#joined(text, nothing));
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
    return this.#write(this.#joined(`${piece.length.toString(16)}\r\n`, piece, lineEnd));
  }

  /** A text and what follows it, for the next write alone. */
  #joined(text: string, body: Uint8Array, end: Uint8Array = nothing): Uint8Array {
    const length = text.length + body.length + end.length;
    const bytes = length <= scratchBytes
      ? (this.#scratch ??= new Uint8Array(scratchBytes)).subarray(0, length)
      : new Uint8Array(length);
    writeLatin1(text, bytes);
    bytes.set(body, text.length);
    bytes.set(end, text.length + body.length);
    return bytes;
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

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);
const lineEnd = encoder.encode("\r\n");

/** Nearly every text is ASCII, which is UTF-8 too and much faster to write as such. */
function writeLatin1(text: string, into: Uint8Array): void {
  const { read, written } = encoder.encodeInto(text, into);
  if (read === text.length && written === read) return;
  for (let at = 0; at < text.length; at++) into[at] = text.charCodeAt(at);
}
