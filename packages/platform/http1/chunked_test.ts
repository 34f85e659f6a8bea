import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ChunkedDecoder } from "./chunked.ts";
import { InputBuffer } from "./input_buffer.ts";
import { isRefusal } from "./refusal.ts";

/** What is decoded where these texts arrive one after another, and what is left behind it; or a status. */
function decode(
  pieces: Iterable<string>,
  bytesMax = 1_000,
): { data: string; rest: string } | number | "more" {
  const buffer = new InputBuffer(1_000);
  const decoder = new ChunkedDecoder();
  let data = "";
  let isDone = false;
  for (const piece of pieces) {
    fill(buffer, piece);
    while (!isDone) {
      const taken = decoder.take(buffer, bytesMax);
      if (isRefusal(taken)) return taken.status;
      if (taken === "more") break;
      assert.ok(taken.length <= bytesMax);
      data += String.fromCharCode(...taken);
      isDone = taken.length === 0;
    }
  }
  return isDone ? { data, rest: buffer.text(0, buffer.length) } : "more";
}

function fill(buffer: InputBuffer, text: string): void {
  const room = buffer.room(true) ?? assert.fail("there is always room for what is wanted");
  assert.ok(text.length <= room.length);
  for (let at = 0; at < text.length; at++) room[at] = text.charCodeAt(at);
  buffer.filled(text.length);
}

const head = "GET / HTTP/1.1\r\n";

Deno.test("chunks are the same however they are cut, sent and asked for", () => {
  const chunk = fc.tuple(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).map((text) =>
      text.replace(/[^\0-\xff]/gu, "\r\n")
    ),
    fc.constantFrom("", ";x", ";x=y;z", ';x=y;z="\xe9 \t"'),
    fc.boolean(),
  );
  const trailers = fc.constantFrom("", "X: y\r\n", "X:\r\ny-Z: \xff\t\r\n");
  const chunks = fc.array(chunk, { maxLength: 8 });
  fc.assert(
    fc.property(chunks, trailers, fc.integer({ min: 1, max: 50 }), (chunks, trailers, bytesMax) => {
      const text = chunks.map(([data, extension, isUpper]) => {
        const size = data.length.toString(16).padStart(isUpper ? 4 : 1, "0");
        return `${isUpper ? size.toUpperCase() : size}${extension}\r\n${data}\r\n`;
      }).join("") + `0\r\n${trailers}\r\n`;
      const expected = { data: chunks.map(([data]) => data).join(""), rest: head };
      assert.deepEqual(decode([text + head], bytesMax), expected);
      assert.deepEqual(decode([...text, head], bytesMax), expected);
      // Nothing but the whole of it is taken for its end.
      for (let at = 0; at < text.length; at++) assert.equal(decode([text.slice(0, at)]), "more");
    }),
    { numRuns: 50 },
  );
});

Deno.test("whatever two decoders could cut differently is refused", () => {
  const bodies = [
    ...["3\n", "3\r\nabc\n", "3\r\nabcX", "3\r\nabc0", "3\r\nabc\rX", "g\r\n", "-3\r\n", "+3\r\n"],
    ...["3 \r\n", " 3\r\n", "\t3\r\n", "0x3\r\n", "3;a\n", "3;a\rb", "3;\0\r\n", "\r\n", ";\r\n"],
    ...["3;\r\n", "3;a b\r\n", "3;a=\r\n", '3;a="\r\n', "3;a:b\r\n", "3;=a\r\n", "3;a;\r\n"],
    ...[
      "123456789\r\n",
      "0\r\nX : y\r\n",
      "0\r\n: y\r\n",
      "0\r\nX\r\n",
      "0\r\n X: y\r\n",
      "0\r\nX: y\n",
    ],
    ...["0\r\nX: y\r\n folded\r\n", "0\r\nX: \x7f\r\n"],
  ];
  for (const body of bodies) {
    assert.equal(decode([body]), 400, JSON.stringify(body));
    assert.equal(decode(body), 400, JSON.stringify(body));
  }
});

Deno.test("what stands beside the data is bounded", () => {
  assert.equal(decode([`3;${"x".repeat(1_022)}\r\n`]), "more");
  assert.equal(decode([`3;${"x".repeat(1_100)}`]), 431);
  const trailer = `X: ${"y".repeat(997)}\r\n`;
  assert.equal(decode(["0\r\n", ...Array.from({ length: 8 }, () => trailer)]), "more");
  assert.equal(decode(["0\r\n", ...Array.from({ length: 9 }, () => trailer)]), 431);
});

Deno.test("trailers are kept without their padding, once all is here, and are not many", () => {
  const buffer = new InputBuffer(1_000);
  const decoder = new ChunkedDecoder();
  const take = (text: string) => {
    fill(buffer, text);
    return decoder.take(buffer, 100);
  };
  assert.equal(take("0\r\nA:  b c\t \r\na:\r\n"), "more");
  assert.deepEqual(decoder.trailers, []);
  assert.deepEqual(take("\r\n"), new Uint8Array(0));
  assert.deepEqual(decoder.trailers, [["A", "b c"], ["a", ""]]);
  assert.equal(decode(["0\r\n", ...Array.from({ length: 64 }, () => "a: b\r\n")]), "more");
  assert.equal(decode(["0\r\n", ...Array.from({ length: 65 }, () => "a: b\r\n")]), 431);
});

Deno.test("extensions are bounded in all, and not for each chunk alone", () => {
  const chunkOf = (dataBytes: number, extensionBytes: number) =>
    `${dataBytes.toString(16)};${"x".repeat(extensionBytes)}\r\n${"d".repeat(dataBytes)}\r\n`;
  const many = (chunk: string, count: number) => Array.from({ length: count }, () => chunk);
  assert.equal(decode(many(chunkOf(1, 1_000), 16)), "more");
  assert.equal(decode(many(chunkOf(1, 1_000), 17)), 431);
  // An extension for each chunk that carries something worth it is nobody's attack.
  assert.equal(decode(many(chunkOf(2_000, 100), 1_000)), "more");
});

Deno.test("a size alone on its line is held to what holds for one with an extension", () => {
  const digits = fc.stringMatching(/^[0-9A-Fa-f]{0,10}$/);
  const end = fc.constantFrom("\r\n", "\r", "\n", "\rx", "\r\r\n", " \r\n");
  fc.assert(fc.property(digits, end, (digits, end) => {
    const isGood = digits.length > 0 && digits.length <= 8 && end.startsWith("\r") &&
      "\r\n".startsWith(end);
    // Without its line feed a line is not looked at yet.
    const expected = isGood || end === "\r" ? "more" : 400;
    assert.equal(decode([digits + end]), expected);
    assert.equal(decode([`${digits};x${end}`]), expected);
  }));
});

Deno.test("chunks of a single byte are taken, however many they are", () => {
  const chunks = Array.from({ length: 100 }, () => "1\r\nx\r\n".repeat(100));
  assert.deepEqual(decode([...chunks, "0\r\n\r\n"]), { data: "x".repeat(10_000), rest: "" });
});
