/** A server that speaks frames of HTTP/2 as it is told (RFC 9113 §4 and §6), whatever sense they make. */

import { Buffer } from "node:buffer";
import type net from "node:net";
import tls from "node:tls";
import { testCertificate, testKey } from "./certificates.ts";

const preface = 24;
const types = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7 };
/** END_STREAM of DATA and HEADERS, ACK of SETTINGS. */
const ended = 1;
const endHeaders = 4;

/** Frames of one stream. */
export class StreamFrames {
  readonly #stream: number;

  constructor(stream: number) {
    this.#stream = stream;
  }

  /** HEADERS with `:status: 200`, which is one byte of HPACK (RFC 7541, appendix A). */
  head(): Buffer {
    return frame(types.headers, endHeaders, this.#stream, [0x88]);
  }

  data(text: string, isLast = false): Buffer {
    return frame(types.data, isLast ? ended : 0, this.#stream, Buffer.from(text));
  }

  /** HEADERS at the end, with `x: y`. */
  trailers(): Buffer {
    return frame(types.headers, endHeaders | ended, this.#stream, [0x40, 1, 0x78, 1, 0x79]);
  }

  reset(code: number): Buffer {
    return frame(types.reset, 0, this.#stream, [0, 0, 0, code]);
  }

  goAway(): Buffer {
    return frame(types.goAway, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
  }
}

/** Answers each request by `act`. */
export async function http2Server(
  act: (socket: net.Socket, frames: StreamFrames) => void,
): Promise<AsyncDisposable & { readonly port: number }> {
  const open = new Set<net.Socket>();
  const options = { cert: testCertificate, key: testKey, ALPNProtocols: ["h2"] };
  const server = tls.createServer(options, (socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.write(frame(types.settings, 0, 0, []));
    let input = Buffer.alloc(0);
    let isPreface = true;
    socket.on("data", (bytes: Buffer) => {
      input = Buffer.concat([input, bytes]);
      if (isPreface && input.length < preface) return;
      if (isPreface) input = input.subarray(preface);
      isPreface = false;
      while (input.length >= 9 && input.length >= 9 + input.readUIntBE(0, 3)) {
        const [type, flags] = [input[3], input[4] ?? 0];
        if (type === types.headers) act(socket, new StreamFrames(input.readUInt32BE(5)));
        if (type === types.settings && (flags & ended) === 0) {
          socket.write(frame(types.settings, ended, 0, []));
        }
        input = input.subarray(9 + input.readUIntBE(0, 3));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

function frame(type: number, flags: number, stream: number, content: ArrayLike<number>): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(content.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, Buffer.from(content)]);
}
