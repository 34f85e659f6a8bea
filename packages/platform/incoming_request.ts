/** A request of `node:http` as a plain value. */

import type { IncomingMessage } from "node:http";
import type { ByteSource } from "@skerry/base";
import type { Field, HttpRequest } from "@skerry/http";

/** All fields in their order. */
export function fieldsOf({ rawHeaders }: IncomingMessage): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    fields.push([rawHeaders[at] ?? "", rawHeaders[at + 1] ?? ""]);
  }
  return fields;
}

/** The request, whose body is read from the connection as it is asked for. */
export function requestOf(
  incoming: IncomingMessage,
  fields: readonly Field[],
  signal: AbortSignal,
): HttpRequest {
  const { method = "", url = "", socket, headers } = incoming;
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

/**
 * Reads on and drops what nobody wanted of a body, so that the connection can take its next request. More than
 * `bytesMax` ends the connection instead, once its response is out.
 */
export function discardRest(
  incoming: IncomingMessage,
  bytesMax: number,
  sent: Promise<unknown>,
): void {
  if (incoming.readableEnded || incoming.destroyed) return;
  let bytes = 0;
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes <= bytesMax) return;
    incoming.off("data", count);
    incoming.pause();
    void sent.then(() => incoming.socket.destroy());
  };
  incoming.on("data", count);
  incoming.resume();
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
        if (incoming.readableEnded && incoming.complete) return new Uint8Array(0);
        // RFC 9112 §8: a body that was cut off must not pass for a whole one.
        if (incoming.readableEnded || incoming.destroyed) throw cutOff;
        await readable(incoming);
      }
    },
  };
}

/** One value for all, because making an exception for each costs a stack trace. */
const cutOff = new Error("the request ended before its body did");

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
