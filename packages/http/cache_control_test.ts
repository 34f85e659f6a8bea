import assert from "node:assert/strict";
import fc from "fast-check";
import {
  noResponseDirectives,
  type RequestDirectives,
  requestDirectives,
  type ResponseDirectives,
  responseDirectives,
} from "./cache_control.ts";
import { deltaSecondsMax, parseAge } from "./delta_seconds.ts";

function check(value: string | string[], expected: Partial<ResponseDirectives>): void {
  const read = responseDirectives([value].flat());
  assert.deepEqual(read, { ...noResponseDirectives, ...expected }, String(value));
}

function checkRequest(value: string, expected: Partial<RequestDirectives>): void {
  const nothing = requestDirectives([]);
  assert.deepEqual(requestDirectives([value]), { ...nothing, ...expected }, value);
}

Deno.test("directives are read whatever their case, order, and number of fields (RFC 9111 §5.2)", () => {
  check("max-age=3600", { maxAge: 3600 });
  check("Public, MAX-AGE=60", { public: true, maxAge: 60 });
  check(["no-store", "must-understand"], { noStore: true, mustUnderstand: true });
  check("max-age=0,must-revalidate ,, proxy-revalidate", {
    maxAge: 0,
    mustRevalidate: true,
    proxyRevalidate: true,
  });
  check("s-maxage=10, max-age=5, immutable, no-transform", {
    sharedMaxAge: 10,
    maxAge: 5,
    immutable: true,
    noTransform: true,
  });
  check("max-age=600, stale-while-revalidate=30, stale-if-error=1200", {
    maxAge: 600,
    staleWhileRevalidate: 30,
    staleIfError: 1200,
  });
});

Deno.test("an argument is taken as a token and as a quoted string (RFC 9111 §5.2)", () => {
  check('max-age="60"', { maxAge: 60 });
  check('max-age="6\\0"', { maxAge: 60 });
});

Deno.test("what is unknown is ignored, and what is quoted is no directive (RFC 9111 §5.2.3)", () => {
  check('private, community="UCI"', { private: "whole" });
  check('ext="max-age=3600, public", max-age=1', { maxAge: 1 });
  check("max-age2=5, =7, max age=4", {});
});

Deno.test("a lifetime that cannot be understood is none at all (RFC 9111 §4.2.1)", () => {
  for (
    const argument of [
      ...["", "-1", "+1", "1.5", "1e3", "a", "60a", "a60", "'60'", '"60', "0x10", "6 0"],
    ]
  ) check(`max-age=${argument}`, { maxAge: 0 });
  check("max-age", { maxAge: 0 });
  check("max-age =60", { maxAge: 0 });
  check("max-age= 60", { maxAge: 0 });
  check("s-maxage=x, max-age=60", { sharedMaxAge: 0, maxAge: 60 });
  check("stale-while-revalidate=x, stale-if-error", {});
});

Deno.test("a lifetime beyond 2^31 seconds is 2^31 (RFC 9111 §1.2.2)", () => {
  check("max-age=2147483647", { maxAge: 2 ** 31 - 1 });
  check("max-age=2147483648", { maxAge: 2 ** 31 });
  check("max-age=99999999999999999999999999", { maxAge: deltaSecondsMax });
  check("max-age=007", { maxAge: 7 });
});

Deno.test("of a directive that is told twice the first counts (RFC 9111 §4.2.1)", () => {
  check("max-age=60, max-age=1", { maxAge: 60 });
  check(["max-age=1", "max-age=60"], { maxAge: 1 });
});

Deno.test("no-cache and private may be for some fields (RFC 9111 §5.2.2.4, §5.2.2.7)", () => {
  check('no-cache="Set-Cookie, X-A"', { noCache: ["set-cookie", "x-a"] });
  check("private=set-cookie", { private: ["set-cookie"] });
  for (const all of ["no-cache", 'no-cache=""', 'no-cache="a b"', 'no-cache="x', "no-cache=,"]) {
    check(all, { noCache: "whole" });
  }
});

Deno.test("what forbids is heard even where it has an argument that it should not have", () => {
  check("no-store=1", { noStore: true });
  check('no-store="x", must-revalidate=?', { noStore: true, mustRevalidate: true });
});

Deno.test("a request's directives are wishes: what is not understood is none (RFC 9111 §5.2.1)", () => {
  checkRequest("max-age=0", { maxAge: 0 });
  checkRequest("max-stale", { maxStale: deltaSecondsMax });
  checkRequest("max-stale=10, min-fresh=20", { maxStale: 10, minFresh: 20 });
  checkRequest("no-cache, no-store, only-if-cached", {
    noCache: true,
    noStore: true,
    onlyIfCached: true,
  });
  checkRequest("max-age=x, max-stale=y, min-fresh", {});
});

Deno.test("Pragma: no-cache counts where there is no Cache-Control (RFC 9111 §5.4)", () => {
  assert.equal(requestDirectives([], ["no-cache"]).noCache, true);
  assert.equal(requestDirectives([], ["x, No-Cache"]).noCache, true);
  assert.equal(requestDirectives(["max-age=1"], ["no-cache"]).noCache, false);
  assert.equal(requestDirectives([], ["no-store"]).noStore, false);
});

Deno.test("no value whatsoever makes a parser fail, or a lifetime that is no number", () => {
  const piece = fc.constantFrom(...'max-age=1," \t\\;=no-cache', "s-maxage", "private=", "=");
  const text = fc.oneof(fc.string(), fc.array(piece).map((pieces) => pieces.join("")));
  fc.assert(fc.property(fc.array(text), (values) => {
    const { maxAge = 0, sharedMaxAge = 0 } = responseDirectives(values);
    assert.ok(maxAge >= 0 && maxAge <= deltaSecondsMax);
    assert.ok(sharedMaxAge >= 0 && sharedMaxAge <= deltaSecondsMax);
    requestDirectives(values, values);
  }));
});

Deno.test("of several ages the first counts, and one that is no number is none (RFC 9111 §5.1)", () => {
  const ages: [string[], number | undefined][] = [
    [["10"], 10],
    [["10, 20"], 10],
    [["10", "20"], 10],
    [["99999999999"], deltaSecondsMax],
    [["-1"], undefined],
    [["1.5"], undefined],
    [["abc, 10"], undefined],
    [["10;a=1"], undefined],
    [[""], undefined],
    [[], undefined],
  ];
  for (const [values, expected] of ages) assert.equal(parseAge(values), expected, String(values));
});
