/** A body that is not in memory, whose first bytes are read before anything is promised of it. */

import { BugError } from "@skerry/base";
import type { KeptBody, OpenedBody } from "../body.ts";
import type { Reply } from "../reply.ts";

/** A body of which what is wanted has begun to come. */
export interface TriedBody extends KeptBody {
  /** Lets go of it: nobody reads it on, or its parts have been read. Harmless when done twice. */
  readonly close?: () => void;
}

/** The same body; undefined where what is wanted of it cannot be read. */
export async function triedBody(
  { body: wanted }: Reply,
  body: KeptBody,
): Promise<TriedBody | undefined> {
  if (body.read === undefined) return body;
  const range = wanted.kind === "range"
    ? wanted.range
    : wanted.kind === "whole"
    ? { first: 0, last: body.bytes - 1 }
    : wanted.kind === "none"
    ? undefined
    : wanted.pieces.find((piece) => piece.kind === "range")?.range;
  if (range === undefined) return body;
  let opened: OpenedBody | undefined;
  try {
    // All parts are of what the first is of.
    if (wanted.kind === "multipart") opened = await body.open?.();
    const read = opened?.read ?? body.read.bind(body);
    const coming = read(range.first, range.last)[Symbol.asyncIterator]();
    const begun = await coming.next();
    if (begun.done !== true) return new BegunBody(opened ?? body, range, begun.value, coming);
    opened?.close();
    return body;
  } catch (error) {
    opened?.close();
    if (error instanceof BugError) throw error;
    return undefined;
  }
}

/** What was begun is read on, not begun again: what stood there may have been replaced since. */
class BegunBody implements TriedBody {
  readonly bytes: number;
  readonly #body: KeptBody | OpenedBody;
  readonly #range: { readonly first: number; readonly last: number };
  readonly #begun: Uint8Array;
  readonly #coming: AsyncIterator<Uint8Array>;
  #isTaken = false;

  constructor(
    body: KeptBody | OpenedBody,
    range: { readonly first: number; readonly last: number },
    begun: Uint8Array,
    coming: AsyncIterator<Uint8Array>,
  ) {
    this.bytes = body.bytes;
    this.#body = body;
    this.#range = range;
    this.#begun = begun;
    this.#coming = coming;
  }

  slices(first: number, last: number): readonly Uint8Array[] {
    return this.#body.slices(first, last);
  }

  async *read(first: number, last: number): AsyncGenerator<Uint8Array> {
    const isBegun = first === this.#range.first && last === this.#range.last;
    if (!isBegun || this.#isTaken) {
      if (this.#body.read !== undefined) yield* this.#body.read(first, last);
      return;
    }
    this.#isTaken = true;
    try {
      yield this.#begun;
      for (let next = await this.#coming.next(); next.done !== true;) {
        yield next.value;
        next = await this.#coming.next();
      }
    } finally {
      await this.#coming.return?.();
    }
  }

  readonly close = (): void => {
    if ("close" in this.#body) this.#body.close();
    if (this.#isTaken) return;
    this.#isTaken = true;
    void this.#coming.return?.();
  };
}
