/** The chunked transfer coding, read strictly (RFC 9112 §7.1). */

import type { Field } from "@skerry/http";
import type { BodyDecoder } from "./body_decoder.ts";
import type { InputBuffer } from "./input_buffer.ts";
import type { Refusal } from "./refusal.ts";
import { withoutPadding } from "./request_head.ts";

/** The line before a chunk, with the extensions that nobody knows. */
const sizeLineBytesMax = 1_024;
/** The fields after the last chunk. */
const trailersBytesMax = 8 * 1_024;
const trailersMax = 64;
/**
 * Extensions of a whole body, which would otherwise make a server work for what no limit of a body's size counts
 * (CVE-2024-22019): so many bytes, and one more for each sixteen of data.
 */
const extensionsBytesMax = 16 * 1_024;
const dataBytesPerExtensionByte = 16;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Takes the data out of chunks. Sizes and extensions are checked, extensions dropped, trailers kept. */
export class ChunkedDecoder implements BodyDecoder {
  #expected: "size" | "data" | "end of data" | "trailers" | "nothing" = "size";
  /** Of the chunk that is under way. */
  #left = 0;
  readonly #trailers: Field[] = [];
  #trailersLeft = trailersBytesMax;
  #extensionsLeft = extensionsBytesMax;

  get isDone(): boolean {
    return this.#expected === "nothing";
  }

  get trailers(): readonly Field[] {
    return this.isDone ? this.#trailers : [];
  }

  take(buffer: InputBuffer, bytesMax: number): Uint8Array | "more" | Refusal {
    for (;;) {
      if (this.#expected === "nothing") return new Uint8Array(0);
      if (this.#expected === "data") return this.#takeData(buffer, bytesMax);
      const size = this.#expected === "size" ? takePlainSize(buffer) : undefined;
      if (size !== undefined) {
        this.#begin(size);
        continue;
      }
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
    this.#extensionsLeft += taken.length / dataBytesPerExtensionByte;
    if (this.#left === 0) this.#expected = "end of data";
    return taken;
  }

  #begin(size: number): void {
    this.#left = size;
    this.#expected = size === 0 ? "trailers" : "data";
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
        this.#extensionsLeft -= line.length - size.length;
        if (this.#extensionsLeft < 0) return tooLarge;
        this.#begin(Number.parseInt(size, 16));
        return undefined;
      }
      case "trailers":
        this.#trailersLeft -= line.length;
        return this.#takeTrailer(line);
      default:
        this.#expected = "size";
        return undefined;
    }
  }

  #takeTrailer(line: string): Refusal | undefined {
    if (line === "") {
      this.#expected = "nothing";
      return undefined;
    }
    if (this.#trailers.length === trailersMax) return tooLarge;
    if (!trailer.test(line)) return malformed;
    const colon = line.indexOf(":");
    this.#trailers.push([line.slice(0, colon), withoutPadding(line, colon + 1, line.length)]);
    return undefined;
  }
}

/** Takes a line that is a size alone, as most are, and makes no text of it: there may be one for each byte of data. */
function takePlainSize(buffer: InputBuffer): number | undefined {
  let size = 0;
  for (let at = 0; at <= sizeDigitsMax; at += 1) {
    const byte = buffer.at(at);
    if (byte === carriageReturn) {
      if (at === 0 || buffer.at(at + 1) !== lineFeed) return undefined;
      buffer.skip(at + 2);
      return size;
    }
    const digit = byte === undefined ? undefined : hexDigit(byte);
    if (digit === undefined) return undefined;
    size = size * 16 + digit;
  }
  return undefined;
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  // Letters differ from their capitals by one bit.
  const small = byte | 0x20;
  return small >= 0x61 && small <= 0x66 ? small - 0x61 + 10 : undefined;
}

/** Takes a line without its CRLF; undefined where it is not all here. */
function takeLine(buffer: InputBuffer, bytesMax: number): string | undefined | Refusal {
  const length = buffer.indexOf(carriageReturn, bytesMax + 1);
  if (length !== -1 && buffer.at(length + 1) === lineFeed) {
    const line = buffer.text(0, length);
    buffer.skip(length + 2);
    return line;
  }
  // No line yet, or never one.
  const text = buffer.text(0, bytesMax + 2);
  // Neither character stands alone, and after a chunk's data no other may stand at all.
  if ((bytesMax > 0 ? /\n|\r[^]/ : /^[^\r]|^\r[^]/).test(text)) return malformed;
  return text.length === bytesMax + 2 ? tooLarge : undefined;
}

/** At most 4 GiB in one chunk. */
const sizeDigitsMax = 8;
/** As many digits; RFC 9112 §7.1.1: extensions may be ignored, but their form is checked. */
const chunkSize =
  /^([0-9A-Fa-f]{1,8})(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"[\t !#-[\]-~\x80-\xff]*"))?)*$/;
const trailer = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*$/;

const malformed: Refusal = { status: 400, why: "the body's chunks are malformed" };
const tooLarge: Refusal = { status: 431, why: "the body's chunks have too much beside them" };
