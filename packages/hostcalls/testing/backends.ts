/** Backends for tests: what they were asked is kept, and they answer as a test says. */

import { type ByteSource, decodeUtf8 } from "@skerry/base";
import type { HttpResponse } from "@skerry/http";
import type { Subrequest, SubrequestOutcome, Subrequests } from "../subrequests_port.ts";

/** A request that a backend was sent. */
export class Received {
  readonly backend: string;
  readonly request: Subrequest;
  readonly signal: AbortSignal;
  readonly #answer = Promise.withResolvers<SubrequestOutcome>();

  constructor(backend: string, request: Subrequest, signal: AbortSignal) {
    this.backend = backend;
    this.request = request;
    this.signal = signal;
  }

  get outcome(): Promise<SubrequestOutcome> {
    return this.#answer.promise;
  }

  /** All of its body. */
  async body(): Promise<string> {
    let text = "";
    for await (const piece of piecesOf(this.request.body)) text += decodeUtf8(piece);
    return text;
  }

  answer(response: Partial<HttpResponse>): void {
    const whole = { status: 200, fields: [], body: undefined, ...response };
    this.#answer.resolve({ kind: "response", response: whole });
  }

  fail(why: Extract<SubrequestOutcome, { kind: "failed" }>["why"]): void {
    this.#answer.resolve({ kind: "failed", why });
  }
}

async function* piecesOf(body: ByteSource | undefined): AsyncGenerator<Uint8Array> {
  if (body === undefined) return;
  for (let piece = await body.read(65_536); piece.length > 0; piece = await body.read(65_536)) {
    yield piece;
  }
}

/** Backends with these names. */
export class TestBackends implements Subrequests {
  readonly received: Received[] = [];
  readonly #names: readonly string[];
  readonly #onReceived: (received: Received) => void;

  /** @param onReceived answers at once; left out, the test answers when it likes */
  constructor(names: readonly string[], onReceived: (received: Received) => void = () => {}) {
    this.#names = names;
    this.#onReceived = onReceived;
  }

  has(backend: string): boolean {
    return this.#names.includes(backend);
  }

  send(backend: string, request: Subrequest, signal: AbortSignal): Promise<SubrequestOutcome> {
    const received = new Received(backend, request, signal);
    this.received.push(received);
    this.#onReceived(received);
    return received.outcome;
  }
}
