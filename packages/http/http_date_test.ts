import assert from "node:assert/strict";
import fc from "fast-check";
import { formatHttpDate, parseHttpDate } from "./http_date.ts";

const now = Date.UTC(2026, 0, 1);
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

function check(text: string, expected: number | undefined, nowMs = now): void {
  assert.equal(parseHttpDate(text, nowMs), expected, text);
}

Deno.test("the three forms of RFC 9110 §5.6.7 name the same moment", () => {
  check("Sun, 06 Nov 1994 08:49:37 GMT", example);
  check("Sunday, 06-Nov-94 08:49:37 GMT", example);
  check("Sun Nov  6 08:49:37 1994", example);
  check("Wed Nov 16 08:49:37 1994", Date.UTC(1994, 10, 16, 8, 49, 37));
});

Deno.test("a year of two digits that would lie more than 50 years ahead was in the past", () => {
  check("Thursday, 01-Jan-75 00:00:00 GMT", Date.UTC(2075, 0, 1));
  check("Wednesday, 01-Jan-76 00:00:00 GMT", Date.UTC(2076, 0, 1));
  check("Friday, 02-Jan-76 00:00:00 GMT", Date.UTC(1976, 0, 2));
});

Deno.test("what is no HTTP-date is none, rather than something near it", () => {
  for (
    const text of [
      ...["", "0", "-1", "now", "1994-11-06T08:49:37Z", "784111777"],
      ...["Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT"],
      ...["Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC"],
      ...["Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37"],
      ...["sun, 06 nov 1994 08:49:37 gmt", "Sun 06 Nov 1994 08:49:37 GMT"],
      ...["Sun,  06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT"],
      ...["Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT"],
      ...["Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT"],
      ...["Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 08:49:37 GMT, x"],
    ]
  ) check(text, undefined);
});

Deno.test("a leap second is the second after the 59th", () => {
  check("Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1));
});

Deno.test("what is written is read as the same second", () => {
  assert.equal(formatHttpDate(example), "Sun, 06 Nov 1994 08:49:37 GMT");
  fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
    check(formatHttpDate(ms), Math.floor(ms / 1000) * 1000);
  }));
});
