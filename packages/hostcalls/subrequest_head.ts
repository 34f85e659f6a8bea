/**
 * Reads the head of a request that a guest has written.
 *
 * What always holds: what comes out is one request whoever reads it (RFC 9112 §§2.2, 3, 5, 6). No line ends but in CRLF,
 * no field goes over a line's end, and what frames a message or belongs to one connection is not the guest's to say.
 */

import { type Field, hopByHopFields, isFieldValue, isToken } from "@skerry/http";
import { subrequestLimits as limits } from "./limits.ts";

/** A head that can be sent. */
export interface SubrequestHead {
  readonly method: string;
  readonly target: string;
  /** Without `host` and `content-length`. */
  readonly fields: readonly Field[];
  /** What `Host` the guest has asked for. */
  readonly host: string | undefined;
  /** The length of the body that the guest announces. */
  readonly contentLength: number | undefined;
}

/** A path and perhaps a query, of visible characters; a fragment is never sent (RFC 9110 §4.2.5). */
const requestLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\/[!-"$-~]*) HTTP\/1\.1$/;

/** Methods that are about the connection, not about what is at its end. */
const refusedMethods = ["CONNECT", "TRACE"];

/** A name or an address, and perhaps a port: nothing that could be taken for user information or a path. */
const hostForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** The head in these bytes, which it has to fill; undefined where it is none. */
export function parseSubrequestHead(bytes: Uint8Array): SubrequestHead | undefined {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  if (!text.endsWith("\r\n\r\n")) return undefined;
  const [line = "", ...lines] = text.slice(0, -4).split("\r\n");
  const [, method = "", target = ""] = requestLine.exec(line) ?? [];
  if (method === "" || refusedMethods.includes(method.toUpperCase())) return undefined;
  if (lines.length > limits.fieldsMax) return undefined;
  const fields: Field[] = [];
  const single = new Map<string, string>();
  for (const one of lines) {
    const field = parseField(one);
    if (field === undefined) return undefined;
    const [name, value] = field;
    if (name !== "host" && name !== "content-length") fields.push(field);
    else if (single.has(name)) return undefined;
    else single.set(name, value);
  }
  const host = single.get("host");
  if (host !== undefined && !hostForm.test(host)) return undefined;
  const length = single.get("content-length");
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return undefined;
  const contentLength = length === undefined ? undefined : Number(length);
  return { method, target, fields, host, contentLength };
}

/** A field, its name in lower case; undefined where it is none, or none that a guest may send. */
export function parseField(line: string): Field | undefined {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(0, colon)).toLowerCase();
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
  if (!isToken(name) || !isFieldValue(value)) return undefined;
  // Whoever expects a 100 would wait for what is never told here (RFC 9110 §10.1.1).
  if (hopByHopFields.has(name) || name === "expect") return undefined;
  return [name, value];
}
