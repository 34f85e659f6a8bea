import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isRefusal } from "./refusal.ts";
import { parseRequestHead, type RequestHead } from "./request_head.ts";

/** Parses a head that must be taken. */
function taken(...lines: string[]): RequestHead {
  const head = parseRequestHead(lines.map((line) => `${line}\r\n`).join(""), 100);
  assert.ok(!isRefusal(head), JSON.stringify(head));
  return head;
}

/** The status by which a head is refused. */
function refused(text: string): number | undefined {
  const head = parseRequestHead(text, 100);
  return isRefusal(head) ? head.status : undefined;
}

Deno.test("a head is its parts, with white space around values left out and everything else kept", () => {
  const head = taken(
    'M-SEARCH /a//b?c=%20#[]"<>{}|^`\\ HTTP/1.1',
    "hOsT:a",
    "x: \t 1 2\t3 \t ",
    "X:",
    "x:  ",
    "~!#$%&'*+-.^_`|9: \x80\xff:",
  );
  assert.equal(head.method, "M-SEARCH");
  assert.equal(head.target, '/a//b?c=%20#[]"<>{}|^`\\');
  assert.deepEqual(head.fields, [
    ["hOsT", "a"],
    ["x", "1 2\t3"],
    ["X", ""],
    ["x", ""],
    ["~!#$%&'*+-.^_`|9", "\x80\xff:"],
  ]);
});

Deno.test("a connection is kept unless the client, its version or its offer of another protocol say otherwise", () => {
  const keeps = (...fields: string[]) => taken("GET / HTTP/1.1", "Host: a", ...fields).keepAlive;
  assert.equal(keeps(), true);
  assert.equal(keeps("Connection: keep-alive"), true);
  assert.equal(keeps("Connection: x-close, closed, not close"), true);
  assert.equal(keeps("Connection: close"), false);
  assert.equal(keeps("connection: Close"), false);
  assert.equal(keeps("Connection: keep-alive,\tclose ,x"), false);
  assert.equal(keeps("Connection: x", "Connection: close"), false);
  assert.equal(keeps("Upgrade: h2c"), false);
  assert.equal(taken("GET / HTTP/1.0", "Connection: keep-alive").keepAlive, false);
});

Deno.test("a client of HTTP/1.1 may wait for 100, and for nothing else", () => {
  const host = "Host: a";
  assert.equal(taken("PUT / HTTP/1.1", host, "Expect: 100-Continue").expectsContinue, true);
  assert.equal(taken("PUT / HTTP/1.1", host).expectsContinue, false);
  assert.equal(taken("PUT / HTTP/1.0", "Expect: 100-continue").expectsContinue, false);
  assert.equal(refused("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 101\r\n"), 417);
});

Deno.test("there is one Host field, but in HTTP/1.0 there need be none", () => {
  assert.equal(refused("GET / HTTP/1.1\r\n"), 400);
  assert.equal(refused("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n"), 400);
  assert.equal(refused("GET / HTTP/1.0\r\n"), undefined);
});

Deno.test("more fields than the limit are refused", () => {
  const head = `GET / HTTP/1.0\r\n${"x: y\r\n".repeat(100)}`;
  assert.equal(refused(head), undefined);
  assert.equal(refused(`${head}x: y\r\n`), 431);
});

Deno.test("any text is refused, or is what its parts make when they are written again", () => {
  const bytes = fc.constantFrom(
    ..."GET / HTTP/1.1\r\n:, \t",
    ...["\r\n", "\r\nX: y", "Host: a\r\n", "GET / HTTP/1.1\r\n", "\0", "\x7f", "\xe9", "\n"],
  );
  const text = fc.oneof(
    fc.string({ unit: bytes, maxLength: 60 }),
    fc.string({ unit: bytes, maxLength: 20 }).map((rest) =>
      `GET / HTTP/1.1\r\nHost: a\r\n${rest}\r\n`
    ),
  );
  fc.assert(
    fc.property(text, (text) => {
      const head = parseRequestHead(text, 100);
      if (isRefusal(head)) return;
      const written = [
        `${head.method} ${head.target} HTTP/${head.version}\r\n`,
        ...head.fields.map(([name, value]) => `${name}:${value}\r\n`),
      ].join("");
      assert.equal(text.replace(/:[ \t]*(.*?)[ \t]*\r\n/g, ":$1\r\n"), written);
      // deno-lint-ignore no-control-regex -- what must not be in a value
      for (const [, value] of head.fields) assert.doesNotMatch(value, /[\0-\x08\x0a-\x1f\x7f]/);
    }),
    { numRuns: 2_000 },
  );
});
