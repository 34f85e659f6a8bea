import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeUtf8 } from "@skerry/base";
import { multipartRanges } from "./multipart_ranges.ts";
import { formatContentRange, parseContentRange, parseRange, satisfy } from "./range.ts";

/** What a representation of 10,000 bytes, as RFC 9110's examples have it, gives: `0-499 600-699`. */
function check(value: string, expected: string, bytes = 10_000): void {
  const found = satisfy(parseRange(value), bytes);
  const text = found.kind === "ranges"
    ? found.ranges.map(({ first, last }) => `${first}-${last}`).join(" ")
    : found.kind;
  assert.equal(text, expected, value);
}

Deno.test("ranges are found as the examples of RFC 9110 §14.1.2 have them", () => {
  check("bytes=0-499", "0-499");
  check("bytes=500-999", "500-999");
  check("bytes=-500", "9500-9999");
  check("bytes=9500-", "9500-9999");
  check("bytes=0-0,-1", "0-0 9999-9999");
  check("bytes= 0-999, 4500-5499, -1000", "0-999 4500-5499 9000-9999");
  check("bytes=500-600,601-999", "500-600 601-999");
  check("bytes=500-700,601-999", "500-700 601-999");
});

Deno.test("what lies behind the end is cut off, and what begins there is left out (RFC 9110 §14.1.2)", () => {
  check("bytes=9999-20000", "9999-9999");
  check("bytes=0-1,20000-", "0-1");
  check("bytes=-20000", "0-9999");
  check("bytes=0-99999999999999999999", "0-9999");
});

Deno.test("ranges of which the representation has none are unsatisfiable (RFC 9110 §15.5.17)", () => {
  for (const value of ["bytes=10000-", "bytes=-0", "bytes=10000-10001,-0"]) {
    check(value, "unsatisfiable");
  }
  check("bytes=0-", "unsatisfiable", 0);
  check("bytes=-1", "unsatisfiable", 0);
});

Deno.test("a range in another unit, or one that is malformed, is ignored (RFC 9110 §14.2)", () => {
  for (
    const value of [
      ...["", "0-1", "lines=0-1", "bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=1", "bytes=-"],
      ...["bytes=5-4", "bytes=0-1,5-4", "bytes=1-2-3", "bytes=+1-2", "bytes=0 - 1", "bytes =0-1"],
    ]
  ) check(value, "ignored");
  check("BYTES=0-1", "0-1");
});

Deno.test("ranges that cost more than the whole are ignored (RFC 9110 §17.15)", () => {
  check(`bytes=${"0-1,".repeat(17)}`, "ignored");
  check("bytes=0-9,0-9,0-9,0-9", "ignored");
  check("bytes=0-9,5-14,10-19", "0-9 5-14 10-19");
});

Deno.test("a Content-Range is valid or nothing (RFC 9110 §14.4)", () => {
  assert.deepEqual(parseContentRange("bytes 42-1233/1234"), {
    first: 42,
    last: 1233,
    complete: 1234,
  });
  assert.deepEqual(parseContentRange("bytes 42-1233/*"), {
    first: 42,
    last: 1233,
    complete: undefined,
  });
  for (
    const value of [
      ...[
        "bytes 42-1233/1000",
        "bytes 5-4/10",
        "bytes */1234",
        "bytes 0-1",
        "bytes=0-1/2",
        "0-1/2",
        "",
      ],
    ]
  ) assert.equal(parseContentRange(value), undefined, value);
  assert.equal(formatContentRange({ first: 42, last: 1233 }, 1234), "bytes 42-1233/1234");
  assert.equal(formatContentRange(undefined, 47022), "bytes */47022");
});

Deno.test("several ranges are parts with their type and place (RFC 9110 §14.6)", () => {
  const content = "abcdefghij";
  const ranges = [{ first: 0, last: 1 }, { first: 8, last: 9 }];
  const { contentType, contentLength, pieces } = multipartRanges(ranges, 10, "B", "text/plain");
  const body = pieces.map((piece) =>
    piece.kind === "text"
      ? decodeUtf8(piece.bytes)
      : content.slice(piece.range.first, piece.range.last + 1)
  ).join("");
  assert.equal(contentType, "multipart/byteranges; boundary=B");
  assert.equal(
    body,
    "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\nab\r\n" +
      "--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\nij\r\n--B--\r\n",
  );
  assert.equal(contentLength, body.length);
});

Deno.test("whatever is asked for, what is found lies inside of the representation", () => {
  const end = fc.oneof(fc.constant(""), fc.nat(30).map(String));
  const value = fc.array(fc.tuple(end, end).map((ends) => ends.join("-")), { maxLength: 4 })
    .map((specs) => `bytes=${specs.join(",")}`);
  fc.assert(fc.property(value, fc.nat(20), (value, bytes) => {
    const found = satisfy(parseRange(value), bytes);
    if (found.kind !== "ranges") return;
    for (const { first, last } of found.ranges) {
      assert.ok(0 <= first && first <= last && last < bytes);
    }
  }));
});
