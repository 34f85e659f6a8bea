/**
 * One client's connection: its requests are answered one after another, in their order.
 *
 * `node:http` would start all requests that a client has pipelined at once, however many they are and whatever
 * they do (RFC 9112 §9.3.2 allows that for safe methods only). Here each waits for the response before it.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A request and the response that it will have. */
export interface Turn {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** A connection and the requests that have arrived on it. */
export class Connection {
  readonly #socket: Socket;
  readonly #waitingMax: number;
  readonly #answer: (turn: Turn) => Promise<void>;
  #waiting: Turn[] = [];
  #current: Turn | undefined;
  #refused = false;

  /**
   * @param waitingMax requests that may wait; one more ends the connection
   * @param answer answers a request; resolves when the response is out or the client gone, never rejects
   */
  constructor(socket: Socket, waitingMax: number, answer: (turn: Turn) => Promise<void>) {
    this.#socket = socket;
    this.#waitingMax = waitingMax;
    this.#answer = answer;
  }

  /** Takes a request that has arrived. */
  take(turn: Turn): void {
    if (this.#current === undefined) void this.#run(turn);
    else if (this.#waiting.length < this.#waitingMax) this.#waiting.push(turn);
    else this.#socket.destroy();
  }

  /** Ends the connection after the response that is under way, if there is one. */
  closeSoon(): void {
    this.#waiting = [];
    const outgoing = this.#current?.outgoing;
    if (outgoing === undefined) this.#socket.destroy();
    else {
      // Tells the client, where that is still possible.
      outgoing.shouldKeepAlive = false;
      outgoing.once("close", () => this.#socket.destroySoon());
    }
  }

  /**
   * Refuses what has arrived, which cannot be understood. The refusal is sent only where the client cannot
   * take it for the response to another request, or find it within one.
   */
  refuse(status: number, reason: string): void {
    const current = this.#current;
    const again = this.#refused;
    this.#refused = true;
    if (current?.incoming.complete === true && !again) {
      // What came whole before it is answered yet.
      this.#waiting = this.#waiting.filter(({ incoming }) => incoming.complete);
      return;
    }
    this.#waiting = [];
    const isAnswered = again || current?.outgoing.headersSent === true;
    if (!isAnswered && this.#socket.writable) {
      this.#socket.write(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\n\r\n`);
      this.#socket.destroySoon();
    } else {
      this.#socket.destroy();
    }
  }

  async #run(first: Turn): Promise<void> {
    for (let turn: Turn | undefined = first; turn !== undefined; turn = this.#waiting.shift()) {
      this.#current = turn;
      await this.#answer(turn);
      // RFC 9112 §9.6: what follows a response that closes the connection is not answered.
      if (!turn.outgoing.shouldKeepAlive || this.#socket.destroyed) this.#waiting = [];
    }
    this.#current = undefined;
    if (this.#refused) this.#socket.destroySoon();
  }
}
