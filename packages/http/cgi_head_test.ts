import assert from "node:assert/strict";
import {
  array,
  assert as assertProperty,
  constantFrom,
  oneof,
  property,
  string,
  tuple,
  uint8Array,
} from "fast-check";
import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { CgiHeadParser, CgiHeadReader } from "./mod.ts";

const bounds = { bytesMax: 1024, fieldsMax: 8 };

/** Feeds the output in pieces of `step` bytes; gives the head and the body's first bytes, or the complaint. */
function read(output: string, step = output.length) {
  const reader = new CgiHeadReader(new CgiHeadParser(bounds));
  const bytes = encodeUtf8(output);
  for (let at = 0; at < bytes.length; at += step) {
    const answer = reader.push(bytes.subarray(at, at + step));
    if (answer !== undefined) {
      return answer.ok
        ? { ...answer.value.head, body: decodeUtf8(answer.value.body) }
        : answer.error;
    }
  }
  return "incomplete";
}

function checkHead(output: string, status: number, headers: [string, string][], body: string) {
  for (const step of [output.length, 1, 3]) {
    const head = read(output, step);
    assert.ok(typeof head === "object", String(head));
    assert.deepEqual([head.status, head.headers], [status, headers]);
    assert.ok(body.startsWith(head.body));
  }
}

function checkRefused(output: string, why: RegExp) {
  const answer = read(output);
  assert.ok(typeof answer === "string", JSON.stringify(answer));
  assert.match(answer, why);
}

Deno.test("a header block ends at the empty line, with LF or CRLF, in pieces of any size", () => {
  const headers: [string, string][] = [["content-type", "text/plain"]];
  checkHead("Content-Type: text/plain\n\nhello", 200, headers, "hello");
  checkHead("Content-Type:text/plain\r\n\r\nhello", 200, headers, "hello");
  checkHead("Status: 404 Not Found\ncontent-type: text/plain\r\n\nno", 404, headers, "no");
});

Deno.test("a Location without a Status is a redirect; with one, the Status stands", () => {
  checkHead("Location: /x\n\n", 302, [["location", "/x"]], "");
  checkHead("Status: 301\nLocation: https://a.example/\n\n", 301, [
    ["location", "https://a.example/"],
  ], "");
});

Deno.test("connection fields are not passed on, repeated fields are", () => {
  checkHead(
    "Content-Type: a/b\nSet-Cookie: a=1\nSet-Cookie: b=2\nConnection: close\nTransfer-Encoding: chunked\n\n",
    200,
    [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["content-type", "a/b"]],
    "",
  );
});

Deno.test("only a response with a Content-Type and a status that allows it may have a body", () => {
  const mayHaveBody = (output: string) => {
    const head = read(output);
    assert.ok(typeof head === "object");
    return head.mayHaveBody;
  };
  assert.equal(mayHaveBody("Content-Type: a/b\n\n"), true);
  assert.equal(mayHaveBody("Status: 204\n\n"), false);
  assert.equal(mayHaveBody("Status: 304\nContent-Type: a/b\n\n"), false);
});

Deno.test("what is malformed is refused with the line and the reason", () => {
  checkRefused("hello\n\n", /line 1, "hello": there is no colon/);
  checkRefused("Content Type: a\n\n", /not a token/);
  checkRefused("X: a\x01b\nContent-Type: a/b\n\n", /control character/);
  checkRefused("X: a\rSet-Cookie: evil\nContent-Type: a/b\n\n", /control character/);
  checkRefused("Status: 101 Switching\n\n", /200 to 599/);
  checkRefused("Status: ok\n\n", /200 to 599/);
  checkRefused("Status: 200\nStatus: 404\n\n", /only once/);
  checkRefused("Content-Length: -1\nContent-Type: a/b\n\n", /not a number/);
  checkRefused("X-Only: 1\n\n", /none of Content-Type, Status and Location/);
  checkRefused("\nhello", /none of/);
  checkRefused(`X: ${"a".repeat(2000)}\n\n`, /longer than 1024 bytes/);
  checkRefused("A: 1\n".repeat(9) + "\n", /more than 8 header fields/);
});

