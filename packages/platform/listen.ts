/**
 * An HTTP/1.1 server on this machine, by `node:http`.
 *
 * Not by `Deno.serve`: in Deno 2.8.3 to 2.9.5 it stalls a request's body for ever once a streamed response
 * has begun (denoland/deno#36624), and it has no time limits for a connection. A test of the edge echoes a
 * large body both ways at once.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ByteSource, limits, SkerryError } from "@skerry/base";
import type { Field, HttpRequest, HttpResponse } from "@skerry/http";

/** Where to listen. Port 0 asks for any free one. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Answers a request. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/** A server that listens. */
export interface Listener {
  readonly address: ListenAddress;
  /** Takes no more connections, lets what is under way end for `graceMs`, then cuts it off. */
  close(graceMs: number): Promise<void>;
}

/**
 * Reads `host:port`, `[v6]:port`, `:port` or `port`.
 *
 * @returns undefined where the text is none of these
 */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.\-]*):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2] ?? Number.NaN);
  if (match === null || port > 65_535) return undefined;
  const host = (match[1] ?? "").replace(/^\[|\]$/g, "");
  return { hostname: host === "" ? "127.0.0.1" : host, port };
}

/** `http://host:port`, as a browser wants it. */
export function addressUrl({ hostname, port }: ListenAddress): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Starts a server. Resolves once it listens. */
export async function listen(address: ListenAddress, handler: Handler): Promise<Listener> {
  const server = createServer({
    headersTimeout: limits.requestHeaderWallMsMax,
    requestTimeout: limits.requestReceiveWallMsMax,
    keepAliveTimeout: limits.connectionIdleMsMax,
    maxHeaderSize: limits.requestHeaderBytesMax,
  }, (incoming, outgoing) => void answer(incoming, outgoing, handler));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(listenFailed(address, cause)));
    server.listen(address.port, address.hostname, resolve);
  });
  const { address: hostname, port } = server.address() as AddressInfo;
  return { address: { hostname, port }, close: (graceMs) => close(server, graceMs) };
}

function listenFailed(address: ListenAddress, cause: Error): SkerryError {
  const inUse = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
  const why = inUse ? "the address is in use" : cause.message;
  return new SkerryError("SKERRY_LISTEN_FAILED", `cannot listen: ${why}`, {
    where: addressUrl(address),
    cause,
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: Handler,
): Promise<void> {
  const gone = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) gone.abort(clientGone);
  });
  try {
    const response = await handler(requestOf(incoming, gone.signal));
    outgoing.writeHead(response.status, response.fields.flat());
    await send(response.body, outgoing);
    discardRest(incoming);
  } catch {
    // The response is cut off and cannot be mended: the client must see that it is not whole.
    outgoing.destroy();
  }
}

/** Why a signal is aborted: one value for all, because making an exception for each costs a stack trace. */
const clientGone = new Error("the client is gone");

function requestOf(incoming: IncomingMessage, signal: AbortSignal): HttpRequest {
  const { rawHeaders, method = "", url = "", socket, headers } = incoming;
  const fields: Field[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    fields.push([rawHeaders[at] ?? "", rawHeaders[at + 1] ?? ""]);
  }
  // RFC 9112 §6.3: a request without either field has no body.
  const hasBody = headers["content-length"] !== undefined ||
    headers["transfer-encoding"] !== undefined;
  return {
    method,
    target: url,
    scheme: "http",
    fields,
    body: hasBody ? bodyOf(incoming) : undefined,
    peer: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    signal,
  };
}

/** A body that is read only as it is asked for, so that a slow guest slows its client. */
function bodyOf(incoming: IncomingMessage): ByteSource {
  return {
    async read(bytesMax) {
      for (;;) {
        const waiting = incoming.readableLength;
        const bytes: Uint8Array | null = waiting > 0
          ? incoming.read(Math.min(bytesMax, waiting))
          : null;
        if (bytes !== null) return bytes;
        if (incoming.readableEnded || incoming.destroyed) return new Uint8Array(0);
        await readable(incoming);
      }
    },
  };
}

function readable(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const events = ["readable", "end", "close", "error"] as const;
    const done = () => {
      for (const event of events) incoming.off(event, done);
      resolve();
    };
    for (const event of events) incoming.on(event, done);
    // A paused stream reports no end before it is read at its end.
    if (incoming.readableLength === 0) incoming.read(0);
  });
}

async function send(body: HttpResponse["body"], outgoing: ServerResponse): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  for await (const piece of body) {
    if (!outgoing.write(piece)) await drained(outgoing);
    if (outgoing.destroyed) return;
  }
  outgoing.end();
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.on("drain", done).on("close", done);
  });
}

/** Reads what the guest left of the body, so that the connection can go on; too much ends it instead. */
function discardRest(incoming: IncomingMessage): void {
  if (incoming.readableEnded || incoming.destroyed) return;
  let bytes = 0;
  incoming.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > limits.requestDiscardBytesMax) incoming.destroy();
  });
  incoming.resume();
}
