import assert from "node:assert/strict";
import { noResponseDirectives, type ResponseDirectives } from "./cache_control.ts";
import type { Field } from "./message.ts";
import {
  heardDirectives,
  surrogateDirectives,
  targetedDirectives,
} from "./targeted_cache_control.ts";

function check(
  value: string,
  expected: Partial<ResponseDirectives> | undefined,
  read = targetedDirectives,
): void {
  const wanted = expected === undefined ? undefined : { ...noResponseDirectives, ...expected };
  assert.deepEqual(read([value]), wanted, value);
}

Deno.test("a targeted field is a Dictionary of directives (RFC 9213 §2.1)", () => {
  check("max-age=60, private", { maxAge: 60, private: "whole" });
  check('no-cache="Set-Cookie", max-age=5', { noCache: ["set-cookie"], maxAge: 5 });
  check("max-age=60;a=1;b, no-store;c", { maxAge: 60, noStore: true });
  check("max-age=60, no-store=?0", { maxAge: 60 });
  check("unknown=(1 2), max-age=7", { maxAge: 7 });
});

Deno.test("a targeted field that is empty or cannot be parsed is as if absent (RFC 9213 §2.1)", () => {
  for (const value of ["", "  ", "Max-Age=60", "max-age=", "max-age =60", "max-age=60,", "a b"]) {
    check(value, undefined);
  }
});

Deno.test("a lifetime of another type than an Integer is none", () => {
  for (const value of ['"60"', "60.5", "-1", "abc", "?1", "(60)"]) {
    check(`max-age=${value}`, { maxAge: 0 });
  }
});

Deno.test("the last member of a name is the Dictionary's, as RFC 9651 §4.2.2 has it", () => {
  check("max-age=60, max-age=5", { maxAge: 5 });
});

Deno.test("the first field that can be read is heard alone (RFC 9213 §2.2)", () => {
  const targets = ["skerry-cache-control", "cdn-cache-control", "surrogate-control"];
  const heard = (...fields: Field[]) => {
    const { directives, source } = heardDirectives(fields, targets);
    return [source, directives.maxAge, directives.noStore];
  };
  const plain: Field = ["Cache-Control", "no-store"];
  const cdn: Field = ["CDN-Cache-Control", "max-age=60"];
  assert.deepEqual(heard(), ["cache-control", undefined, false]);
  assert.deepEqual(heard(plain), ["cache-control", undefined, true]);
  assert.deepEqual(heard(plain, cdn), ["cdn-cache-control", 60, false]);
  assert.deepEqual(heard(cdn, ["Skerry-Cache-Control", "max-age=1"]), [
    "skerry-cache-control",
    1,
    false,
  ]);
  assert.deepEqual(heard(cdn, ["Skerry-Cache-Control", "%"]), ["cdn-cache-control", 60, false]);
  assert.deepEqual(heard(plain, ["Surrogate-Control", "max-age=9"]), [
    "surrogate-control",
    9,
    false,
  ]);
});

Deno.test("Surrogate-Control adds how long a stale response will do (Edge Architecture §2.3)", () => {
  const read = surrogateDirectives;
  check('no-store, content="ESI/1.0"', { noStore: true }, read);
  check("max-age=3600", { maxAge: 3600 }, read);
  check("max-age=60+30", { maxAge: 60, staleWhileRevalidate: 30, staleIfError: 30 }, read);
  const longest = { maxAge: 60, staleWhileRevalidate: 2 ** 31, staleIfError: 2 ** 31 };
  check(`max-age=60+${"9".repeat(400)}`, longest, read);
  check("max-age=60, stale-if-error=5", { maxAge: 60, staleIfError: 5 }, read);
  check("max-age=60;abc", undefined, read);
  check("no-store;abc, max-age=60", { maxAge: 60 }, read);
  check("max-age=60, max-age=9;Skerry", { maxAge: 9 }, read);
  check("no-store;abc, max-age=60 ; skerry, max-age=9;skerry", { maxAge: 60 }, read);
  check("max-age=x", { maxAge: 0 }, read);
  check('content="ESI/1.0"', undefined, read);
});