Deno.test("blanks around a value are dropped, those inside are kept, however many", () => {
  checkHead("Content-Type: \t a/b \t \nX:\n\n", 200, [["x", ""], ["content-type", "a/b"]], "");
  const inner = `a${" ".repeat(500)}\tb`;
  checkHead(`Content-Type: a/b\nX: ${inner}\n\n`, 200, [["x", inner], ["content-type", "a/b"]], "");
});

Deno.test("trimming looks at each character a fixed number of times", () => {
  // A quadratic search takes hours here; this is no matter of milliseconds.
  const reader = new CgiHeadReader(new CgiHeadParser({ bytesMax: 2 ** 22, fieldsMax: 8 }));
  const answer = reader.push(encodeUtf8(`Content-Type: a${" ".repeat(2 ** 21)}b\n\n`));
  assert.equal(answer?.ok, true);
});

Deno.test("a complaint quotes a guest's line with nothing in it that a terminal obeys", () => {
  const complaint = read("\x1b]0;x\x07\x7f\x85\u202e\u2066\n\n");
  assert.match(String(complaint), /^[ -~\u00a1-\u00ac\u00ae-\u00ff]+$/);
  const status = read("Status: \x7fok\n\n");
  assert.match(String(status), /^[ -~]+$/);
});

Deno.test("a head that differs from the one before in any byte is read anew", () => {
  const parser = new CgiHeadParser(bounds);
  const readWith = (text: string) => new CgiHeadReader(parser).push(encodeUtf8(text));
  const text = "Content-Type: text/plain\nX-A: 1\n\nbody";
  const first = readWith(text);
  assert.deepEqual(readWith(text), first);
  for (const other of ["X-A: 2", "X-B: 1", "X-A: 11", "X-A 1", "X-A:"]) {
    const changed = text.replace("X-A: 1", other);
    assert.deepEqual(
      readWith(changed),
      new CgiHeadReader(new CgiHeadParser(bounds)).push(encodeUtf8(changed)),
    );
    assert.deepEqual(readWith(text), first);
  }
});

Deno.test("a block that does not end is incomplete until it is too long", () => {
  assert.equal(read("Content-Type: text/plain\n"), "incomplete");
  assert.match(String(read("a".repeat(1025))), /longer/);
});

Deno.test("no output makes the reader throw, and what it accepts is well-formed", () => {
  // Bytes alone hardly ever make a head: lines are drawn that are nearly right.
  const name = constantFrom(
    "Status",
    "content-type",
    "X-A",
    "Location",
    "Content-Length",
    "Set-Cookie",
    "b d",
  );
  const value = oneof(
    constantFrom("200 OK", "text/plain", "/x", "12"),
    string({ unit: "binary", maxLength: 8 }),
  );
  const line = tuple(name, constantFrom(":", ": ", ":\t", ""), value).map((parts) =>
    parts.join("")
  );
  const output = tuple(array(line, { maxLength: 6 }), constantFrom("\n", "\r\n"), string())
    .map(([lines, end, body]) => `${lines.join(end)}${end}${end}${body}`);
  let accepted = 0;
  assertProperty(
    property(output, (text) => {
      const answer = new CgiHeadReader(new CgiHeadParser(bounds)).push(encodeUtf8(text));
      if (answer?.ok !== true) return;
      accepted += 1;
      const fields = answer.value.head.headers.map((
        [name, value],
      ): [string, string] => [name, value]);
      new Headers(fields);
    }),
    { numRuns: 2000 },
  );
  assert.ok(accepted > 20, `only ${accepted} heads were accepted`);
  assertProperty(property(uint8Array({ maxLength: 200 }), (bytes) => {
    new CgiHeadReader(new CgiHeadParser(bounds)).push(bytes);
  }));
});
