/**
 * What hostile clients do over bare TCP, each beside the only answer that it may get, through all that a request
 * goes through: listener, HTTP, routing, a program in its sandbox.
 */

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import type { HostileCase } from "./case.ts";
import { chunkCases } from "./chunk_cases.ts";
import { framingCases } from "./framing_cases.ts";
import { headCases } from "./head_cases.ts";
import { hostCases } from "./host_cases.ts";
import { type Stack, startStack } from "./stack.ts";

/** Everything that the server sends until it ends the connection. */
class Client {
  received = "";
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay().on("error", () => {});
    socket.on("data", (bytes) => this.received += bytes.toString("latin1"));
    this.#closed = new Promise((resolve) => socket.on("close", resolve).on("end", resolve));
  }

  async send(sent: string | readonly string[]): Promise<void> {
    for (const piece of typeof sent === "string" ? [sent] : sent) {
      this.#socket.write(piece, "latin1");
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  finish(): void {
    this.#socket.end();
  }

  statuses(): number[] {
    return Array.from(
      this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g),
      ([, status]) => Number(status),
    );
  }

  /** Resolves once so many answers have begun. */
  async answered(count: number): Promise<void> {
    while (this.statuses().length < count) await once(this.#socket, "data");
  }

  async closed(): Promise<void> {
    await this.#closed;
    this.#socket.destroy();
  }
}

const probe = "GET /probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** What programs were asked since the last time, as a case tells it. */
function takeSeen({ events }: Stack): string[] {
  return events.splice(0).flatMap((event) => {
    if (event.type !== "request" || event.outcome === "rejected") return [];
    const { method, host, path, requestBytes, outcome } = event;
    return [`${method} ${host}${path} ${outcome === "returned" ? requestBytes : "cut off"}`];
  });
}

/** What happened instead of what must; nothing where it did. */
async function check(stack: Stack, given: HostileCase): Promise<string[]> {
  const { name, sent, ends, answers, then, seen, reported, why } = given;
  const socket = connect(stack.listener.address.port, "127.0.0.1");
  await once(socket, "connect");
  const client = new Client(socket);
  await client.send(sent);
  if (ends) client.finish();
  if (then === "kept") {
    await client.answered(answers.length);
    await client.send(probe);
  }
  await client.closed();
  const probed = then === "kept" ? [200] : [];
  const expected = [
    [...answers, ...probed],
    [...seen, ...probed.map(() => "GET a/probe 0")],
    reported,
  ];
  const found = [client.statuses(), takeSeen(stack), stack.refused.splice(0)];
  if (JSON.stringify(found) === JSON.stringify(expected)) return [];
  return [`${name}: ${JSON.stringify(found)} and not ${JSON.stringify(expected)} (${why})`];
}

const tables = {
  "where requests end": framingCases,
  "chunks": chunkCases,
  "heads and versions": headCases,
  "hosts and targets": hostCases,
};

for (const [topic, cases] of Object.entries(tables)) {
  Deno.test(`each of ${cases.length} hostile cases gets its answer and nothing else: ${topic}`, async () => {
    const stack = await startStack();
    const wrong: string[] = [];
    for (const given of cases) wrong.push(...await check(stack, given));
    await stack.listener.close(0);
    assert.deepEqual(wrong, []);
  });
}

Deno.test("every hostile case has a name of its own and a reason", () => {
  const all = Object.values(tables).flat();
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  for (const { name, why } of all) assert.match(why, /^RFC \d{4} §/, name);
});
