/** Several ranges in one response: `multipart/byteranges` (RFC 9110 §14.6). */

import { encodeUtf8 } from "@skerry/base";
import { type ByteRange, formatContentRange } from "./range.ts";

/** What such a body is made of, in order: texts between the ranges' own bytes. */
export type MultipartPiece =
  | { readonly kind: "text"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "range"; readonly range: ByteRange };

/** A body that is known before any byte of it is read. */
export interface MultipartRanges {
  readonly contentType: string;
  readonly contentLength: number;
  readonly pieces: readonly MultipartPiece[];
}

/**
 * Lays out several ranges of a representation.
 *
 * @param boundary characters that stand nowhere in the representation, as far as anybody could know: from chance
 * @param contentType of the representation; each part has it (§14.6)
 */
export function multipartRanges(
  ranges: readonly ByteRange[],
  completeBytes: number,
  boundary: string,
  contentType: string | undefined,
): MultipartRanges {
  const type = contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`;
  const pieces: MultipartPiece[] = [];
  let contentLength = 0;
  const text = (content: string) => {
    const bytes = encodeUtf8(content);
    contentLength += bytes.length;
    pieces.push({ kind: "text", bytes });
  };
  for (const [index, range] of ranges.entries()) {
    const field = `Content-Range: ${formatContentRange(range, completeBytes)}\r\n`;
    text(`${index === 0 ? "" : "\r\n"}--${boundary}\r\n${type}${field}\r\n`);
    contentLength += range.last - range.first + 1;
    pieces.push({ kind: "range", range });
  }
  text(`\r\n--${boundary}--\r\n`);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, contentLength, pieces };
}
