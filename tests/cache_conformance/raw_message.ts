/** HTTP/1.1 messages over bare sockets, read as strictly as the test needs and written exactly as they are told. */

import { concatBytes } from "@skerry/base";
import type { Field } from "@skerry/http";

const [encoder, latin1] = [new TextEncoder(), new TextDecoder("latin1")];

/** A message's first line and its fields. */
export interface RawHead {
  readonly start: string;
  readonly fields: readonly Field[];
}

/** What comes over one connection. */
export class RawReader {
  readonly #socket: Deno.TcpConn;
  #pending = new Uint8Array();

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /** A head; undefined where the connection ends before one. */
  async head(): Promise<RawHead | undefined> {
    let text = "";
    for (;;) {
      text = latin1.decode(this.#pending);
      if (text.includes("\r\n\r\n")) break;
      if (!await this.#more()) return undefined;
    }
    const [head = ""] = text.split("\r\n\r\n", 1);
    this.#pending = this.#pending.subarray(head.length + 4);
    const [start = "", ...lines] = head.split("\r\n");
    const fields = lines.map((line): Field => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    return { start, fields };
  }

  /** So many bytes; fewer where the connection ends before. */
  async bytes(count: number): Promise<Uint8Array> {
    while (this.#pending.length < count && await this.#more());
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }

  /** A chunked body (RFC 9112 §7.1). */
  async chunks(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const size = parseInt(await this.#line(), 16);
      if (size === 0 || Number.isNaN(size)) break;
      chunks.push(await this.bytes(size));
      await this.bytes(2);
    }
    while (await this.#line() !== "");
    return concatBytes(chunks);
  }

  /** All that comes until the connection ends. */
  async rest(): Promise<Uint8Array> {
    while (await this.#more());
    return this.#pending;
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = latin1.decode(this.#pending).indexOf("\r\n");
      if (end >= 0) return latin1.decode((await this.bytes(end + 2)).subarray(0, end));
      if (!await this.#more()) return "";
    }
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(16 * 1024);
    const count = await this.#socket.read(buffer);
    if (count === null) return false;
    this.#pending = concatBytes([this.#pending, buffer.subarray(0, count)]);
    return true;
  }
}

/** Writes a head and a body. */
export async function writeRaw(
  socket: Deno.TcpConn,
  start: string,
  fields: readonly Field[],
  body: string,
): Promise<void> {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await writeText(socket, `${start}\r\n${lines}\r\n${body}`);
}

/** Writes a text, whatever it is. */
export async function writeText(socket: Deno.TcpConn, text: string): Promise<void> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}
