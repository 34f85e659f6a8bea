/** A connection over memory; over sockets it is tested in `listen_test.ts`. */

import assert from "node:assert/strict";
import type { ByteSource } from "@skerry/base";
import type { HttpRequest } from "@skerry/http";
import * as fc from "fast-check";
import { defaultListenLimits } from "../listen_limits.ts";
import type { Duplex } from "../sockets/sockets.ts";
import { Connection } from "./connection.ts";
import type { Exchanges } from "./exchanges.ts";
import type { Refusal } from "./refusal.ts";
import { SeenHeads } from "./seen_heads.ts";

/** Whether what is sent is taken at once, and what needs no body answered. */
type Speed = "at once" | "later";

/** The server's end of a connection whose client sends these pieces, and then nothing until it is closed. */
class Memory implements Duplex {
  received = "";
  readonly #pieces: string[];
  readonly #closed = Promise.withResolvers<null>();
  readonly #taking: Speed;

  constructor(pieces: readonly string[], taking: Speed = "later") {
    this.#taking = taking;
    this.#pieces = pieces.filter((piece) => piece !== "");
  }

  async read(into: Uint8Array): Promise<number | null> {
    const piece = this.#pieces.shift();
    if (piece === undefined) return await this.#closed.promise;
    const count = Math.min(piece.length, into.length);
    for (let at = 0; at < count; at++) into[at] = piece.charCodeAt(at);
    if (count < piece.length) this.#pieces.unshift(piece.slice(count));
    return count;
  }

  write(bytes: Uint8Array): number | Promise<number> {
    for (const byte of bytes) this.received += String.fromCharCode(byte);
    return this.#taking === "at once" ? bytes.length : Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  close(): void {
    this.#closed.resolve(null);
  }
}

/** Serves pieces until their connection ends; gives what was handled, refused and sent. */
async function serve(pieces: readonly string[], speed: Speed = "later") {
  const handled: string[] = [];
  const refused: number[] = [];
  const exchanges = {
    limits: defaultListenLimits,
    heads: new SeenHeads(defaultListenLimits.fieldsMax),
    isClosing: false,
    date: "now",
    handle(request: HttpRequest) {
      const { method, target, body } = request;
      if (body !== undefined || speed === "later") return this.later(request);
      handled.push(`${method} ${target} `);
      return { status: 200, fields: [], body: undefined };
    },
    async later({ method, target, body }: HttpRequest) {
      let text = "";
      for (;;) {
        const piece = await body?.read(5) ?? new Uint8Array(0);
        if (piece.length === 0) break;
        text += String.fromCharCode(...piece);
      }
      handled.push(`${method} ${target} ${text}`);
      return { status: 200, fields: [], body: undefined };
    },
    onFault() {},
    onRefused: ({ status }: Refusal) => refused.push(status),
  };
  const duplex = new Memory(pieces, speed);
  await new Connection(duplex, { address: "", port: 0 }, exchanges).closed;
  return { handled, refused, received: duplex.received };
}

