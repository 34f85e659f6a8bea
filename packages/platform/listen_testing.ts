/** What the tests of the server speak to it with: bare bytes over TCP. */

import type { ByteSource } from "@skerry/base";
import type { HttpRequest, HttpResponse } from "@skerry/http";
import { type Handler, listen, type Listener, type ListenOptions } from "./listen.ts";
import { libc } from "./libc.ts";

/** A client that sends what it is told and keeps all that it gets; bytes are characters up to 0xff. */
export class RawClient {
  readonly #connection: Deno.TcpConn;
  #received = "";

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect({ address }: Listener): Promise<RawClient> {
    return new RawClient(await Deno.connect(address));
  }

  async send(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? latin1(content) : content;
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** All that came so far, once this text is among it; throws where the connection ends first. */
  async until(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      if (!await this.#receive()) {
        throw new Error(`the connection ended after ${JSON.stringify(this.#received)}`);
      }
    }
    return this.#received;
  }

  /** The next response of known length, which what comes later is without. */
  async response(): Promise<string> {
    const head = (await this.until("\r\n\r\n")).indexOf("\r\n\r\n") + 4;
    const length = /^content-length: (\d+)/im.exec(this.#received.slice(0, head))?.[1];
    const end = head + Number(length);
    while (this.#received.length < end) {
      if (!await this.#receive()) throw new Error("the connection ended within a response");
    }
    const response = this.#received.slice(0, end);
    this.#received = this.#received.slice(end);
    return response;
  }

  /** All that came, once the server has ended the connection. */
  async all(): Promise<string> {
    while (await this.#receive());
    return this.#received;
  }

  /** Says that nothing more will be sent. */
  finish(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It was closed before.
    }
  }

  async #receive(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    // A reset is an end like any other here: what counts is what came before it.
    const length = await this.#connection.read(buffer).catch(() => null);
    if (length === null) return false;
    this.#received += text(buffer.subarray(0, length));
    return true;
  }
}

/** The sockets that servers of the test under way use. */
let sockets: NonNullable<ListenOptions["sockets"]> = "any";

/** A test of servers, run on each kind of socket that there is here. */
export function serverTest(name: string, body: () => Promise<void>): void {
  const kinds = libc() === undefined ? ["deno"] as const : ["any", "deno"] as const;
  for (const kind of kinds) {
    Deno.test(`${name}${kind === "any" ? "" : " (Deno's sockets)"}`, () => {
      sockets = kind;
      return body();
    });
  }
}

/** A server at a free port, on the sockets of the test under way. */
export function listenHere(handler: Handler, options: ListenOptions = {}): Promise<Listener> {
  return listen({ hostname: "127.0.0.1", port: 0 }, handler, { sockets, ...options });
}

/** Runs a server for as long as `use` takes. */
export async function withServer(
  handler: Handler,
  use: (server: TestServer) => Promise<void>,
  options: ListenOptions = {},
): Promise<void> {
  const listener = await listenHere(handler, options);
  const clients: RawClient[] = [];
  const connect = async () => {
    const client = await RawClient.connect(listener);
    clients.push(client);
    return client;
  };
  try {
    await use({
      listener,
      connect,
      async exchange(request) {
        const client = await connect();
        await client.send(request).catch(() => {});
        return client.all();
      },
    });
  } finally {
    for (const client of clients) client.close();
    await listener.close(0);
  }
}

/** A running server and the ways to speak to it. */
export interface TestServer {
  readonly listener: Listener;
  connect(): Promise<RawClient>;
  /** Sends bytes on a connection of their own, and gives what comes until the server ends it. */
  exchange(request: string): Promise<string>;
}

/** `METHOD target body`, as a response of known length. */
export async function describe(request: HttpRequest): Promise<HttpResponse> {
  const body = await readAll(request.body);
  return answer(`<${request.method} ${request.target} ${body}>`);
}

/** A response of known length. */
export function answer(content: string, status = 200): HttpResponse {
  const body = latin1(content);
  return { status, fields: [["content-length", String(body.length)]], body };
}

/** A response without a length, in pieces. */
export function streamed(body: AsyncIterable<Uint8Array>): HttpResponse {
  return { status: 200, fields: [], body };
}

/** All of a body as text. */
export async function readAll(body: ByteSource | undefined): Promise<string> {
  let all = "";
  for await (const piece of pieces(body)) all += text(piece);
  return all;
}

/** A body's pieces. */
export async function* pieces(body: ByteSource | undefined): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await body?.read(64 * 1024) ?? new Uint8Array(0);
    if (piece.length === 0) return;
    yield piece;
  }
}

/** Bytes from characters up to 0xff. */
export function latin1(content: string): Uint8Array {
  return Uint8Array.from(content, (character) => character.charCodeAt(0));
}

/** A character for each byte; not by `TextDecoder`, whose latin1 is windows-1252. */
export function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Resolves once a request's client is gone. */
export function gone(request: HttpRequest): Promise<void> {
  return new Promise((resolve) => request.whenGone(resolve));
}
