/** The simplest byte sources and sinks. */

import { encodeUtf8 } from "./bytes.ts";
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
