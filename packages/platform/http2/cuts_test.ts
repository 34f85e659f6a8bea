/** A connection over memory, with bytes that arrive in any pieces; over sockets it is tested in `connection_test.ts`. */

import assert from "node:assert/strict";
import type { HttpRequest } from "@skerry/http";
import * as fc from "fast-check";
import type { Exchanges } from "../http1/exchanges.ts";
import { SeenHeads } from "../http1/seen_heads.ts";
import { defaultListenLimits } from "../listen_limits.ts";
import { readAll } from "../listen_testing.ts";
import type { Duplex } from "../sockets/sockets.ts";
import { Http2Connection } from "./connection.ts";
import { flags, frameType } from "./frames.ts";
import { defaultHttp2Limits } from "./http2_limits.ts";
import { block, data, frame, headers, hello, join, number, request } from "./http2_testing.ts";

/** The server's end of a connection whose client sends these pieces, and then ends it. */
class Memory implements Duplex {
  readonly #pieces: Uint8Array[];
  #isClosed = false;
  writtenBytes = 0;

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = pieces.filter(({ length }) => length > 0);
  }

  async read(into: Uint8Array): Promise<number | null> {
    // As over a socket, in which others have their turn between two reads.
    await new Promise((resolve) => setImmediate(resolve));
    const piece = this.#isClosed ? undefined : this.#pieces.shift();
    if (piece === undefined) return null;
    const count = Math.min(piece.length, into.length);
    into.set(piece.subarray(0, count));
    if (count < piece.length) this.#pieces.unshift(piece.subarray(count));
    return count;
  }

  write(bytes: Uint8Array): number {
    if (this.#isClosed) throw new Error("closed");
    this.writtenBytes += bytes.length;
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** Serves pieces to their end; gives what was handled and refused, and the most that was under way at once. */
async function serve(pieces: readonly Uint8Array[]) {
  const handled: string[] = [];
  const refused: string[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const exchanges: Exchanges = {
    limits: defaultListenLimits,
    heads: new SeenHeads(defaultListenLimits.fieldsMax),
    isClosing: false,
    date: "now",
    async handle(request: HttpRequest) {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      try {
        const body = await readAll(request.body);
        handled.push(`${request.target} ${body}${JSON.stringify(request.trailers?.() ?? [])}`);
      } finally {
        underWay -= 1;
      }
      return { status: 200, fields: [], body: new Uint8Array(10) };
    },
    onFault: (error) => refused.push(`fault ${error}`),
    onRefused: ({ why }) => refused.push(why),
  };
  const duplex = new Memory(pieces);
  const connection = new Http2Connection(duplex, { address: "", port: 0 }, exchanges, "https");
  await connection.closed;
  return { handled, refused, mostUnderWay, writtenBytes: duplex.writtenBytes };
}

Deno.test("requests are the same however their bytes arrive", async () => {
  const requestOf = (index: number): Uint8Array => {
    const id = 2 * index + 1;
    switch (index % 3) {
      case 0:
        return headers(id, request(`/${index}`));
      case 1:
        return join(
          headers(id, request(`/${index}`, ["content-length", "6"]), "more"),
          data(id, "abc"),
          frame(frameType.data, flags.padded, id, "\x02def\0\0"),
          headers(id, [["x", "y"]]),
        );
      default: {
        const bytes = block(request(`/${index}`));
        return join(
          frame(frameType.headers, 0, id, bytes.subarray(0, 5)),
          frame(frameType.continuation, flags.endHeaders, id, bytes.subarray(5)),
          data(id, "", true),
        );
      }
    }
  };
  const expected = [` []`, ` abcdef[["x","y"]]`, ` []`];
  await fc.assert(
    fc.asyncProperty(fc.nat(9), fc.array(fc.nat(1_500), { maxLength: 20 }), async (count, cuts) => {
      const all = Array.from({ length: count }, (_, index) => requestOf(index));
      const bytes = join(hello, ...all, frame(frameType.ping, 0, 0, "12345678"));
      const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
      const pieces = at.map((from, index) => bytes.subarray(from, at[index + 1]));
      const { handled, refused } = await serve(pieces);
      assert.deepEqual(
        handled.sort(),
        all.map((_, index) => `/${index}${expected[index % 3]}`).sort(),
      );
      assert.deepEqual(refused, []);
    }),
    { numRuns: 60 },
  );
});

Deno.test("any frames are served or refused, and never more than the bounds allow", async () => {
  const id = fc.integer({ min: 0, max: 9 });
  const set = fc.constantFrom(0, flags.endStream, flags.endHeaders, 5, 0xd, 0x2d, 0xff);
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(
      block(request("/")),
      block([["x", "y"]]),
      number(0),
      number(70_000),
      number(2 ** 31),
    ),
  );
  const type = fc.integer({ min: 0, max: 10 });
  const anyFrame = fc.tuple(type, set, id, payload).map(([type, set, id, payload]) =>
    frame(type, set, id, payload)
  );
  const good = fc.nat(100).map((index) => headers(2 * index + 11, request("/")));
  const frames = fc.array(fc.oneof(anyFrame, good), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(frames, async (frames) => {
      const { refused, mostUnderWay } = await serve([join(hello, ...frames)]);
      assert.ok(mostUnderWay <= defaultHttp2Limits.streamsMax);
      // Whatever comes, it is never taken for a mistake of ours.
      assert.deepEqual(
        refused.filter((why) => why.startsWith("fault") && !why.includes("its body")),
        [],
      );
    }),
    { numRuns: 300 },
  );
});
