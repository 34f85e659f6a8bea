import assert from "node:assert/strict";
import { listMembers, trimmed, unquoted } from "./list_members.ts";

Deno.test("a list's members come without whitespace, and empty ones not at all (RFC 9110 §5.6.1)", () => {
  assert.deepEqual(listMembers("foo , ,bar,charlie"), ["foo", "bar", "charlie"]);
  assert.deepEqual(listMembers("\t a ,,"), ["a"]);
  for (const empty of ["", ",", ",   ,"]) assert.deepEqual(listMembers(empty), [], empty);
});

Deno.test("a comma in a quoted string parts no members", () => {
  assert.deepEqual(listMembers('private="a, b", max-age=1'), ['private="a, b"', "max-age=1"]);
  assert.deepEqual(listMembers('x="a\\", b", y'), ['x="a\\", b"', "y"]);
  assert.deepEqual(listMembers('x="never, ends'), ['x="never, ends']);
  assert.deepEqual(listMembers('x="\\'), ['x="\\']);
});

Deno.test("a quoted string says what is in it, without its escapes", () => {
  assert.equal(unquoted('"a \\"b\\" \\\\c"'), 'a "b" \\c');
  assert.equal(unquoted('""'), "");
  for (const other of ["a", '"a', 'a"', '"a"b"', "'a'", '"a\\"']) {
    assert.equal(unquoted(other), undefined, other);
  }
});

Deno.test("whitespace is space and tab alone", () => {
  assert.equal(trimmed(" \ta b\t "), "a b");
  assert.equal(trimmed("\u00a0a"), "\u00a0a");
  assert.equal(trimmed(" \t "), "");
});
