// deno-lint-ignore-file skerry/host-access -- this runs in the guest, where these are its own

// Requests to backends, each a descriptor of skerry_http's that is written to and read from.

import { chunkBytes, extractBody } from "./body.js";
import { encodeText } from "./encoding.js";
import { Headers, token } from "./headers.js";
import { close, join, read, request, shutdown, writeSome } from "./host.js";
import { Response } from "./response.js";
import { callWith, viewOf } from "./skerry_pack.js";
import { setTimeout } from "./timers.js";

/** WASI's errors that have a meaning here. */
const errors = {
  1: "E2BIG: the request's head is too long",
  2: "EACCES: the backend's address is one that programs may not reach",
  6: "EAGAIN: too many requests are open at once",
  10: "EBUSY: the backend is known to be unwell, or has too much to do",
  13: "ECONNABORTED: the request was given up",
  14: "ECONNREFUSED: the backend takes no connections",
  15: "ECONNRESET: the connection broke",
  19: "EDQUOT: this request has asked for as much as it may",
  23: "EHOSTUNREACH: the backend's name has no address",
  28: "EINVAL: the request cannot be sent as it is",
  33: "EMFILE: no descriptor is free",
  44: "ENOENT: there is no such backend",
  64: "EPIPE: the backend takes no more",
  65: "EPROTO: what the backend answers is not HTTP",
  73: "ETIMEDOUT: the backend took too long",
};

const brokenPipe = 64;
const protocolError = 65;

const bodilessStatuses = [204, 205, 304];

/**
 * Asks a backend of this service for a path. It rejects with a TypeError where there is no response; one with whatever
 * status is a response.
 */
export async function fetch(backend, path, { method = "GET", headers, body, cache = {} } = {}) {
  // Anything else could end the line that they stand in, and begin a field of its own.
  if (!/^\/[!-~]*$/.test(path)) throw new TypeError("a path is a slash and visible ASCII");
  if (!token.test(method)) throw new TypeError(`"${method}" is not a method`);
  const { content, type } = extractBody(body);
  const fields = new Headers(headers);
  if (type !== null && !fields.has("content-type")) fields.set("content-type", type);
  const isWhole = content instanceof Uint8Array;
  if (isWhole) fields.set("content-length", String(content.length));
  const lines = Array.from(fields, ([name, value]) => `${name}: ${value}\r\n`).join("");
  const fd = open(backend, `${method} ${path} HTTP/1.1\r\n${lines}\r\n`, cache);
  const fault = (errno) => failure(backend, errno);
  try {
    if (isWhole) send(fd, content, fault);
    else if (content !== null) await sendAll(fd, content, fault);
    // Reading waits. Whatever else the program begins now is under way by then.
    await new Promise((resolve) => setTimeout(resolve, 0));
    return responseOf(fd, method, fault);
  } catch (error) {
    close(fd);
    throw error;
  }
}

function open(backend, head, cache) {
  const bytes = Uint8Array.from(head, (character) => character.charCodeAt(0));
  const fd = new Uint8Array(4);
  const called = [encodeText(String(backend)), bytes, fd, ...wantedOf(cache)];
  const { status, buffers } = callWith(request, ...called);
  if (status !== 0) throw failure(backend, status);
  return viewOf(buffers[2]).getUint32(0, true);
}

/** `struct skerry_http_caching`, and the surrogate keys that it speaks of. */
function wantedOf(cache) {
  const { ttlMs, staleWhileRevalidateMs, surrogateKeys = [] } = cache;
  const options = new DataView(new ArrayBuffer(32));
  const told = [cache === "pass", ttlMs !== undefined, staleWhileRevalidateMs !== undefined];
  options.setUint32(0, told.reduce((flags, is, bit) => is ? flags | (1 << bit) : flags, 0), true);
  options.setBigUint64(8, BigInt(Math.ceil(ttlMs ?? 0)), true);
  options.setBigUint64(16, BigInt(Math.ceil(staleWhileRevalidateMs ?? 0)), true);
  return [new Uint8Array(options.buffer), encodeText([surrogateKeys].flat().join(" "))];
}

async function sendAll(fd, content, fault) {
  for (let step = await content.next(); !step.done; step = await content.next()) {
    if (!send(fd, chunkBytes(step.value), fault)) return;
  }
  shutdown(fd);
}

/** Writes a piece. A backend that takes no more has answered, or failed: reading tells which. */
function send(fd, piece, fault) {
  const errno = writeSome(fd, piece);
  if (errno !== 0 && errno !== brokenPipe) throw fault(errno);
  return errno === 0;
}

function responseOf(fd, method, fault) {
  let head = new Uint8Array(0);
  let end;
  while ((end = endOfHead(head)) === undefined) {
    const piece = readPiece(fd, fault);
    if (piece.length === 0) throw fault(protocolError);
    head = join([head, piece]);
  }
  const [line, ...lines] = String.fromCharCode(...head.subarray(0, end)).split("\r\n");
  const status = Number(line.split(" ")[1]);
  const headers = new Headers(lines.map((text) => {
    const colon = text.indexOf(":");
    return [text.slice(0, colon), text.slice(colon + 1)];
  }));
  if (method === "HEAD" || bodilessStatuses.includes(status)) {
    close(fd);
    return new Response(null, { status, headers });
  }
  return new Response(bodyOf(fd, head.subarray(end + 4), fault), { status, headers });
}

/** The body in pieces, as they are asked for. */
function* bodyOf(fd, first, fault) {
  try {
    if (first.length > 0) yield first;
    for (let piece = readPiece(fd, fault); piece.length > 0; piece = readPiece(fd, fault)) {
      yield piece;
    }
  } finally {
    close(fd);
  }
}

function readPiece(fd, fault) {
  const piece = read(fd, 65536);
  if (typeof piece === "number") throw fault(piece);
  return piece;
}

/** Where the empty line begins. */
function endOfHead(bytes) {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return undefined;
}

function failure(backend, errno) {
  return new TypeError(`backend ${backend}: ${errors[errno] ?? `WASI error ${errno}`}`);
}
