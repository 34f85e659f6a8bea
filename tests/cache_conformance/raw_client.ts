/** A client that sends what it is told, and reads one answer for each request. */

import { type Field, fieldValue } from "@skerry/http";
import { RawReader, writeText } from "./raw_message.ts";

/** What came. */
export interface RawAnswer {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: string;
  /** The statuses of interim responses before it. */
  readonly interim: readonly number[];
}

/** Asks over a connection of its own. */
export function askRaw(
  port: number,
  method: string,
  target: string,
  fields: readonly Field[],
): Promise<RawAnswer> {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return exchangeRaw(port, method, `${method} ${target} HTTP/1.1\r\n${lines}\r\n`);
}

/** Sends what it is told, over a connection of its own, and reads one answer. */
export async function exchangeRaw(
  port: number,
  method: string,
  sent: string,
): Promise<RawAnswer> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const reader = new RawReader(socket);
  // What is refused may be refused before all of it is there.
  const written = writeText(socket, sent).catch(() => {});
  const interim: number[] = [];
  for (;;) {
    const head = await reader.head();
    if (head === undefined) throw new Error("the connection ended before an answer");
    const status = Number(head.start.split(" ")[1]);
    if (status < 200) {
      interim.push(status);
      continue;
    }
    await written;
    const body = await bodyOf(reader, method, status, head.fields);
    return { status, fields: head.fields, body, interim };
  }
}

async function bodyOf(
  reader: RawReader,
  method: string,
  status: number,
  fields: readonly Field[],
): Promise<string> {
  if (method === "HEAD" || status === 204 || status === 304) return "";
  const length = fieldValue(fields, "content-length");
  const bytes = fieldValue(fields, "transfer-encoding") !== undefined
    ? await reader.chunks()
    : length === undefined
    ? await reader.rest()
    : await reader.bytes(Number(length));
  return new TextDecoder().decode(bytes);
}
