/** Cuts what a client sends into frames (RFC 9113 §3.4, §4.1). */

import type { InputBuffer } from "../http1/input_buffer.ts";
import {
  connectionFault,
  errorCode,
  type Fault,
  type Frame,
  frameHeaderBytes,
  frameType,
  nextType,
  payloadBytesMax,
  payloadLength,
  preface,
  takeFrame,
} from "./frames.ts";

/** Takes frames out of a buffer. */
export class FrameReader {
  #isGreeted = false;
  #count = 0;

  /** How many frames were taken. */
  get count(): number {
    return this.#count;
  }

  /** The next frame; `more` where it is not all here yet. */
  next(buffer: InputBuffer): Frame | "more" | Fault {
    if (!this.#isGreeted) {
      const begin = buffer.text(0, preface.length);
      if (!preface.startsWith(begin)) return noPreface;
      if (begin.length < preface.length) return "more";
      buffer.skip(preface.length);
      this.#isGreeted = true;
    }
    const length = payloadLength(buffer);
    if (length === undefined) return "more";
    // §4.2: known by the header alone.
    if (length > payloadBytesMax) return tooLong;
    if (buffer.length < frameHeaderBytes + length) return "more";
    this.#count += 1;
    return takeFrame(buffer, length);
  }

  /** Whether the client owes the rest of a frame that must come at once: not of a body, which has its own time. */
  isAmidFrame(buffer: InputBuffer): boolean {
    return buffer.length > 0 && nextType(buffer) !== frameType.data;
  }
}

const noPreface = connectionFault(errorCode.protocolError, "this is not HTTP/2");
const tooLong = connectionFault(errorCode.frameSizeError, "a frame is too long");
