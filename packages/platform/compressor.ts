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

/** Bodies that are coded as they stream, at once: each takes up to a megabyte, for as long as its client likes. */
const streamsMaxUsual = 64;

/** Codes bodies. One for each thread. */
export class SystemCompressor {
  readonly #streamsMax: number;
  #streams = 0;
  /** Those that nobody has read, because their clients had gone. */
  readonly #unread = new FinalizationRegistry<Place>((place) => place.leave());

  constructor(streamsMax = streamsMaxUsual) {
    this.#streamsMax = streamsMax;
  }

  /** All of a body, in another thread. */
  async whole(coding: ContentCoding, bytes: Uint8Array): Promise<Uint8Array> {
    return coding === "br"
      ? await brotliWhole(bytes, { params: brotliOptions.params ?? {} })
      : await gzipWhole(bytes, { level: 5 });
  }

  /** A body piece by piece, each in full as soon as it was given; undefined where too many are under way. */
  pieces(
    coding: ContentCoding,
    body: AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> | undefined {
    if (this.#streams >= this.#streamsMax) return undefined;
    const place = new Place(() => this.#streams -= 1);
    this.#streams += 1;
    const pieces = { [Symbol.asyncIterator]: () => coded(coding, body, place) };
    this.#unread.register(pieces, place);
    return pieces;
  }
}

/** A place, to be left once, whoever does so. */
class Place {
  #onLeft: (() => void) | undefined;

  constructor(onLeft: () => void) {
    this.#onLeft = onLeft;
  }

  leave(): void {
    this.#onLeft?.();
    this.#onLeft = undefined;
  }
}

async function* coded(
  coding: ContentCoding,
  body: AsyncIterable<Uint8Array>,
  place: Place,
): AsyncGenerator<Uint8Array> {
  const stream = coding === "br" ? createBrotliCompress(brotliOptions) : createGzip(gzipOptions);
  const waiting: Uint8Array[] = [];
  const failed = new Promise<never>((_, reject) => stream.on("error", reject));
  failed.catch(() => {});
  stream.on("data", (bytes: Uint8Array) => void waiting.push(new Uint8Array(bytes)));
  const done = (act: (then: () => void) => void) => Promise.race([new Promise<void>(act), failed]);
  try {
    for await (const piece of body) {
      if (piece.length > 0) await done((then) => stream.write(piece, () => then()));
      yield* waiting.splice(0);
    }
    await done((then) => {
      stream.once("end", then);
      stream.end();
    });
    yield* waiting.splice(0);
  } finally {
    stream.destroy();
    place.leave();
  }
}