const host = "Host: a\r\n";
const last = `GET /last HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;

Deno.test("requests are the same however their bytes arrive", async () => {
  const request = fc.constantFrom(
    [`GET /1 HTTP/1.1\r\n${host}\r\n`, "GET /1 "],
    [
      `POST /2 HTTP/1.1\r\n${host}Content-Length: 11\r\n\r\nabc\r\n\r\nGET `,
      "POST /2 abc\r\n\r\nGET ",
    ],
    [
      `PUT /3 HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\n\n\r\n0\r\nT: u\r\n\r\n`,
      "PUT /3 abc\n",
    ],
    [`\r\nPOST /4 HTTP/1.1\r\n${host}Content-Length: 0\r\n\r\n`, "POST /4 "],
  );
  const requests = fc.array(request, { maxLength: 5 });
  const cuts = fc.array(fc.nat(600), { maxLength: 30 });
  const speed = fc.constantFrom<Speed>("at once", "later");
  await fc.assert(fc.asyncProperty(requests, cuts, speed, async (requests, cuts, speed) => {
    const text = requests.map(([sent]) => sent).join("") + last;
    const at = [0, ...cuts.sort((left, right) => left - right), text.length];
    const pieces = at.map((from, index) => text.slice(from, at[index + 1]));
    const { handled, refused, received } = await serve(pieces, speed);
    assert.deepEqual(handled, [...requests.map(([, seen]) => seen), "GET /last "]);
    assert.deepEqual(refused, []);
    assert.equal(received.match(/HTTP\/1\.1 200 /g)?.length, requests.length + 1);
  }));
});

Deno.test("what follows a refused request is never handled, however it arrives", async () => {
  const bad: readonly (readonly [text: string, status: number])[] = [
    [`POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n`, 501],
    [`POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`, 400],
    [`POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n`, 400],
    [`GET / HTTP/1.1\n${host}\r\n`, 400],
    [`GET / HTTP/3.1\r\n${host}\r\n`, 505],
  ];
  for (const [text, status] of bad) {
    for (const pieces of [[text + last], [...text, last], [...text, ...last]]) {
      const { handled, refused, received } = await serve([last.replace("close", "x"), ...pieces]);
      assert.deepEqual(handled, ["GET /last "], text);
      assert.deepEqual(refused, [status], text);
      assert.match(
        received,
        new RegExp(`^HTTP/1.1 200 [^]*\r\n\r\nHTTP/1.1 ${status} [^]*\r\n\r\n$`),
      );
    }
  }
});

Deno.test("thousands of requests that arrive together are answered in their order", async () => {
  const count = 5_000;
  const requests = Array.from({ length: count }, (_, at) => `GET /${at} HTTP/1.1\r\n${host}\r\n`);
  const { handled, refused, received } = await serve([requests.join("") + last], "at once");
  assert.deepEqual(handled, [...requests.keys(), "last"].map((path) => `GET /${path} `));
  assert.deepEqual(refused, []);
  assert.equal(received.match(/HTTP\/1\.1 200 /g)?.length, count + 1);
});

/** Serves what arrives, for as long as it takes; gives the client's end and a way to let the handler answer. */
function serveLong(sent: string, read: (body: ByteSource | undefined) => Promise<void>) {
  const answer = Promise.withResolvers<void>();
  const duplex = new Memory([sent]);
  const exchanges: Exchanges = {
    limits: defaultListenLimits,
    heads: new SeenHeads(defaultListenLimits.fieldsMax),
    isClosing: true,
    date: "now",
    async handle({ body }) {
      await read(body);
      await answer.promise;
      return { status: 200, fields: [], body: undefined };
    },
    onFault() {},
    onRefused() {},
  };
  const connection = new Connection(duplex, { address: "", port: 0 }, exchanges);
  /** Lets all the time pass that a client has for its body. */
  const passTime = async () => {
    await settled();
    connection.checkTime(0);
    connection.checkTime(defaultListenLimits.receiveWallMsMax + 1);
    await settled();
  };
  return { duplex, connection, passTime, answer: () => answer.resolve() };
}

/** Lets promises that are settled be heard, and what follows from them. */
async function settled(): Promise<void> {
  for (let microtask = 0; microtask < 50; microtask += 1) await Promise.resolve();
}

const counted = `POST / HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\n`;
const chunked = `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`;

Deno.test("a client whose body has arrived is not refused because its answer takes long", async () => {
  const readers: readonly ((body: ByteSource | undefined) => Promise<void>)[] = [
    async (body) => {
      while ((await body?.read(100))?.length !== 0);
    },
    // As programs do that go by Content-Length, and never ask for the end.
    async (body) => void await body?.read(2),
    () => Promise.resolve(),
  ];
  for (const sent of [`${counted}hi`, `${chunked}2\r\nhi\r\n0\r\n\r\n`]) {
    for (const read of readers) {
      const { duplex, connection, passTime, answer } = serveLong(sent, read);
      await passTime();
      answer();
      await connection.closed;
      assert.match(duplex.received, /^HTTP\/1\.1 200 /);
    }
  }
});

Deno.test("a client that owes what is read of its body is refused when its time has passed", async () => {
  for (const sent of [counted, `${counted}h`, chunked, `${chunked}2\r\nhi\r\n`, `${chunked}2`]) {
    const { duplex, connection, passTime, answer } = serveLong(sent, async (body) => {
      try {
        while ((await body?.read(100))?.length !== 0);
      } catch {
        // It was cut off.
      }
    });
    await passTime();
    answer();
    connection.checkTime(2 * defaultListenLimits.receiveWallMsMax);
    connection.checkTime(3 * defaultListenLimits.receiveWallMsMax);
    await connection.closed;
    assert.match(duplex.received, /^HTTP\/1\.1 408 /, sent);
  }
});
