/**
 * A guest's stdout as an HTTP response: a checked head, then a body that flows as fast as the client reads.
 *
 * Nothing is sent before the guest has either ended or suspended with its head complete. So a program that
 * fails while it computes gets a true status, whatever it had written before; only what was already sent
 * can be cut off, and then the connection breaks rather than pretend to an end.
 */

import { bug, type ByteSink, concatBytes } from "@skerry/base";
import { type CgiHead, type CgiHeadParser, CgiHeadReader } from "@skerry/http";

/** Bounds of a response. */
export interface GuestResponseLimits {
  /** Reads heads. */
  readonly heads: CgiHeadParser;
  /** Body bytes that may wait for the client before the guest is suspended. */
  readonly bufferBytesMax: number;
}

/** Pieces of a body that wait as they came. */
const piecesMax = 64;

/** What the guest's output amounts to so far. */
export type GuestResponseState =
  | { readonly kind: "incomplete"; readonly empty: boolean }
  | { readonly kind: "malformed"; readonly why: string }
  | { readonly kind: "valid"; readonly head: CgiHead };

/** Takes a guest's output; gives a head and a body. */
export class GuestResponse implements ByteSink {
  readonly #limits: GuestResponseLimits;
  readonly #bodyWanted: boolean;
  readonly #reader: CgiHeadReader;
  readonly #onMalformed: () => void;
  #state: GuestResponseState = { kind: "incomplete", empty: true };
  #head: CgiHead | undefined;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #bodyBytes = 0;
  #ended: "no" | "whole" | "cut off" = "no";
  /** Set while the guest waits for the client to read. */
  #onRoom: (() => void) | undefined;
  /** Set while the client waits for the guest to write. */
  #onBytes: (() => void) | undefined;

  /**
   * @param bodyWanted false for HEAD: what the guest writes as a body is then dropped
   * @param onMalformed called once, when the output turns out to be no response
   */
  constructor(limits: GuestResponseLimits, bodyWanted: boolean, onMalformed: () => void) {
    this.#limits = limits;
    this.#bodyWanted = bodyWanted;
    this.#reader = new CgiHeadReader(limits.heads);
    this.#onMalformed = onMalformed;
  }

  get state(): GuestResponseState {
    return this.#state;
  }

  /** The head, which stays known when the body fails after it. Only to be asked for once it is complete. */
  get head(): CgiHead {
    return this.#head ?? bug("a response is begun before its head is complete");
  }

  /** Body bytes that the guest has written. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    // A guest that was ended may have been in the middle of a write.
    if (this.#ended !== "no") return;
    switch (this.#state.kind) {
      case "malformed":
        return;
      case "valid":
        return this.#writeBody(this.#state.head, bytes);
      case "incomplete":
        return this.#writeHead(bytes);
    }
  }

  /** The guest is done: the output is whole, or was cut off. */
  end(how: "whole" | "cut off"): void {
    if (this.#ended !== "no") return;
    this.#ended = how;
    this.#checkLength();
    this.#onBytes?.();
    this.#onRoom?.();
  }

  /** What there is of the body: all of it, once the guest has ended. */
  wholeBody(): Uint8Array {
    const [first = nothing] = this.#queue;
    const whole = this.#queue.length > 1 ? concatBytes(this.#queue) : first;
    this.#queue = [];
    this.#queuedBytes = 0;
    return whole;
  }

  /** The body as it comes. It throws where the guest was cut off. */
  async *stream(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#queuedBytes > 0) {
        yield this.wholeBody();
        this.#onRoom?.();
      } else if (this.#ended === "no") {
        await new Promise<void>((resolve) => this.#onBytes = resolve);
      } else if (this.#ended === "whole" && this.#state.kind === "valid") {
        return;
      } else {
        throw new Error("the program failed after its response had begun");
      }
    }
  }

  #writeHead(bytes: Uint8Array): void | Promise<void> {
    const answer = this.#reader.push(bytes);
    if (answer === undefined) {
      this.#state = { kind: "incomplete", empty: this.#reader.empty };
    } else if (!answer.ok) {
      this.#fail(answer.error);
    } else {
      const { head, body } = answer.value;
      this.#head = head;
      this.#state = { kind: "valid", head };
      return this.#writeBody(head, body);
    }
  }

  #writeBody(head: CgiHead, bytes: Uint8Array): void | Promise<void> {
    if (bytes.length === 0 || !this.#bodyWanted) return;
    this.#bodyBytes += bytes.length;
    if (!head.mayHaveBody) {
      return this.#fail(
        `a response of status ${head.status} has a body, but no Content-Type for it`,
      );
    }
    if (this.#bodyBytes > (head.contentLength ?? Infinity)) {
      return this.#fail(`the body is longer than its Content-Length of ${head.contentLength}`);
    }
    this.#queue.push(bytes);
    // A program may write byte by byte: what waits is not to take a hundred times its size.
    if (this.#queue.length > piecesMax) this.#queue = [concatBytes(this.#queue)];
    this.#queuedBytes += bytes.length;
    this.#onBytes?.();
    if (this.#queuedBytes <= this.#limits.bufferBytesMax) return;
    return new Promise((resolve) => this.#onRoom = resolve);
  }

  /** RFC 9110 §8.6: a Content-Length that is not the body's length would desynchronise the connection. */
  #checkLength(): void {
    if (this.#state.kind !== "valid" || this.#ended !== "whole" || !this.#bodyWanted) return;
    const { contentLength, status } = this.#state.head;
    // RFC 9110 §8.6: a 304 may tell the length that a 200 would have had.
    if (status === 304 || contentLength === undefined || contentLength === this.#bodyBytes) return;
    this.#fail(
      `the body of ${this.#bodyBytes} bytes is shorter than its Content-Length of ${contentLength}`,
    );
  }

  #fail(why: string): void {
    this.#state = { kind: "malformed", why };
    this.#onMalformed();
  }
}

const nothing = new Uint8Array(0);
