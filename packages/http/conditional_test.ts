import assert from "node:assert/strict";
import { parseEntityTag, parseEntityTags, strongMatch, weakMatch } from "./entity_tag.ts";
import type { Field } from "./message.ts";
import {
  evaluatePreconditions,
  rangeApplies,
  type Validators,
  type Verdict,
} from "./preconditions.ts";

const modified = "Sat, 29 Oct 1994 19:43:31 GMT";
const modifiedMs = Date.UTC(1994, 9, 29, 19, 43, 31);
const nowMs = Date.UTC(2026, 0, 1);

function known(etag?: string, lastModifiedMs?: number): Validators {
  return {
    etag: etag === undefined ? undefined : parseEntityTag(etag),
    lastModifiedMs,
    dateMs: Date.UTC(2025, 0, 1),
  };
}

function check(fields: Field[], validators: Validators, expected: Verdict, method = "GET"): void {
  const verdict = evaluatePreconditions(method, fields, validators, nowMs);
  assert.equal(verdict, expected, JSON.stringify(fields));
}

Deno.test("two entity tags match as the table of RFC 9110 §8.8.3.2 says", () => {
  const table: [string, string, boolean, boolean][] = [
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
  ];
  for (const [left, right, strong, weak] of table) {
    const [a, b] = [parseEntityTag(left), parseEntityTag(right)];
    assert.ok(a && b);
    assert.deepEqual([strongMatch(a, b), weakMatch(a, b)], [strong, weak], `${left} ${right}`);
  }
});

Deno.test("an entity tag has quotation marks, and no others inside (RFC 9110 §8.8.3)", () => {
  for (const tag of ['"xyzzy"', 'W/"xyzzy"', '""', '"a,b"', '"\xe4"']) {
    assert.ok(parseEntityTag(tag), tag);
  }
  for (const tag of ["xyzzy", 'w/"x"', '"a"b"', '"a b"', '"a', "W/x", ""]) {
    assert.equal(parseEntityTag(tag), undefined, tag);
  }
});

Deno.test("a list of tags may come in several fields, and what is no tag is left out", () => {
  const opaque = (...values: string[]) => {
    const tags = parseEntityTags(values);
    return tags === "*" ? tags : tags.map((tag) => tag.opaque);
  };
  assert.deepEqual(opaque('"xyzzy", "r2d2xxxx", "c3piozzzz"'), [
    '"xyzzy"',
    '"r2d2xxxx"',
    '"c3piozzzz"',
  ]);
  assert.deepEqual(opaque('W/"a,b"', '"c"'), ['"a,b"', '"c"']);
  assert.deepEqual(opaque('a, "b"'), ['"b"']);
  assert.equal(opaque(" * "), "*");
  assert.deepEqual(opaque('*, "a"'), ['"a"']);
});

Deno.test("If-None-Match finds weakly, and is judged instead of If-Modified-Since (RFC 9110 §13.1.2)", () => {
  const since: Field = ["If-Modified-Since", modified];
  check([["If-None-Match", '"x", W/"a"']], known('"a"'), "not-modified");
  check([["If-None-Match", '"a"']], known('W/"a"'), "not-modified");
  check([["If-None-Match", '"b"'], since], known('"a"', modifiedMs), "proceed");
  check([["If-None-Match", '"a"']], known(undefined, modifiedMs), "proceed");
  check([["If-None-Match", "*"]], known(), "not-modified");
  check([["If-None-Match", "*"]], known(), "failed", "PUT");
  check([["if-none-match", '"a"']], known('"a"'), "failed", "POST");
});

Deno.test("If-Modified-Since asks for what is later than its date (RFC 9110 §13.1.3)", () => {
  const since: Field = ["If-Modified-Since", modified];
  check([since], known(undefined, modifiedMs), "not-modified");
  check([since], known(undefined, modifiedMs - 1000), "not-modified");
  check([since], known(undefined, modifiedMs + 1000), "proceed");
  check([since], known(), "proceed");
  check(
    [["If-Modified-Since", "Saturday, 29-Oct-94 19:43:31 GMT"]],
    known(undefined, modifiedMs),
    "not-modified",
  );
  check([["If-Modified-Since", "yesterday"]], known(undefined, modifiedMs), "proceed");
  check([since, since], known(undefined, modifiedMs), "proceed");
  check([since], known(undefined, modifiedMs), "proceed", "POST");
});

Deno.test("If-Match finds strongly, and is judged before all (RFC 9110 §13.2.2)", () => {
  check([["If-Match", '"a"']], known('"a"'), "proceed");
  check([["If-Match", 'W/"a"']], known('W/"a"'), "failed");
  check([["If-Match", "*"]], known(), "proceed");
  check([["If-Match", '"b"'], ["If-None-Match", '"a"']], known('"a"'), "failed");
  check([["If-Match", '"a"'], ["If-None-Match", '"a"']], known('"a"'), "not-modified");
});

Deno.test("If-Unmodified-Since fails for what is later, unless there is If-Match (RFC 9110 §13.1.4)", () => {
  const since: Field = ["If-Unmodified-Since", modified];
  check([since], known(undefined, modifiedMs), "proceed");
  check([since], known(undefined, modifiedMs + 1000), "failed");
  check([since, ["If-Match", '"a"']], known('"a"', modifiedMs + 1000), "proceed");
});

Deno.test("If-Range lets ranges be where the representation is the very same (RFC 9110 §13.1.5)", () => {
  const applies = (value: string, validators: Validators) =>
    rangeApplies([["If-Range", value]], validators, nowMs);
  assert.ok(rangeApplies([], known(), nowMs));
  assert.ok(applies('"a"', known('"a"')));
  assert.ok(!applies('W/"a"', known('W/"a"')));
  assert.ok(!applies('"a"', known('"b"')));
  assert.ok(applies(modified, known(undefined, modifiedMs)));
  assert.ok(!applies(modified, known(undefined, modifiedMs - 1000)), "not a later one either");
  assert.ok(!applies(modified, { ...known(undefined, modifiedMs), dateMs: modifiedMs }), "weak");
  assert.ok(!applies("a", known('"a"')));
});
