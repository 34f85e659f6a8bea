/**
 * HTTP/1.1 and HTTP/2 by undici: connections that are kept, framing, strict parsing (llhttp).
 *
 * Its own timeouts are off: who sends requests watches them. It resolves nothing, follows nothing, and asks no
 * environment for proxies; where it connects to is {@link dial}'s.
 */

import type net from "node:net";
import { PassThrough } from "node:stream";
import { Client, type Dispatcher, Pool } from "undici";
import type {
  HttpPool,
  NetworkFailure,
  OutgoingRequest,
  PoolSettings,
  Receiver,
  Sending,
} from "@skerry/egress";
import { dial, DialError } from "./dial.ts";
import { rawFields } from "./raw_fields.ts";
import { socketTunnel } from "./socket_tunnel.ts";

/** Connections to one origin. */
export class UndiciPool implements HttpPool {
  readonly #pool: Pool;

  constructor(settings: PoolSettings, authorities: readonly string[] | undefined) {
    this.#pool = new Pool(settings.origin, {
      connect: (_options, callback) => {
        dial(settings, authorities).then(
          (socket) => callback(null, socket),
          (error) => callback(error, null),
        );
      },
      connections: settings.connectionsMax,
      allowH2: settings.http2,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: settings.idleMsMax,
      keepAliveMaxTimeout: settings.idleMsMax,
      maxHeaderSize: settings.headerBytesMax,
    });
    // What fails is told to whoever sent it.
    this.#pool.on("connectionError", () => {});
  }

  send(request: OutgoingRequest, receiver: Receiver): Sending {
    const exchange = new Exchange(receiver);
    queueMicrotask(() => exchange.begin(this.#pool, request));
    return exchange;
  }

  close(): void {
    void this.#pool.destroy().catch(() => {});
  }
}

/**
 * Has undici make its parser of HTTP/1.1, for which it reads the environment and files. It puts that off until the
 * first connection, which here is one to itself.
 */
export async function loadParser(): Promise<void> {
  const client = new Client("http://nowhere", {
    connect: (_options, callback) => callback(null, new PassThrough() as unknown as net.Socket),
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  client.once("connect", () => resolve());
  client.once("connectionError", (_origin, _targets, error) => reject(error));
  client.request({ method: "GET", path: "/" }).catch(() => {});
  await ready;
  await client.destroy();
}

/** One request, between undici's words and ours. */
class Exchange implements Sending, Dispatcher.DispatchHandler {
  readonly #receiver: Receiver;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  begin(pool: Pool, { method, target, fields, body, upgrade }: OutgoingRequest): void {
    if (this.#isOver) return;
    try {
      pool.dispatch({
        path: target,
        method: method as Dispatcher.HttpMethod,
        headers: fields.flat(),
        // Whatever can be iterated is a body; the type does not say so.
        body: (body ?? null) as unknown as null,
        upgrade: upgrade ?? null,
      }, this);
    } catch (error) {
      this.onResponseError(undefined, error);
    }
  }

  abort(): void {
    this.#isOver = true;
    this.#controller?.abort(new Error("given up"));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) return controller.abort(new Error("given up"));
    this.#receiver.started();
  }

  onBodySent(): void {
    if (!this.#isOver) this.#receiver.sent();
  }

  onRequestSent(): void {
    if (!this.#isOver) this.#receiver.sent();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (this.#isOver) return;
    const fields = rawFields(controller.rawHeaders);
    if (status < 200) this.#receiver.informed(status, fields);
    else this.#receiver.answered(status, fields);
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Uint8Array): void {
    if (!this.#isOver) this.#receiver.data(bytes);
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const trailers = rawFields(controller.rawTrailers);
    // HTTP/2, where undici lets go of the body's data as trailers come: nobody knows whether all of it is here.
    if (trailers.length > 0 && !Array.isArray(controller.rawTrailers)) {
      return this.#receiver.failed({
        kind: "protocol",
        detail: "HTTP/2 trailers that nobody wants",
      });
    }
    this.#receiver.ended(trailers);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    socket: Parameters<typeof socketTunnel>[0],
  ): void {
    const tunnel = socketTunnel(socket);
    if (this.#isOver || status !== 101) return tunnel.close();
    this.#isOver = true;
    this.#receiver.upgraded(rawFields(controller.rawHeaders), tunnel);
  }

  onResponseError(_controller: unknown, error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.failed(failureOf(error));
  }
}

/** What an error of undici's means. */
function failureOf(error: unknown): NetworkFailure {
  if (error instanceof DialError) return error.failure;
  const { code = "", name = "", message = String(error) } = error as Partial<
    { code: string; name: string; message: string }
  >;
  const detail = code === "" ? message : `${code}: ${message}`;
  if (code === "UND_ERR_HEADERS_OVERFLOW" || code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return { kind: "too large", detail };
  }
  if (code === "ERR_HTTP2_STREAM_ERROR") return { kind: "reset", detail };
  const isProtocol = name === "HTTPParserError" || code.startsWith("HPE_") ||
    code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" || code.startsWith("ERR_HTTP2");
  if (isProtocol) return { kind: "protocol", detail };
  // It takes a 100 that nobody has asked for, and a 101 too, for the end of all order.
  if (code === "UND_ERR_SOCKET" && message.startsWith("bad ")) return { kind: "protocol", detail };
  const isRequest = code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH" ||
    code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED";
  if (isRequest) return { kind: "request", detail };
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") return { kind: "closed", detail };
  return { kind: "reset", detail };
}
