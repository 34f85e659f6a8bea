/** Content codings by zlib and Brotli (RFC 1952, RFC 7932): at levels that cost little more time than they save. */

import { promisify } from "node:util";
import {
  brotliCompress,
  type BrotliOptions,
  constants,
  createBrotliCompress,
  createGzip,
  gzip,
  type ZlibOptions,
} from "node:zlib";
import type { ContentCoding } from "@skerry/http";

const gzipOptions: ZlibOptions = { level: 5, flush: constants.Z_SYNC_FLUSH };
const brotliOptions: BrotliOptions = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4 },
  flush: constants.BROTLI_OPERATION_FLUSH,
};

const [gzipWhole, brotliWhole] = [promisify(gzip), promisify(brotliCompress)];

/** Codes bodies. */
export const systemCompressor = {
  /** All of a body, in another thread. */
  async whole(coding: ContentCoding, bytes: Uint8Array): Promise<Uint8Array> {
    return coding === "br"
      ? await brotliWhole(bytes, { params: brotliOptions.params ?? {} })
      : await gzipWhole(bytes, { level: 5 });
  },
  /** A body piece by piece, each in full as soon as it was given. */
  async *pieces(
    coding: ContentCoding,
    body: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    const stream = coding === "br" ? createBrotliCompress(brotliOptions) : createGzip(gzipOptions);
    const coded: Uint8Array[] = [];
    const failed = new Promise<never>((_, reject) => stream.on("error", reject));
    failed.catch(() => {});
    stream.on("data", (bytes: Uint8Array) => void coded.push(new Uint8Array(bytes)));
    const done = (act: (then: () => void) => void) =>
      Promise.race([new Promise<void>(act), failed]);
    try {
      for await (const piece of body) {
        if (piece.length > 0) await done((then) => stream.write(piece, () => then()));
        yield* coded.splice(0);
      }
      await done((then) => {
        stream.once("end", then);
        stream.end();
      });
      yield* coded.splice(0);
    } finally {
      stream.destroy();
    }
  },
};
