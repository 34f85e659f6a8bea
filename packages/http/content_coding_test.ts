import assert from "node:assert/strict";
import { chosenCoding, codedFields, mayBeCoded, variesByCoding } from "./content_coding.ts";

Deno.test("a client gets the coding that it likes best of those that are given", () => {
  const cases: [string[], string | undefined][] = [
    [[], undefined],
    [[""], undefined],
    [["gzip"], "gzip"],
    [["x-gzip"], "gzip"],
    [["gzip, deflate, br, zstd"], "br"],
    [["br;q=0.5, gzip"], "gzip"],
    [["gzip;q=0.5", "br;q=0.5"], "br"],
    [["*"], "br"],
    [["*;q=0"], undefined],
    [["br;q=0, *"], "gzip"],
    [["gzip;q=0"], undefined],
    [["identity, gzip;q=0.5"], undefined],
    [["identity;q=0.4, gzip;q=0.5"], "gzip"],
    [["deflate, compress"], undefined],
    [["GZIP ; Q=1.000"], "gzip"],
    [["gzip;q=2, br;q=x, br gzip"], undefined],
  ];
  for (const [accept, expected] of cases) {
    assert.equal(chosenCoding(accept), expected, accept.join());
  }
});

Deno.test("responses of text that are whole and long enough may be coded, unless they say no", () => {
  const check = (expected: boolean, status: number, type: string, bytes?: number, more = "") => {
    const fields: [string, string][] = [["Content-Type", type]];
    if (more !== "") fields.push(["Cache-Control", more]);
    assert.equal(mayBeCoded(status, fields, bytes), expected, `${status} ${type} ${bytes} ${more}`);
  };
  check(true, 200, "text/html; charset=utf-8", 1000);
  check(true, 404, "application/json", undefined);
  check(true, 200, "application/problem+json", 256);
  check(true, 200, "image/svg+xml", 300);
  check(false, 200, "text/html", 255);
  check(false, 200, "image/png", 1000);
  check(false, 206, "text/html", 1000);
  check(false, 304, "text/html", 1000);
  check(false, 200, "text/html", 1000, "public, no-transform");
  assert.equal(
    mayBeCoded(200, [["content-encoding", "br"], ["content-type", "text/css"]], 1e6),
    false,
  );
  assert.equal(mayBeCoded(200, [], 1000), false);
});

Deno.test("the fields say what became of the body, and that others may get another", () => {
  const fields = [
    ["content-type", "text/css"],
    ["Content-Length", "1000"],
    ["ETag", '"a"'],
    ["accept-ranges", "bytes"],
    ["vary", "cookie"],
  ] as const;
  assert.deepEqual(codedFields(fields, "br"), [
    ["content-type", "text/css"],
    ["ETag", 'W/"a"'],
    ["vary", "cookie"],
    ["vary", "accept-encoding"],
    ["content-encoding", "br"],
  ]);
  assert.deepEqual(variesByCoding([["vary", "origin, Accept-Encoding"]]), [
    ["vary", "origin, Accept-Encoding"],
  ]);
  assert.deepEqual(variesByCoding([["vary", "*"]]), [["vary", "*"]]);
});
