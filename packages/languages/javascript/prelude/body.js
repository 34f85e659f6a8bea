// What Request and Response have in common: a body that is read once.

import { bytesOfBuffer, decodeText, encodeText } from "./encoding.js";
import { join } from "./host.js";
import { URLSearchParams } from "./url_search_params.js";

/**
 * The bytes of a body and the media type that it implies.
 *
 * Beside the standard's kinds, a body may be an iterable or async iterable of strings and byte arrays:
 * its chunks are sent as they come.
 */
export function extractBody(body) {
  if (body === null || body === undefined) return { content: null, type: null };
  if (typeof body === "object") {
    if (body instanceof URLSearchParams) {
      return {
        content: encodeText(body.toString()),
        type: "application/x-www-form-urlencoded;charset=UTF-8",
      };
    }
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
      return { content: bytesOfBuffer(body).slice(), type: null };
    }
    const iterate = body[Symbol.asyncIterator] ?? body[Symbol.iterator];
    if (iterate !== undefined) return { content: iterate.call(body), type: null };
  }
  return { content: encodeText(String(body)), type: "text/plain;charset=UTF-8" };
}

/** A chunk of an iterable body as bytes. */
export function chunkBytes(chunk) {
  return typeof chunk === "string" ? encodeText(chunk) : bytesOfBuffer(chunk);
}

export class Body {
  /** Null, a Uint8Array, an iterator of chunks, or a function that gives a Uint8Array. */
  #content;
  #used = false;

  constructor(content) {
    this.#content = content;
  }

  get bodyUsed() {
    return this.#used;
  }

  async bytes() {
    const content = this.takeContent();
    if (content === null) return new Uint8Array(0);
    if (content instanceof Uint8Array) return content;
    const parts = [];
    for (let step = await content.next(); !step.done; step = await content.next()) {
      parts.push(chunkBytes(step.value));
    }
    return join(parts);
  }

  async arrayBuffer() {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    return buffer.slice(byteOffset, byteOffset + byteLength);
  }

  async text() {
    return decodeText(await this.bytes()).replace(/^\uFEFF/, "");
  }

  async json() {
    return JSON.parse(await this.text());
  }

  /** The content for whoever sends or reads it; once only. */
  takeContent() {
    if (this.#used) throw new TypeError("the body has been read already");
    if (typeof this.#content === "function") this.#content = this.#content();
    this.#used = this.#content !== null;
    return this.#content;
  }

  /** The content for a clone; this body keeps it too. */
  shareContent() {
    if (this.#used) throw new TypeError("the body has been read already");
    if (typeof this.#content === "function") this.#content = this.#content();
    if (this.#content !== null && !(this.#content instanceof Uint8Array)) {
      throw new TypeError("a body that is an iterable cannot be cloned");
    }
    return this.#content;
  }
}
