/** HTTP messages as plain values, whatever server received them and whatever client will read them. */

import type { ByteSink, ByteSource } from "@skerry/base";

/** A header field; names in any case. */
export type Field = readonly [name: string, value: string];

/** A request as it came off the connection: nothing in it is checked. */
export interface HttpRequest {
  readonly method: string;
  /** The request-target, raw (RFC 9112 §3.2). */
  readonly target: string;
  readonly scheme: "http" | "https";
  /** By which it came; `1.1` unless told. */
  readonly version?: "1.0" | "1.1" | "2";
  /** All fields in their order, repeated ones too. */
  readonly fields: readonly Field[];
  /** Undefined where the request has no body. */
  readonly body: ByteSource | undefined;
  /** The fields after the body (RFC 9110 §6.5), once that was read to its end; none before. */
  readonly trailers?: () => readonly Field[];
  /** Sends an interim response (1xx, RFC 9110 §15.2) ahead of the response. Absent where the client cannot take one. */
  readonly inform?: (status: number, fields: readonly Field[]) => void;
  /** The other end of the connection. */
  readonly peer: { readonly address: string; readonly port: number };
  /**
   * Has this called once the client is gone before it has its whole response; at once where it has gone. What is
   * to be called later takes the place of what was.
   */
  whenGone(act: () => void): void;
}

/** A response to send. */
export interface HttpResponse {
  readonly status: number;
  readonly fields: readonly Field[];
  /**
   * All of it, or pieces as they come. Pieces that end in an exception leave the response unfinished: the
   * connection must break, so that the client knows.
   */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** The fields after a body in pieces, asked for once it has ended. Sent where the client can take them. */
  readonly trailers?: () => readonly Field[];
  /** Only with status 101, to a client that offered the protocol (RFC 9110 §7.8): takes the connection over. */
  readonly takeOver?: (tunnel: Tunnel) => void;
}

/** A connection that speaks another protocol than HTTP from now on: bytes both ways. */
export interface Tunnel {
  readonly source: ByteSource;
  readonly sink: ByteSink;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Ends both ways. Harmless when done twice. */
  close(): void;
}

/** The value of a field, by its name in lower case; the first where it is repeated. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  for (const field of fields) {
    const found = field[0];
    if (found.length === name.length && found.toLowerCase() === name) return field[1];
  }
  return undefined;
}

/** The values of a field, by its name in lower case. */
export function fieldValues(fields: readonly Field[], name: string): string[] {
  const values: string[] = [];
  for (const field of fields) {
    const found = field[0];
    if (found.length === name.length && found.toLowerCase() === name) values.push(field[1]);
  }
  return values;
}

/** Whether neither the list nor any field in it can ever change: what was made of it may be remembered by it. */
export function isConstant(fields: readonly Field[]): boolean {
  return Object.isFrozen(fields) && fields.every((field) => Object.isFrozen(field));
}
