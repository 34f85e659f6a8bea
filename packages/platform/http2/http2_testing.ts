/** What the tests of HTTP/2 speak to it with: bare frames over TCP, and what comes back as lines of text. */

import { type Field, fieldValue, HpackDecoder, type HttpResponse } from "@skerry/http";
import { type Handler, type Listener, type ListenOptions, serve } from "../listen.ts";
import { bind } from "../shared_socket.ts";
import { latin1 } from "../listen_testing.ts";
import { Http2Connection } from "./connection.ts";
import { errorCode, flags, frameType, preface, uint32 } from "./frames.ts";
import { defaultHttp2Limits, type Http2Limits } from "./http2_limits.ts";

/** Bytes of a frame; a text has a character for each byte. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array | string = "",
): Uint8Array {
  const bytes = typeof payload === "string" ? latin1(payload) : payload;
  const all = new Uint8Array(9 + bytes.length);
  const view = new DataView(all.buffer);
  view.setUint32(0, bytes.length << 8 | type);
  view.setUint8(4, flags);
  view.setUint32(5, streamId);
  all.set(bytes, 9);
  return all;
}

/** Everything after one another. */
export function join(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const all = parts.map((part) => typeof part === "string" ? latin1(part) : part);
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The same frame again and again. */
export function times(count: number, make: (index: number) => Uint8Array): Uint8Array {
  return join(...Array.from({ length: count }, (_, index) => make(index)));
}

/** A number of four bytes. */
export function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** SETTINGS with these. */
export function settings(...pairs: readonly (readonly [identifier: number, value: number])[]) {
  const payload = pairs.map(([name, value]) => join(new Uint8Array([0, name]), number(value)));
  return frame(frameType.settings, 0, 0, join(...payload));
}

/** A header block that depends on none before it, and none after depends on. */
export function block(fields: readonly Field[]): Uint8Array {
  const text = fields.map(([name, value]) => `\0${string(name)}${string(value)}`);
  return latin1(text.join(""));
}

/** RFC 7541 §5.2, not by Huffman's code. */
function string(text: string): string {
  if (text.length < 127) return String.fromCharCode(text.length) + text;
  let rest = text.length - 127;
  let length = "\x7f";
  for (; rest >= 0x80; rest >>= 7) length += String.fromCharCode(rest & 0x7f | 0x80);
  return length + String.fromCharCode(rest) + text;
}

/** The fields of a good request. */
export function request(target: string, ...more: readonly Field[]): Field[] {
  return [
    [":method", "POST"],
    [":scheme", "https"],
    [":authority", "a.test"],
    [":path", target],
    ...more,
  ];
}

/** HEADERS in one frame. */
export function headers(
  streamId: number,
  fields: readonly Field[],
  isLast: "last" | "more" = "last",
): Uint8Array {
  const set = flags.endHeaders | (isLast === "last" ? flags.endStream : 0);
  return frame(frameType.headers, set, streamId, block(fields));
}

export function data(streamId: number, content: Uint8Array | string, isLast = false): Uint8Array {
  return frame(frameType.data, isLast ? flags.endStream : 0, streamId, content);
}

export const hello = join(preface, settings());

/** A client that sends bytes, and reads frames as lines: `HEADERS 1 200 end`, `GOAWAY 0 PROTOCOL_ERROR`. */
export class FrameClient {
  readonly #connection: Deno.TcpConn;
  readonly #decoder = new HpackDecoder(4096);
  #bytes = new Uint8Array(0);
  /** All that came, with the time to read them. */
  lines: string[] = [];
  /** Bytes of bodies that came. */
  dataBytes = 0;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  async send(...parts: readonly (Uint8Array | string)[]): Promise<void> {
    const bytes = join(...parts);
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Reads until a line is this, or the end; the end is told by a line `end`. A `*` stands for any number. */
  async until(line: string): Promise<string[]> {
    while (!this.has(line) && await this.#receive());
    return this.lines;
  }

  /** Whether a line has come. */
  has(line: string): boolean {
    const [begin = "", end] = line.split("*");
    if (end === undefined) return this.lines.includes(line);
    return this.lines.some((found) => found.startsWith(begin) && found.endsWith(end));
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
    const count = await this.#connection.read(buffer).catch(() => null);
    if (count === null) {
      this.lines.push("end");
      return false;
    }
    this.#bytes = join(this.#bytes, buffer.subarray(0, count)) as Uint8Array<ArrayBuffer>;
    for (;;) {
      if (this.#bytes.length < 9) return true;
      const length = uint32(this.#bytes, 0) >>> 8;
      if (this.#bytes.length < 9 + length) return true;
      this.#read(this.#bytes.subarray(0, 9 + length));
      this.#bytes = this.#bytes.slice(9 + length);
    }
  }

  #read(bytes: Uint8Array): void {
    const [type, set] = [bytes[3] ?? 0, bytes[4] ?? 0];
    const payload = bytes.slice(9);
    const name = nameOf(frameType, type);
    let what = "";
    if (name === "HEADERS") {
      const fields = this.#decoder.decode(payload, { fieldsMax: 1000, listBytesMax: 1_000_000 });
      what = typeof fields === "string" ? fields : fieldValue(fields, ":status") ??
        JSON.stringify(fields);
    } else if (name === "RST_STREAM") what = nameOf(errorCode, uint32(payload, 0));
    else if (name === "GOAWAY") {
      what = `${uint32(payload, 0)} ${nameOf(errorCode, uint32(payload, 4))}`;
    } else if (name === "WINDOW_UPDATE") what = String(uint32(payload, 0));
    else if (name === "DATA") {
      what = String(payload.length);
      this.dataBytes += payload.length;
    } else if (set & flags.ack) what = "ack";
    const hasEnd = (name === "DATA" || name === "HEADERS") && (set & flags.endStream) !== 0;
    const line = [name, uint32(bytes, 5), what, hasEnd ? "end" : ""];
    this.lines.push(line.filter((part) => part !== "").join(" "));
  }
}

/** `protocolError` is `PROTOCOL_ERROR` in the specification. */
function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  const found = Object.entries(names).find(([, number]) => number === value);
  return (found?.[0] ?? `0x${value.toString(16)}`).replace(/[A-Z]/g, "_$&").toUpperCase();
}

/** What a server of the tests is told. */
export interface Http2TestOptions extends ListenOptions {
  readonly http2?: Partial<Http2Limits>;
}

/** Runs a server without TLS for as long as `use` takes. */
export async function withHttp2(
  handler: Handler,
  use: (connect: () => Promise<FrameClient>, listener: Listener) => Promise<void>,
  options: Http2TestOptions = {},
): Promise<void> {
  const limits = { ...defaultHttp2Limits, ...options.http2 };
  const socket = bind({ hostname: "127.0.0.1", port: 0 }, "any");
  const listener = serve(
    socket,
    handler,
    options,
    (client, exchanges) => new Http2Connection(client, client.peer, exchanges, "https", limits),
  );
  const clients: FrameClient[] = [];
  try {
    await use(async () => {
      const client = new FrameClient(await Deno.connect(listener.address));
      clients.push(client);
      return client;
    }, listener);
  } finally {
    for (const client of clients) client.close();
    await listener.close(0);
  }
}

/** An answer of known length. */
export function sized(bytes: number): HttpResponse {
  return { status: 200, fields: [], body: new Uint8Array(bytes) };
}
