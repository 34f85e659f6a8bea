/** What a client of HTTP/2 may do against the protocol or against us, and the answer that it must get. */

import assert from "node:assert/strict";
import type { Field } from "@skerry/http";
import { gone, readAll } from "../listen_testing.ts";
import { flags, frameType } from "./frames.ts";
import {
  block,
  data,
  frame,
  headers,
  hello,
  join,
  number,
  request,
  settings,
  sized,
  times,
  withHttp2,
} from "./http2_testing.ts";

/** What is sent after the greeting unless told otherwise, and the line that must come. */
type Case = readonly [name: string, sent: Uint8Array | string, expected: string, raw?: "raw"];

const goaway = (code: string, latest: number | "*" = 0) => `GOAWAY 0 ${latest} ${code}`;
const { endHeaders, endStream, ack, padded, priority } = flags;
const t = frameType;
/** A request that is not answered until its client is gone. */
const slow = (id: number) => headers(id, request("/slow"));
/** One whose body is not read. */
const open = (id: number, ...more: Field[]) => headers(id, request("/slow", ...more), "more");
const good = request("/good");

const greetings: readonly Case[] = [
  ["HTTP/1.1", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", goaway("PROTOCOL_ERROR"), "raw"],
  ["half a preface", "PRI * HTTP/2.0\r\n\r\nSN", goaway("PROTOCOL_ERROR"), "raw"],
  [
    "PING first",
    join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", frame(t.ping, 0, 0, "12345678")),
    goaway("PROTOCOL_ERROR"),
    "raw",
  ],
  [
    "an ACK first",
    join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", frame(t.settings, ack, 0)),
    goaway("PROTOCOL_ERROR"),
    "raw",
  ],
];

const malformedFrames: readonly Case[] = [
  [
    "a frame that is too long",
    frame(t.data, 0, 1, new Uint8Array(16_385)),
    goaway("FRAME_SIZE_ERROR"),
  ],
  [
    "the header alone of a frame that is too long",
    "\xff\xff\xff\0\0\0\0\0\x01",
    goaway("FRAME_SIZE_ERROR"),
  ],
  ["SETTINGS cut off", frame(t.settings, 0, 0, "12345"), goaway("FRAME_SIZE_ERROR")],
  ["SETTINGS of a stream", frame(t.settings, 0, 1), goaway("PROTOCOL_ERROR")],
  ["an ACK that says something", frame(t.settings, ack, 0, "123456"), goaway("FRAME_SIZE_ERROR")],
  ["ENABLE_PUSH 2", settings([2, 2]), goaway("PROTOCOL_ERROR")],
  ["a window of 2 GiB", settings([4, 2 ** 31]), goaway("FLOW_CONTROL_ERROR")],
  ["frames of 100 bytes", settings([5, 100]), goaway("PROTOCOL_ERROR")],
  ["frames of 16 MiB", settings([5, 2 ** 24]), goaway("PROTOCOL_ERROR")],
  ["PING of a stream", frame(t.ping, 0, 1, "12345678"), goaway("PROTOCOL_ERROR")],
  ["PING of 7 bytes", frame(t.ping, 0, 0, "1234567"), goaway("FRAME_SIZE_ERROR")],
  ["GOAWAY of a stream", frame(t.goaway, 0, 1, "12345678"), goaway("PROTOCOL_ERROR")],
  ["GOAWAY of 7 bytes", frame(t.goaway, 0, 0, "1234567"), goaway("FRAME_SIZE_ERROR")],
  ["PUSH_PROMISE", frame(t.pushPromise, endHeaders, 1, "\0\0\0\x02"), goaway("PROTOCOL_ERROR")],
  ["PRIORITY of no stream", frame(t.priority, 0, 0, "12345"), goaway("PROTOCOL_ERROR")],
  ["PRIORITY of 4 bytes", frame(t.priority, 0, 1, "1234"), goaway("FRAME_SIZE_ERROR")],
  ["DATA of no stream", data(0, "a"), goaway("PROTOCOL_ERROR")],
  ["DATA of a stream that is not open", data(1, "a"), goaway("PROTOCOL_ERROR")],
  [
    "DATA that is all padding",
    join(open(1), frame(t.data, padded, 1, "\x03ab")),
    goaway("PROTOCOL_ERROR", 1),
  ],
  [
    "DATA without its padding",
    join(open(1), frame(t.data, padded, 1)),
    goaway("PROTOCOL_ERROR", 1),
  ],
  ["DATA after the end", join(slow(1), data(1, "a")), "RST_STREAM 1 STREAM_CLOSED"],
  ["HEADERS of no stream", headers(0, good), goaway("PROTOCOL_ERROR")],
  ["HEADERS of a stream of ours", headers(2, good), goaway("PROTOCOL_ERROR")],
  [
    "HEADERS that are all padding",
    frame(t.headers, endHeaders | padded, 1, "\x03ab"),
    goaway("PROTOCOL_ERROR"),
  ],
  [
    "HEADERS cut off within the priority",
    frame(t.headers, endHeaders | priority, 1, "1234"),
    goaway("PROTOCOL_ERROR"),
  ],
  ["HEADERS after the end", join(slow(1), headers(1, good)), "RST_STREAM 1 STREAM_CLOSED"],
  [
    "HEADERS of a stream that was passed over",
    join(slow(5), headers(3, good)),
    goaway("STREAM_CLOSED", 5),
  ],
  ["CONTINUATION of nothing", frame(t.continuation, endHeaders, 1, ""), goaway("PROTOCOL_ERROR")],
  [
    "a frame amid a header",
    join(frame(t.headers, 0, 1, block(good)), frame(t.ping, 0, 0, "12345678")),
    goaway("PROTOCOL_ERROR"),
  ],
  [
    "an unknown frame amid a header",
    join(frame(t.headers, 0, 1, block(good)), frame(0xbe, 0, 0)),
    goaway("PROTOCOL_ERROR"),
  ],
  [
    "CONTINUATION on another stream",
    join(frame(t.headers, 0, 1, block(good)), frame(t.continuation, endHeaders, 3)),
    goaway("PROTOCOL_ERROR"),
  ],
  [
    "a header that is no HPACK",
    frame(t.headers, endHeaders, 1, "\x80"),
    goaway("COMPRESSION_ERROR"),
  ],
  [
    "an entry that is not there",
    frame(t.headers, endHeaders, 1, "\xbe"),
    goaway("COMPRESSION_ERROR"),
  ],
  [
    "a table larger than allowed",
    frame(t.headers, endHeaders, 1, "\x3f\xe2\x1f"),
    goaway("COMPRESSION_ERROR"),
  ],
  ["RST_STREAM of no stream", frame(t.rstStream, 0, 0, number(8)), goaway("PROTOCOL_ERROR")],
  [
    "RST_STREAM of a stream that is not open",
    frame(t.rstStream, 0, 1, number(8)),
    goaway("PROTOCOL_ERROR"),
  ],
  [
    "RST_STREAM of 3 bytes",
    join(slow(1), frame(t.rstStream, 0, 1, "123")),
    goaway("FRAME_SIZE_ERROR", 1),
  ],
  ["WINDOW_UPDATE of 3 bytes", frame(t.windowUpdate, 0, 0, "123"), goaway("FRAME_SIZE_ERROR")],
  ["a window opened by nothing", frame(t.windowUpdate, 0, 0, number(0)), goaway("PROTOCOL_ERROR")],
  [
    "a window beyond 2 GiB",
    frame(t.windowUpdate, 0, 0, number(2 ** 31 - 1)),
    goaway("FLOW_CONTROL_ERROR"),
  ],
  [
    "WINDOW_UPDATE of a stream that is not open",
    frame(t.windowUpdate, 0, 1, number(1)),
    goaway("PROTOCOL_ERROR"),
  ],
  [
    "a stream's window opened by nothing",
    join(slow(1), frame(t.windowUpdate, 0, 1, number(0))),
    "RST_STREAM 1 PROTOCOL_ERROR",
  ],
  [
    "a stream's window beyond 2 GiB",
    join(slow(1), frame(t.windowUpdate, 0, 1, number(2 ** 31 - 1))),
    "RST_STREAM 1 FLOW_CONTROL_ERROR",
  ],
  [
    "windows beyond 2 GiB by SETTINGS",
    join(slow(1), frame(t.windowUpdate, 0, 1, number(2 ** 30)), settings([4, 2 ** 31 - 1])),
    goaway("FLOW_CONTROL_ERROR", 1),
  ],
  [
    "more body than was asked for",
    join(open(1), times(9, () => data(1, new Uint8Array(16_000)))),
    "RST_STREAM 1 FLOW_CONTROL_ERROR",
  ],
  [
    "more bodies than were asked for",
    join(
      times(5, (index) =>
        join(
          open(2 * index + 1),
          times(8, () => data(2 * index + 1, new Uint8Array(16_000))),
        )),
    ),
    goaway("FLOW_CONTROL_ERROR", 9),
  ],
];

const floods: readonly Case[] = [
  ["PING", times(3_000, () => frame(t.ping, 0, 0, "12345678")), goaway("ENHANCE_YOUR_CALM")],
  ["PING ACK", times(3_000, () => frame(t.ping, ack, 0, "12345678")), goaway("ENHANCE_YOUR_CALM")],
  ["SETTINGS", times(3_000, () => settings([4, 100])), goaway("ENHANCE_YOUR_CALM")],
  ["SETTINGS ACK", times(3_000, () => frame(t.settings, ack, 0)), goaway("ENHANCE_YOUR_CALM")],
  [
    "PRIORITY",
    times(3_000, () => frame(t.priority, 0, 1, "\0\0\0\0\0")),
    goaway("ENHANCE_YOUR_CALM"),
  ],
  ["GOAWAY", times(3_000, () => frame(t.goaway, 0, 0, "12345678")), goaway("ENHANCE_YOUR_CALM")],
  ["unknown frames", times(3_000, () => frame(0xbe, 0, 0)), goaway("ENHANCE_YOUR_CALM")],
  ["empty DATA", join(open(1), times(3_000, () => data(1, ""))), goaway("ENHANCE_YOUR_CALM", 1)],
  [
    "DATA of padding",
    join(open(1), times(3_000, () => frame(t.data, padded, 1, "\x05     "))),
    goaway("ENHANCE_YOUR_CALM", 1),
  ],
  [
    "WINDOW_UPDATE",
    join(slow(1), times(3_000, () => frame(t.windowUpdate, 0, 1, number(1)))),
    goaway("ENHANCE_YOUR_CALM", 1),
  ],
  [
    "RST_STREAM of one stream",
    join(slow(1), times(3_000, () => frame(t.rstStream, 0, 1, number(8)))),
    goaway("ENHANCE_YOUR_CALM", 1),
  ],
  [
    "CONTINUATION",
    join(frame(t.headers, 0, 1), times(20, () => frame(t.continuation, 0, 1))),
    goaway("ENHANCE_YOUR_CALM"),
  ],
  [
    "a header without an end",
    join(
      frame(t.headers, 0, 1),
      times(5, () => frame(t.continuation, 0, 1, new Uint8Array(16_000))),
    ),
    goaway("ENHANCE_YOUR_CALM"),
  ],
  [
    "rapid reset",
    times(
      300,
      (index) => join(slow(2 * index + 1), frame(t.rstStream, 0, 2 * index + 1, number(8))),
    ),
    goaway("ENHANCE_YOUR_CALM", "*"),
  ],
  [
    "requests that we must reset",
    times(
      300,
      (index) => join(slow(2 * index + 1), frame(t.windowUpdate, 0, 2 * index + 1, number(0))),
    ),
    goaway("ENHANCE_YOUR_CALM", "*"),
  ],
  [
    "malformed requests",
    times(1_000, (index) => headers(2 * index + 1, [[":method", "GET"]])),
    goaway("ENHANCE_YOUR_CALM", "*"),
  ],
  [
    "too many requests",
    times(101, (index) => slow(2 * index + 1)),
    "RST_STREAM 201 REFUSED_STREAM",
  ],
  [
    "far too many requests",
    times(3_000, (index) => slow(2 * index + 1)),
    goaway("ENHANCE_YOUR_CALM", "*"),
  ],
];

/** A request without a field, with others in its place. */
const without = (name: string, ...more: Field[]) => [
  ...more,
  ...good.filter(([found]) => found !== name),
];
const malformed = "RST_STREAM 1 PROTOCOL_ERROR";
const large = "x".repeat(4_000);

const requests: readonly (readonly [name: string, fields: readonly Field[], expected: string])[] = [
  ["no method", without(":method"), malformed],
  ["no scheme", without(":scheme"), malformed],
  ["no path", without(":path"), malformed],
  ["no authority", without(":authority"), malformed],
  ["two methods", without("", [":method", "GET"]), malformed],
  ["two paths", without("", [":path", "/good"]), malformed],
  ["two schemes", without("", [":scheme", "https"]), malformed],
  ["two authorities", without("", [":authority", "a.test"]), malformed],
  ["an unknown pseudo-field", without("", [":protocol", "websocket"]), malformed],
  ["a status", without("", [":status", "200"]), malformed],
  ["a pseudo-field after a field", without(":path", ["x", "y"]), malformed],
  ["an empty path", without(":path", [":path", ""]), malformed],
  ["a path without a slash", without(":path", [":path", "good"]), malformed],
  ["a path with a space", without(":path", [":path", "/a b"]), malformed],
  ["a path with a line break", without(":path", [":path", "/ HTTP/1.1\r\nX: y"]), malformed],
  ["a whole URL", without(":path", [":path", "https://a.test/"]), malformed],
  ["an asterisk", without(":path", [":path", "*"]), malformed],
  ["another scheme", without(":scheme", [":scheme", "http"]), malformed],
  ["an empty authority", without(":authority", [":authority", ""]), malformed],
  ["an authority with a line break", without(":authority", [":authority", "a\r\nb"]), malformed],
  ["a method in small letters", without(":method", [":method", "get"]), malformed],
  ["a method with a space", without(":method", [":method", "GET /x"]), malformed],
  ["another Host", [...good, ["host", "b.test"]], malformed],
  ["two Hosts", [...good, ["host", "a.test"], ["host", "a.test"]], malformed],
  ["a name in capitals", [...good, ["X-Y", "z"]], malformed],
  ["a name with a space", [...good, ["x y", "z"]], malformed],
  ["a name with a colon", [...good, ["x:y", "z"]], malformed],
  ["a name with a line break", [...good, ["x\r\ny", "z"]], malformed],
  ["no name", [...good, ["", "z"]], malformed],
  ["a value with CR", [...good, ["x", "a\rb"]], malformed],
  ["a value with LF", [...good, ["x", "a\nhost: b"]], malformed],
  ["a value with NUL", [...good, ["x", "a\0b"]], malformed],
  ["a value after a space", [...good, ["x", " a"]], malformed],
  ["a value before a tab", [...good, ["x", "a\t"]], malformed],
  ["connection", [...good, ["connection", "close"]], malformed],
  ["keep-alive", [...good, ["keep-alive", "timeout=5"]], malformed],
  ["proxy-connection", [...good, ["proxy-connection", "close"]], malformed],
  ["transfer-encoding", [...good, ["transfer-encoding", "chunked"]], malformed],
  ["upgrade", [...good, ["upgrade", "h2c"]], malformed],
  ["te", [...good, ["te", "trailers, gzip"]], malformed],
  ["two lengths", [...good, ["content-length", "0"], ["content-length", "0"]], malformed],
  ["a length that is none", [...good, ["content-length", "+0"]], malformed],
  ["a length without a body", [...good, ["content-length", "3"]], malformed],
  ["CONNECT", [[":method", "CONNECT"], [":authority", "a.test:443"]], "HEADERS 1 501 end"],
  ["the unexpected", [...good, ["expect", "the-unexpected"]], "HEADERS 1 417 end"],
  [
    "too many fields",
    [...good, ...Array.from({ length: 129 }, (): Field => ["x", "y"])],
    "HEADERS 1 431 end",
  ],
  [
    "fields that are too large",
    [...good, ...Array.from({ length: 17 }, (): Field => ["x", large])],
    goaway("ENHANCE_YOUR_CALM"),
  ],
];

const bodies: readonly Case[] = [
  ["less body than told", join(open(1, ["content-length", "3"]), data(1, "ab", true)), malformed],
  ["more body than told", join(open(1, ["content-length", "3"]), data(1, "abcd", true)), malformed],
  [
    "no body where one is told",
    join(open(1, ["content-length", "3"]), data(1, "", true)),
    malformed,
  ],
  [
    "less body than told, and trailers",
    join(open(1, ["content-length", "3"]), data(1, "ab"), headers(1, [["x", "y"]])),
    malformed,
  ],
  ["fields amid a body", join(open(1), data(1, "a"), headers(1, [["x", "y"]], "more")), malformed],
  ["a path after a body", join(open(1), data(1, "a"), headers(1, [[":path", "/"]])), malformed],
  [
    "a line break after a body",
    join(open(1), data(1, "a"), headers(1, [["x", "a\r\nb"]])),
    malformed,
  ],
  [
    "a connection's field after a body",
    join(open(1), headers(1, [["connection", "close"]])),
    malformed,
  ],
  [
    "too many fields after a body",
    join(open(1), headers(1, Array.from({ length: 140 }, () => ["x", "y"]))),
    "HEADERS 1 431 end",
  ],
];

/** A field that takes a place in the table, and then a byte each time: 4 KB of it in all. */
const bomb = join(block(good), "\x40\x01x\x7f\xa1\x1e", "y".repeat(4_000), "\xbe".repeat(1_000));
const bombs: readonly Case[] = [
  [
    "a header that unpacks to megabytes",
    frame(t.headers, endHeaders | endStream, 1, bomb),
    "HEADERS 1 431 end",
  ],
];

async function check(cases: readonly Case[]): Promise<void> {
  const seen: string[] = [];
  await withHttp2(async (request) => {
    if (request.target === "/slow") {
      await gone(request);
      return sized(0);
    }
    seen.push(request.target);
    await readAll(request.body);
    return sized(5);
  }, async (connect) => {
    for (const [name, sent, expected, raw] of cases) {
      const client = await connect();
      await client.send(raw === "raw" ? sent : join(hello, sent)).catch(() => {});
      const timer = setTimeout(() => client.close(), 10_000);
      const lines = await client.until(expected);
      clearTimeout(timer);
      assert.ok(client.has(expected), `${name}: ${lines.slice(-5).join(", ")}`);
      // After GOAWAY with a fault the connection ends.
      if (expected.startsWith("GOAWAY")) {
        assert.equal((await client.until("end")).at(-1), "end", name);
      }
      client.close();
    }
  });
  assert.deepEqual(seen, []);
}

Deno.test("who does not greet as HTTP/2 does is turned away", () => check(greetings));

Deno.test("a frame that may not be ends its stream or its connection, as the protocol says", () =>
  check(malformedFrames));

Deno.test("who makes us work and moves nothing is turned away", () => check(floods));

Deno.test("a malformed request is reset, and no handler sees it", () =>
  check(requests.map(([name, fields, expected]) => [name, sendFields(fields), expected])));

Deno.test("a body that is not what its header said is reset", () => check(bodies));

Deno.test("a header that is too large is refused, and its connection goes on", () => check(bombs));

Deno.test("what is odd but allowed is served", async () => {
  const table: readonly (readonly [name: string, sent: Uint8Array])[] = [
    ["an unknown frame", join(frame(0xbe, 0xff, 77, "?"), headers(1, good))],
    ["an unknown setting", join(settings([0x77, 1], [8, 1]), headers(1, good))],
    [
      "PRIORITY of a stream that is not open",
      join(frame(t.priority, 0, 7, "\0\0\0\0\0"), headers(1, good)),
    ],
    [
      "HEADERS with priority and padding",
      frame(
        t.headers,
        endHeaders | endStream | padded | priority,
        1,
        join("\x02\0\0\0\0\0", block(good), "\0\0"),
      ),
    ],
    [
      "a header in many frames",
      join(
        frame(t.headers, endStream, 1),
        frame(t.continuation, 0, 1, block(good)),
        frame(t.continuation, endHeaders, 1),
      ),
    ],
    ["te: trailers", headers(1, [...good, ["te", "trailers"]])],
    ["a Host that agrees", headers(1, [...good, ["host", "A.test"]])],
    ["a Host alone", headers(1, [...without(":authority"), ["host", "a.test"]])],
    ["a length of nothing", headers(1, [...good, ["content-length", "0"]])],
    ["WINDOW_UPDATE after the end", join(headers(1, good), frame(t.windowUpdate, 0, 1, number(5)))],
    [
      "an asterisk with OPTIONS",
      headers(1, [[":method", "OPTIONS"], [":scheme", "https"], [":authority", "a.test"], [
        ":path",
        "*",
      ]]),
    ],
    [
      "a body that ends by trailers",
      join(
        headers(1, [...good, ["content-length", "1"]], "more"),
        data(1, "a"),
        headers(1, [["x", "y"]]),
      ),
    ],
    [
      "a body with padding",
      join(headers(1, good, "more"), frame(t.data, padded | endStream, 1, "\x03abc\0\0\0")),
    ],
  ];
  await withHttp2(async ({ body, fields }) => {
    await readAll(body);
    assert.equal(fields.filter(([name]) => name === "host").length, 1);
    return sized(5);
  }, async (connect) => {
    for (const [name, sent] of table) {
      const client = await connect();
      await client.send(hello, sent);
      const lines = await client.until("DATA 1 5 end");
      assert.ok(lines.includes("HEADERS 1 200"), `${name}: ${lines.join(", ")}`);
      assert.equal(lines.at(-1), "DATA 1 5 end", name);
      client.close();
    }
  });
});

Deno.test("faults of one stream leave the others alone", async () => {
  await withHttp2(async (request) => {
    if (request.target === "/slow") await gone(request);
    return sized(5);
  }, async (connect) => {
    const client = await connect();
    await client.send(hello, slow(1), headers(3, [[":path", "/"]]), data(1, "x"), headers(5, good));
    const lines = await client.until("DATA 5 5 end");
    assert.ok(lines.includes("RST_STREAM 1 STREAM_CLOSED"));
    assert.ok(lines.includes("RST_STREAM 3 PROTOCOL_ERROR"));
    assert.equal(lines.at(-1), "DATA 5 5 end");
  });
});

function sendFields(fields: readonly Field[]): Uint8Array {
  const bytes = block(fields);
  const first = frame(
    t.headers,
    endStream | (bytes.length > 16_000 ? 0 : endHeaders),
    1,
    bytes.subarray(0, 16_000),
  );
  if (bytes.length <= 16_000) return first;
  const pieces: Uint8Array[] = [];
  for (let at = 16_000; at < bytes.length; at += 16_000) {
    pieces.push(
      frame(
        t.continuation,
        at + 16_000 >= bytes.length ? endHeaders : 0,
        1,
        bytes.subarray(at, at + 16_000),
      ),
    );
  }
  return join(first, ...pieces);
}
