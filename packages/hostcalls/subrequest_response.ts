/**
 * A backend's response as the bytes that a guest reads: status line, fields, an empty line, the body, the end.
 *
 * What always holds: nothing that a backend says can be taken for another line of the head, or for framing: the body is
 * what follows up to the end, and its length, where one is told, is the one that the backend has announced.
 */

import { type ByteSource, concatBytes, ErrnoError, fail } from "@skerry/base";
import {
  type Field,
  fieldValues,
  hopByHopFields,
  type HttpResponse,
  isFieldValue,
  isToken,
} from "@skerry/http";
import type { SubrequestBudget } from "./subrequest_budget.ts";

/** A body that is copied behind its head. */
const shortBytesMax = 16 * 1024;

const nothing = new Uint8Array(0);

/** A response that is read. */
export class SubrequestResponse implements ByteSource {
  readonly #budget: SubrequestBudget;
  #pending: Uint8Array;
  #body: AsyncIterator<Uint8Array> | undefined;

  /** @throws ErrnoError EPROTO where it is none that can be told */
  constructor({ status, fields, body }: HttpResponse, budget: SubrequestBudget) {
    this.#budget = budget;
    const head = headBytes(status, fields);
    const isShort = body instanceof Uint8Array && body.length <= shortBytesMax;
    // So that a guest has a short one with one read.
    this.#pending = isShort ? concatBytes([head, body]) : head;
    budget.received(this.#pending.length);
    const pieces = isShort ? undefined : body instanceof Uint8Array ? only(body) : body;
    this.#body = pieces?.[Symbol.asyncIterator]();
  }

  /** Fails with ECONNRESET where the body breaks off. */
  async read(bytesMax: number): Promise<Uint8Array> {
    while (this.#pending.length === 0 && this.#body !== undefined) await this.#pull(this.#body);
    const taken = this.#pending.subarray(0, bytesMax);
    this.#pending = this.#pending.subarray(taken.length);
    return taken;
  }

  /** Nobody reads on. */
  close(): void {
    const body = this.#body;
    this.#body = undefined;
    this.#pending = nothing;
    body?.return?.().catch(() => {});
  }

  async #pull(body: AsyncIterator<Uint8Array>): Promise<void> {
    const next = await body.next().catch(broken);
    if (next.done === true) {
      this.#body = undefined;
      return;
    }
    this.#budget.received(next.value.length);
    this.#pending = next.value;
  }
}

async function* only(piece: Uint8Array): AsyncGenerator<Uint8Array> {
  yield piece;
}

function broken(error: unknown): never {
  throw error instanceof ErrnoError
    ? error
    : new ErrnoError("ECONNRESET", "the body broke off", error);
}

function headBytes(status: number, fields: readonly Field[]): Uint8Array {
  if (!Number.isInteger(status) || status < 200 || status > 999) fail("EPROTO");
  const connection = fieldValues(fields, "connection").join(",").toLowerCase().split(",");
  const named = new Set(connection.map((name) => name.trim()));
  const lines = fields.flatMap(([name, value]) => {
    const known = name.toLowerCase();
    if (!isToken(name) || !isFieldValue(value)) fail("EPROTO");
    return hopByHopFields.has(known) || named.has(known) ? [] : [`${known}: ${value}\r\n`];
  });
  // The reason phrase says nothing that the status does not (RFC 9112 §4).
  const text = `HTTP/1.1 ${status} \r\n${lines.join("")}\r\n`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
