/**
 * An HTTP/1.1 server on this machine, by `node:http`.
 *
 * Not by `Deno.serve`: in Deno 2.8.3 to 2.9.5 it stalls a request's body for ever once a streamed response
 * has begun (denoland/deno#36624), and it has no time limits for a connection. A test echoes a large body both
 * ways at once.
 */

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { SkerryError } from "@skerry/base";
import type { HttpRequest, HttpResponse } from "@skerry/http";
import { Connection, type Turn } from "./connection.ts";
import { discardRest, fieldsOf, requestOf } from "./incoming_request.ts";
import { addressUrl, type ListenAddress } from "./listen_address.ts";
import { defaultListenLimits, type ListenLimits } from "./listen_limits.ts";
import { refusal, send, untilClosed } from "./outgoing_response.ts";
import { Turns } from "./turns.ts";
import { framingFault } from "./request_framing.ts";

/** Answers a request. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/** What {@link listen} may be told. */
export interface ListenOptions {
  /** Bounds that differ from the usual ones. */
  readonly limits?: Partial<ListenLimits>;
  /** Told of what a handler throws, which is a mistake of ours: its client is answered 500. */
  readonly onFault?: (error: unknown) => void;
}

/** A server that listens. */
export interface Listener {
  readonly address: ListenAddress;
  /** Takes no more connections, lets what is under way end for `graceMs`, then cuts it off. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts a server. Resolves once it listens.
 *
 * @throws SkerryError SKERRY_LISTEN_FAILED where the address cannot be had
 */
export async function listen(
  address: ListenAddress,
  handler: Handler,
  options: ListenOptions = {},
): Promise<Listener> {
  const limits = { ...defaultListenLimits, ...options.limits };
  const server = createServer({
    headersTimeout: limits.headerWallMsMax,
    requestTimeout: limits.receiveWallMsMax,
    keepAliveTimeout: limits.connectionIdleMsMax,
    maxHeaderSize: limits.headerBytesMax,
    connectionsCheckingInterval: Math.ceil(limits.headerWallMsMax / 4),
  });
  // One more than is allowed, since those beyond it are dropped in silence.
  server.maxHeadersCount = limits.fieldsMax + 1;
  server.maxConnections = limits.connectionsMax;
  const turns = new Turns();
  const inTurn: Handler = async (request) => {
    const turn = turns.next();
    if (turn !== undefined) await turn;
    return await handler(request);
  };
  const answer = (turn: Turn) => answerTurn(turn, inTurn, limits, options.onFault ?? (() => {}));
  const connections = accept(server, limits, answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(listenFailed(address, cause)));
    server.listen(address.port, address.hostname, resolve);
  });
  const { address: hostname, port } = server.address() as AddressInfo;
  return { address: { hostname, port }, close: (graceMs) => close(server, connections, graceMs) };
}

/** The connections that are open, kept up to date. */
function accept(
  server: Server,
  { requestsPipelinedMax }: ListenLimits,
  answer: (turn: Turn) => Promise<void>,
): ReadonlyMap<Socket, Connection> {
  const connections = new Map<Socket, Connection>();
  server.on("connection", (socket) => {
    connections.set(socket, new Connection(socket, requestsPipelinedMax, answer));
    socket.once("close", () => connections.delete(socket));
  });
  const take = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const connection = connections.get(incoming.socket);
    connection?.take({ incoming, outgoing });
    if (!server.listening) connection?.closeSoon();
  };
  server.on("request", take);
  server.on("checkExpectation", take);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const status = faultStatuses[error.code ?? ""] ?? 400;
    connections.get(socket as Socket)?.refuse(status, STATUS_CODES[status] ?? "");
  });
  return connections;
}

const faultStatuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function listenFailed(address: ListenAddress, cause: Error): SkerryError {
  const inUse = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
  const why = inUse ? "the address is in use" : cause.message;
  return new SkerryError("SKERRY_LISTEN_FAILED", `cannot listen: ${why}`, {
    where: addressUrl(address),
    cause,
  });
}

function close(
  server: Server,
  connections: ReadonlyMap<Socket, Connection>,
  graceMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of connections.keys()) socket.destroy();
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    for (const connection of connections.values()) connection.closeSoon();
  });
}

async function answerTurn(
  { incoming, outgoing }: Turn,
  handler: Handler,
  limits: ListenLimits,
  onFault: (error: unknown) => void,
): Promise<void> {
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => {
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) gone.abort(clientGone);
      resolve();
    });
  });
  // What goes wrong with a connection closes it, and needs no second report.
  outgoing.on("error", () => {});
  try {
    const response = await respond({ incoming, outgoing }, handler, gone.signal, limits, onFault);
    await send(response, outgoing, limits.sendStallWallMsMax);
    discardRest(incoming, limits.discardBytesMax, closed);
    if (!outgoing.destroyed) outgoing.end();
  } catch {
    // The response is cut off and cannot be mended: the client must see that it is not whole.
    outgoing.destroy();
  }
  await untilClosed(outgoing, closed, limits.sendStallWallMsMax);
}

/** Why a signal is aborted: one value for all, because making an exception for each costs a stack trace. */
const clientGone = new Error("the client is gone");

async function respond(
  { incoming, outgoing }: Turn,
  handler: Handler,
  signal: AbortSignal,
  { fieldsMax }: ListenLimits,
  onFault: (error: unknown) => void,
): Promise<HttpResponse> {
  const fields = fieldsOf(incoming);
  if (fields.length > fieldsMax) return refusal(431, outgoing);
  const fault = framingFault(incoming.httpVersion, fields);
  if (fault !== undefined) return refusal(fault, outgoing);
  // RFC 9110 §10.1.1: the only expectation that there is; the server has met it already.
  const { expect } = incoming.headers;
  if (expect !== undefined && !/^100-continue$/i.test(expect)) return refusal(417, outgoing);
  // RFC 9110 §7.8: an offer to change the protocol may be ignored. The parser stops at one all the same, so
  // the connection ends with this response.
  if (incoming.headers.upgrade !== undefined) outgoing.shouldKeepAlive = false;
  try {
    return await handler(requestOf(incoming, fields, signal));
  } catch (error) {
    onFault(error);
    return refusal(500, outgoing);
  }
}
