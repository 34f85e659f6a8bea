import assert from "node:assert/strict";
import type { Field, HttpResponse } from "@skerry/http";
import { Output } from "./output.ts";
import { responseHead } from "./response_head.ts";

/** A connection that takes at most so many bytes at once, and keeps them. */
class Sink {
  text = "";
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  async write(bytes: Uint8Array): Promise<number> {
    assert.notEqual(bytes.length, 0, "nothing is written");
    // What is written must stay as it is until it is taken.
    await Promise.resolve();
    const taken = bytes.subarray(0, this.#bytesMax);
    for (const byte of taken) this.text += String.fromCharCode(byte);
    return taken.length;
  }
}

async function* piecesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve();
    yield bytesOf(text);
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What is written of a response, without its head. */
async function sent(
  bodyOf: () => HttpResponse["body"],
  { fields = [], version = "1.1" }: { fields?: readonly Field[]; version?: "1.0" | "1.1" } = {},
  bytesMax = 1_000_000,
): Promise<string> {
  const sink = new Sink(bytesMax);
  const body = bodyOf();
  const output = new Output(sink);
  const response = { status: 200, fields, body };
  const head = responseHead(response, { method: "GET", version }, true, "now", output.scratch);
  const text = String.fromCharCode(...head.bytes.all());
  await output.send(head, body);
  assert.equal(sink.text.indexOf(text), 0);
  return sink.text.slice(text.length);
}

Deno.test("whole bodies go out as they are, small and large, however little is taken at once", async () => {
  for (const length of [0, 1, 3_900, 4_000, 4_100, 20_000]) {
    const text = Array.from({ length }, (_, at) => String.fromCharCode(at & 0xff)).join("");
    for (const bytesMax of [1_000_000, 1_000, 7]) {
      assert.equal(await sent(() => bytesOf(text), {}, bytesMax), text);
    }
  }
});

Deno.test("heads are bytes, beyond ASCII too", async () => {
  const fields = [["x", "\x80\xe9\xff"]] as const;
  assert.equal(await sent(() => bytesOf("\xff"), { fields }), "\xff");
});

Deno.test("pieces are chunks, and an empty one ends nothing", async () => {
  const large = "x".repeat(5_000);
  const expected = `1\r\na\r\n1388\r\n${large}\r\n2\r\nbc\r\n0\r\n\r\n`;
  for (const bytesMax of [1_000_000, 1_000, 1]) {
    assert.equal(await sent(() => piecesOf("", "a", large, "", "bc"), {}, bytesMax), expected);
  }
  assert.equal(await sent(() => piecesOf()), "0\r\n\r\n");
});

Deno.test("pieces of a known length, and those for HTTP/1.0, go out as they are", async () => {
  const fields = [["content-length", "3"]] as const;
  assert.equal(await sent(() => piecesOf("a", "", "bc"), { fields }), "abc");
  assert.equal(await sent(() => piecesOf("a", "", "bc"), { version: "1.0" }), "abc");
});

Deno.test("a length that is not kept, and a body that breaks off, are no whole response", async () => {
  const fields = [["content-length", "3"]] as const;
  for (const texts of [["a"], ["a", "bcd"], []]) {
    await assert.rejects(sent(() => piecesOf(...texts), { fields }), /Content-Length/);
  }
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* piecesOf("a");
    throw new Error("broken");
  }
  await assert.rejects(sent(broken), /broken/);
});

Deno.test("a body whose connection is lost is told so", async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield* piecesOf("a");
    } finally {
      isEnded = true;
    }
  }
  let writes = 0;
  const lost = {
    write(bytes: Uint8Array) {
      return ++writes < 5 ? Promise.resolve(bytes.length) : Promise.reject(new Error("lost"));
    },
  };
  const body = endless();
  const output = new Output(lost);
  const head = responseHead(
    { status: 200, fields: [], body },
    { method: "GET", version: "1.1" },
    true,
    "",
    output.scratch,
  );
  await assert.rejects(async () => await output.send(head, body), /lost/);
  assert.ok(isEnded);
});
