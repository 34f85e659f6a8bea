/** The response by which a connection changes its protocol (RFC 9110 §15.2.2). */

import type { Field, HttpResponse } from "@skerry/http";
import { fieldLine } from "./field_lines.ts";

/**
 * The head of a response with status 101.
 *
 * @param offered what the client offers (RFC 9110 §7.8): there is no change to anything else
 * @throws where it cannot be sent as it is, which is a mistake of ours
 */
export function switchingHead(
  { status, fields }: Pick<HttpResponse, "status" | "fields">,
  offered: readonly string[],
): string {
  if (status !== 101) throw new Error(`${status} is not the status of another protocol's start`);
  const named = fields.filter(isUpgrade).map(([, value]) => value);
  const [protocol, ...more] = named.length === 0 ? offered : named;
  const isOffered = offered.some((offer) => offer.toLowerCase() === protocol?.toLowerCase());
  if (protocol === undefined || more.length > 0 || !isOffered) {
    throw new Error("a connection changes to one protocol, which its client has offered");
  }
  const others = fields.filter((field) => !isUpgrade(field));
  if (others.some(([name]) => name.toLowerCase() === "content-length")) {
    throw new Error("a response with status 101 has no Content-Length");
  }
  return "HTTP/1.1 101 Switching Protocols\r\n" +
    `Connection: upgrade\r\nUpgrade: ${protocol}\r\n${others.map(fieldLine).join("")}\r\n`;
}

function isUpgrade([name]: Field): boolean {
  return name.toLowerCase() === "upgrade";
}
