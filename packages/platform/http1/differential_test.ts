/**
 * Requests as we read them, beside those that `node:http` reads out of the same bytes. Whatever we take must be
 * what it takes too, for as long as we take anything: we may refuse more, and never see another request.
 */

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, METHODS } from "node:http";
import { type AddressInfo, connect } from "node:net";
import * as fc from "fast-check";
import { latin1, readAll } from "../listen_testing.ts";
import { listen } from "../listen.ts";

const heads = [
  "GET / HTTP/1.1\r\nHost: a\r\n",
  "GET /a?b HTTP/1.0\r\n",
  "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n",
  "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n",
  "PUT /d HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n",
];
const bodies = [
  "",
  "12345",
  "5\r\n12345\r\n0\r\n\r\n",
  "0\r\n\r\n",
  "1;x\r\n1\r\n0\r\nT: u\r\n\r\n",
  "\r\n",
];
const scraps = [
  ...["\r", "\n", "\r\n", "\0", "\x7f", " ", "\t", ":", ",", ";", "0", "5", "+", "x", "\xe9"],
  ...[
    "chunked",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
  ],
  ...["Transfer-Encoding: identity\r\n", "GET /s HTTP/1.1\r\nHost: a\r\n\r\n"],
];

/** Whole requests, then some places at which something is put in, or taken out. */
const requests = fc.record({
  requests: fc.array(fc.tuple(fc.constantFrom(...heads), fc.constantFrom(...bodies)), {
    minLength: 1,
    maxLength: 3,
  }),
  mutations: fc.array(
    fc.record({ at: fc.nat(300), drop: fc.nat(3), put: fc.constantFrom("", ...scraps) }),
    { maxLength: 3 },
  ),
}).map(({ requests, mutations }) => {
  let text = requests.map(([head, body]) => `${head}\r\n${body}`).join("");
  for (const { at, drop, put } of mutations) {
    const place = at % text.length;
    text = text.slice(0, place) + put + text.slice(place + drop);
    if (text === "") return put;
  }
  return text;
  // RFC 9110 §5.6.3 allows a tab beside a length; node:http does not.
}).filter((text) => !/^Content-Length:.*\t/im.test(text));

/** Whatever is still open before it, this completes: a head, a body, a chunk. Then it ends the connection. */
const end = `GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${"\r\n".repeat(10_000)}`;

/** Sends a text and waits until the server ends the connection, or plainly waits for more than is sent. */
function send(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("close", () => resolve()).on("error", () => {}).resume();
    socket.setTimeout(1_000, () => socket.destroy());
    socket.write(latin1(text + end));
  });
}

function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    incoming.setEncoding("latin1").on("data", (piece) => text += piece);
    incoming.on("close", () => resolve(incoming.complete ? text : undefined));
    incoming.on("error", () => resolve(undefined));
  });
}

Deno.test("nothing is taken for a request that node:http would not take for the same", async () => {
  let theirs: string[] = [];
  let ours: string[] = [];
  const node = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    if (body !== undefined) theirs.push(`${incoming.method} ${incoming.url} ${body}`);
    outgoing.end();
  });
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  const listener = await listen({ hostname: "127.0.0.1", port: 0 }, async (request) => {
    const body = await readAll(request.body);
    ours.push(`${request.method} ${request.target} ${body}`);
    return { status: 200, fields: [], body: undefined };
  });
  const { port } = node.address() as AddressInfo;
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(requests, async (text) => {
      [theirs, ours] = [[], []];
      await Promise.all([send(port, text), send(listener.address.port, text)]);
      // Some methods and targets it refuses that we leave to the router; what follows them cannot be compared.
      const strange = ours.findIndex((request) => {
        const [method = "", target = ""] = request.split(" ");
        return !METHODS.includes(method) || !target.startsWith("/");
      });
      const compared = strange === -1 ? ours : ours.slice(0, strange);
      taken += compared.length;
      assert.deepEqual(compared, theirs.slice(0, compared.length), JSON.stringify(text));
    }),
    { numRuns: 400 },
  );
  assert.ok(taken > 100, `${taken} requests were taken`);
  await listener.close(0);
  node.closeAllConnections();
  await new Promise((resolve) => node.close(resolve));
});
