/** An origin over sockets that answers as a test says, and remembers what it was asked. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What it answers: 200 and nothing more unless told. `cut off`: the connection ends before there is a head. */
export type OriginAnswer =
  | {
    readonly status?: number;
    readonly fields?: Readonly<Record<string, string | string[]>>;
    readonly body?: string | AsyncIterable<string>;
    /** Whether the connection breaks behind the body. */
    readonly isCutOff?: boolean;
  }
  | "cut off";

/** A request as it came. */
export interface OriginRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
}

/** An origin that runs. */
export interface Origin {
  readonly url: string;
  /** All that was asked so far. */
  readonly requests: readonly OriginRequest[];
  answer: (request: OriginRequest) => OriginAnswer;
}

/** Runs an origin while a test has to do with it. */
export async function withOrigin(use: (origin: Origin) => Promise<void>): Promise<void> {
  const requests: OriginRequest[] = [];
  const server = createServer((message, response) => {
    message.resume();
    const request = requestOf(message);
    requests.push(request);
    void answer(origin.answer(request), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const origin: Origin = { url: `http://127.0.0.1:${port}`, requests, answer: () => ({}) };
  try {
    await use(origin);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function requestOf({ method = "", url = "", headersDistinct }: IncomingMessage): OriginRequest {
  const fields = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value])
  );
  return { method, target: url, headers: new Headers(fields) };
}

async function answer(script: OriginAnswer, response: ServerResponse): Promise<void> {
  if (script === "cut off") return void response.destroy();
  const { status = 200, fields = {}, body = "", isCutOff = false } = script;
  response.writeHead(status, fields);
  response.flushHeaders();
  if (typeof body === "string") response.write(body === "" ? new Uint8Array() : body);
  else for await (const piece of body) response.write(piece);
  if (!isCutOff) return void response.end();
  // What was written is to arrive before the end does.
  await new Promise((resolve) => setTimeout(resolve, 50));
  response.destroy();
}
