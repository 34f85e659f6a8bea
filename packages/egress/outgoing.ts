/** A request for a backend, checked: whoever made it, nothing in it can be read as more than one request. */

import { type ByteSource, err, ok, type Result } from "@skerry/base";
import { type Field, hopByHopFields, isFieldValue, isToken } from "@skerry/http";
import type { OutgoingRequest } from "./network.ts";
import { isPath } from "./settings.ts";

/** What a backend is asked. */
export interface BackendRequest {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  /** `Host` and the connection's own are the backend's business. */
  readonly fields: readonly Field[];
  readonly body: ByteSource | undefined;
  /** Whether fields after the answer's body have a reader (RFC 9110 §10.1.4). */
  readonly wantsTrailers?: boolean;
  /** The protocol to change to (RFC 9110 §7.8). */
  readonly upgrade?: string;
  /** Hears of interim responses. */
  readonly inform?: (status: number, fields: readonly Field[]) => void;
}

const pieceBytesMax = 64 * 1024;

/** The request as it goes out, or what is wrong with it. */
export function outgoing(
  { method, target, fields, body, wantsTrailers = false, upgrade }: BackendRequest,
  host: string,
): Result<Omit<OutgoingRequest, "body">, string> {
  if (!isToken(method) || method === "CONNECT" || method === "TRACE") {
    return err(`the method ${JSON.stringify(method)}`);
  }
  if (!isPath(target)) return err("the target is no path");
  if (upgrade !== undefined && !upgrade.split("/").every(isToken)) return err("the protocol");
  const kept: Field[] = [["host", host]];
  if (wantsTrailers) kept.push(["te", "trailers"]);
  let lengths = 0;
  for (const field of fields) {
    const [name, value] = field;
    const lower = name.toLowerCase();
    if (!isToken(name) || !isFieldValue(value)) return err(`the field ${JSON.stringify(name)}`);
    // `Trailer` and `TE` tell what a connection can do; the others cut it into messages.
    if (hopByHopFields.has(lower) || lower === "expect") return err(`the field ${lower}`);
    if (lower === "host") continue;
    if (lower === "content-length") {
      lengths += 1;
      if (lengths > 1 || !/^\d{1,15}$/.test(value)) return err("the length");
      if (body === undefined) continue;
    }
    kept.push(field);
  }
  return ok({ method, target, fields: kept, upgrade, wantsTrailers });
}

/** A body in pieces. */
export async function* bodyOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await source.read(pieceBytesMax);
    if (piece.length === 0) return;
    yield piece;
  }
}
