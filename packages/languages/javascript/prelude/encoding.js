// TextEncoder and TextDecoder of the Encoding standard, for UTF-8 alone.

import { decode, encode } from "./host.js";
import { decodeLossy } from "./utf8.js";

/** UTF-8 bytes of any string. */
export function encodeText(text) {
  return encode(text.toWellFormed());
}

/** Text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function decodeText(bytes) {
  return decode(bytes) ?? decodeLossy(bytes).text;
}

/** The bytes behind an ArrayBuffer or a view, not copied. */
export function bytesOfBuffer(source) {
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new TypeError("expected an ArrayBuffer or a view of one");
}

export class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return encodeText(String(text));
  }

  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const character of String(text)) {
      const bytes = encodeText(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

export class TextDecoder {
  #fatal;
  #ignoreBOM;
  #pending = new Uint8Array(0);
  #started = false;

  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (
      !/^(?:unicode-1-1-utf-8|unicode11utf8|unicode20utf8|utf-?8|x-unicode20utf8)$/i.test(
        String(label).trim(),
      )
    ) {
      throw new RangeError(`${label} is not an encoding that is known here: only utf-8 is`);
    }
    this.#fatal = Boolean(fatal);
    this.#ignoreBOM = Boolean(ignoreBOM);
  }

  get encoding() {
    return "utf-8";
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(source = new Uint8Array(0), { stream = false } = {}) {
    let bytes = bytesOfBuffer(source);
    if (this.#pending.length > 0) bytes = Uint8Array.of(...this.#pending, ...bytes);
    const { text, rest } = this.#textOf(bytes, stream);
    const hasMark = !this.#started && !this.#ignoreBOM && text.startsWith("\uFEFF");
    this.#pending = rest;
    this.#started = stream && (this.#started || text.length > 0);
    return hasMark ? text.slice(1) : text;
  }

  #textOf(bytes, stream) {
    const whole = decode(bytes);
    if (whole !== undefined) return { text: whole, rest: new Uint8Array(0) };
    const lossy = decodeLossy(bytes, stream);
    if (this.#fatal && lossy.faults > 0) {
      this.#pending = new Uint8Array(0);
      this.#started = false;
      throw new TypeError("the bytes are not UTF-8");
    }
    return lossy;
  }
}
