/**
 * Responses ahead of a response (RFC 9110 §15.2): 103 and its kind, and the 100 by which a client is told to send its
 * body.
 *
 * What always holds: they go out whole and in their order.
 */

import { STATUS_CODES } from "node:http";
import type { Field } from "@skerry/http";
import type { Output } from "./output.ts";
import { fieldLine } from "./field_lines.ts";

/** More of them than this for one request go nowhere, nor any with fields while the client takes nothing. */
const interimsMax = 32;

/** The interim responses to one request. */
export class Interims {
  readonly #output: Output;
  #sending: Promise<void> = Promise.resolve();
  #left = interimsMax;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Resolves, never rejects, when all are out. */
  get sent(): Promise<void> {
    return this.#sending;
  }

  /** Sends one. Throws where it cannot be sent as it is, a mistake of ours. */
  send(status: number, fields: readonly Field[]): void {
    const text = interimHead(status, fields);
    if (this.#left === 0 || fields.length > 0 && this.#output.isBlocked) return;
    this.#left -= 1;
    // Whoever reads the connection hears that it is broken.
    this.#sending = this.#sending.then(() => this.#output.text(text)).catch(() => {});
  }
}

function interimHead(status: number, fields: readonly Field[]): string {
  if (!Number.isInteger(status) || status < 100 || status > 199 || status === 101) {
    throw new Error(`${status} is not the status of an interim response`);
  }
  // RFC 9110 §8.6: it has no body, and must not tell the length of one.
  if (fields.some(([name]) => name.toLowerCase() === "content-length")) {
    throw new Error("an interim response has no Content-Length");
  }
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${
    fields.map(fieldLine).join("")
  }\r\n`;
}
