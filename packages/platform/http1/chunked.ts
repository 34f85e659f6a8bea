/** The chunked transfer coding, read strictly (RFC 9112 §7.1). */

import type { BodyDecoder } from "./body_decoder.ts";
import type { InputBuffer } from "./input_buffer.ts";
import type { Refusal } from "./refusal.ts";

/** The line before a chunk, with the extensions that nobody knows. */
const sizeLineBytesMax = 1_024;
/** The fields after the last chunk, which are dropped. */
const trailersBytesMax = 8 * 1_024;

/** Takes the data out of chunks. Sizes and extensions are checked, extensions and trailers dropped. */
export class ChunkedDecoder implements BodyDecoder {
  #expected: "size" | "data" | "end of data" | "trailers" | "nothing" = "size";
  /** Of the chunk that is under way. */
  #left = 0;
  #trailersLeft = trailersBytesMax;

  take(buffer: InputBuffer, bytesMax: number): Uint8Array | "more" | Refusal {
    for (;;) {
      if (this.#expected === "nothing") return new Uint8Array(0);
      if (this.#expected === "data") return this.#takeData(buffer, bytesMax);
      const line = takeLine(buffer, this.#lineBytesMax());
      if (typeof line !== "string") return line ?? "more";
      const refusal = this.#takeLine(line);
      if (refusal !== undefined) return refusal;
    }
  }

  #takeData(buffer: InputBuffer, bytesMax: number): Uint8Array | "more" {
    if (buffer.length === 0) return "more";
    const taken = buffer.take(Math.min(this.#left, bytesMax));
    this.#left -= taken.length;
    if (this.#left === 0) this.#expected = "end of data";
    return taken;
  }

  #lineBytesMax(): number {
    return this.#expected === "size"
      ? sizeLineBytesMax
      : this.#expected === "trailers"
      ? this.#trailersLeft
      : 0;
  }

  #takeLine(line: string): Refusal | undefined {
    switch (this.#expected) {
      case "size": {
        const size = chunkSize.exec(line)?.[1];
        if (size === undefined) return malformed;
        this.#left = Number.parseInt(size, 16);
        this.#expected = this.#left === 0 ? "trailers" : "data";
        return undefined;
      }
      case "trailers":
        this.#trailersLeft -= line.length;
        if (line === "") this.#expected = "nothing";
        else if (!trailer.test(line)) return malformed;
        return undefined;
      default:
        this.#expected = "size";
        return undefined;
    }
  }
}

/** Takes a line without its CRLF; undefined where it is not all here. */
function takeLine(buffer: InputBuffer, bytesMax: number): string | undefined | Refusal {
  const text = buffer.text(0, bytesMax + 2);
  const length = text.indexOf("\r\n");
  if (length !== -1) {
    buffer.skip(length + 2);
    return text.slice(0, length);
  }
  if (text.length === bytesMax + 2) return bytesMax > 0 ? tooLarge : malformed;
  // Neither character stands alone, and after a chunk's data no other may stand at all.
  return (bytesMax > 0 ? /\n|\r[^]/ : /^[^\r]/).test(text) ? malformed : undefined;
}

/** At most 4 GiB in one chunk; RFC 9112 §7.1.1: extensions may be ignored, but their form is checked. */
const chunkSize =
  /^([0-9A-Fa-f]{1,8})(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"[\t !#-[\]-~\x80-\xff]*"))?)*$/;
const trailer = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*$/;

const malformed: Refusal = { status: 400, why: "the body's chunks are malformed" };
const tooLarge: Refusal = { status: 431, why: "the body's chunks have too much beside them" };
