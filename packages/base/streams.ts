/** The simplest byte sources and sinks. */

import { concatBytes, decodeUtf8, encodeUtf8 } from "./bytes.ts";
import type { ByteSink, ByteSource } from "./ports.ts";

/** A source that is at its end. */
export const emptySource: ByteSource = { read: () => new Uint8Array(0) };

/** A sink that drops everything. */
export const nullSink: ByteSink = { write: () => {} };

/** A source that gives these bytes once. */
export function sourceOf(content: string | Uint8Array): ByteSource {
  const bytes = typeof content === "string" ? encodeUtf8(content) : content;
  let offset = 0;
  return {
    read(bytesMax) {
      const chunk = bytes.slice(offset, offset + bytesMax);
      offset += chunk.length;
      return chunk;
    },
  };
}

/** A sink that keeps what it is given, up to a bound. */
export interface CapturedSink extends ByteSink {
  /** What was kept. */
  readonly bytes: Uint8Array;
  /** The same as text; what is not UTF-8 is replaced. */
  readonly text: string;
  /** How many bytes came after the bound, and were dropped. */
  readonly bytesDropped: number;
}

/** Keeps the first `bytesMax` bytes of what a guest prints, and lets it go on printing. */
export function capturedSink(bytesMax: number): CapturedSink {
  const pieces: Uint8Array[] = [];
  let room = bytesMax;
  let bytesDropped = 0;
  return {
    get bytes() {
      return concatBytes(pieces);
    },
    get text() {
      return decodeUtf8(concatBytes(pieces));
    },
    get bytesDropped() {
      return bytesDropped;
    },
    write(bytes) {
      const kept = bytes.subarray(0, room);
      room -= kept.length;
      bytesDropped += bytes.length - kept.length;
      if (kept.length > 0) pieces.push(kept);
    },
  };
}
