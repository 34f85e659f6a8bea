/** A client that sends what it is told, and reads one answer for each request. */

import { type Field, fieldValue } from "@skerry/http";
import { RawReader, writeRaw } from "./raw_message.ts";

/** What came. */
export interface RawAnswer {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: string;
}

/** Asks over a connection of its own. */
export async function askRaw(
  port: number,
  method: string,
  target: string,
  fields: readonly Field[],
): Promise<RawAnswer> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const reader = new RawReader(socket);
  await writeRaw(socket, `${method} ${target} HTTP/1.1`, fields, "");
  for (;;) {
    const head = await reader.head();
    if (head === undefined) throw new Error("the connection ended before an answer");
    const status = Number(head.start.split(" ")[1]);
    if (status >= 200) {
      return {
        status,
        fields: head.fields,
        body: await bodyOf(reader, method, status, head.fields),
      };
    }
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
