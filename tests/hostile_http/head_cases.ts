/** Heads that are malformed, too large, or of another version (RFC 9112 §2 to §5). */

import { get, host, type HostileCase, misdirected, refused, served, smuggled } from "./case.ts";

const field = "RFC 9112 §5: field-line";
const line = "RFC 9112 §3: an invalid request-line is answered 400";
const large = "RFC 9110 §5.4: more fields than a server wishes to process";

function fieldCase(name: string, fields: string, why = field, status = 400): HostileCase {
  return refused(name, get("/", `${host}${fields}\r\n`) + smuggled, status, why);
}

function lineCase(name: string, text: string, status = 400, why = line): HostileCase {
  return refused(name, `${text}\r\n${host}\r\n${smuggled}`, status, why);
}

export const headCases: readonly HostileCase[] = [
  fieldCase("a field without a colon", "no colon"),
  fieldCase("a field without a name", ": value"),
  fieldCase("a name that is not ASCII", "X\xe9: y"),
  fieldCase("a name with a NUL", "X\0: y"),
  fieldCase("a name with a space in it", "Content Length: 3"),
  fieldCase("a value with a NUL", "X: \0", "RFC 9110 §5.5: NUL is dangerous"),
  fieldCase("a value with a bare CR", "X: a\rb", "RFC 9112 §2.2: a bare CR is invalid"),
  fieldCase("a value with two CRs at its end", "X: a\r", "RFC 9112 §2.2: a bare CR is invalid"),
  fieldCase("a value with a bell", "X: \x07", "RFC 9110 §5.5: control characters are invalid"),
  fieldCase("a folded field", "X: a\r\n\tb", "RFC 9112 §5.2: a server refuses obs-fold"),
  fieldCase(
    "a head that ends in bare line feeds",
    "X: y\n\n",
    "RFC 9112 §2.2: a bare LF is refused here, which it allows",
  ),
  fieldCase("an expectation that nobody knows", "Expect: 200-ok", "RFC 9110 §10.1.1: 417", 417),
  fieldCase(
    "an expectation that nobody knows before one that all do",
    "Expect: x\r\nExpect: 100-continue",
    "RFC 9110 §5.3, §10.1.1: they are one list, and 417",
    417,
  ),
  fieldCase("more fields than are taken", "X: y\r\n".repeat(200) + "X: y", large, 431),
  fieldCase("a field that is too large", `X: ${"y".repeat(100_000)}`, large, 431),
  refused("a name that never ends", `GET / HTTP/1.1\r\n${host}${"x".repeat(100_000)}`, 431, large),

  lineCase(
    "a target that is too long",
    `GET /${"x".repeat(100_000)} HTTP/1.1`,
    431,
    "RFC 9112 §3: 414, or as here the head's limit",
  ),
  lineCase("two spaces in the request line", "GET  / HTTP/1.1"),
  lineCase("a tab in the request line", "GET\t/ HTTP/1.1"),
  lineCase("a space in the target", "GET /a b HTTP/1.1"),
  lineCase("a request line with a space at its end", "GET / HTTP/1.1 "),
  lineCase("a space before the method", " GET / HTTP/1.1"),
  lineCase("a method in small letters", "get / HTTP/1.1"),
  lineCase("a method with a NUL", "G\0T / HTTP/1.1"),
  lineCase("a target with a NUL", "GET /\0 HTTP/1.1"),
  lineCase("a target that is not ASCII", "GET /\xe9 HTTP/1.1"),
  lineCase("a bare CR behind the request line", "GET / HTTP/1.1\rX: y"),
  lineCase("a bare LF behind the request line", "GET / HTTP/1.1\nX: y"),
  lineCase("a name of the protocol in small letters", "GET / http/1.1"),
  lineCase("a version with two digits", "GET / HTTP/1.10"),
  lineCase("a version with zeros", "GET / HTTP/01.1"),

  lineCase("HTTP/0.9", "GET /", 505, "RFC 9110 §15.6.6: a version that is not served"),
  lineCase("HTTP/1.2", "GET / HTTP/1.2", 505, "RFC 9112 §2.3, RFC 9110 §15.6.6"),
  lineCase("HTTP/2.0 in a request line", "GET / HTTP/2.0", 505, "RFC 9110 §15.6.6"),
  lineCase("HTTP/0.0", "GET / HTTP/0.0", 505, "RFC 9110 §15.6.6"),
  refused(
    "the preface of HTTP/2 on a plain port",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    505,
    "RFC 9113 §3.4: what knows no HTTP/2 refuses it",
  ),
  refused(
    "the start of TLS on a plain port",
    "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
    400,
    line,
  ),
  refused("what is no HTTP at all", "220 mail.example ESMTP\r\n\r\n", 400, line),
  {
    ...refused(
      "a head that ends before it is whole",
      `GET / HTTP/1.1\r\n${host}`,
      0,
      "RFC 9112 §8: an incomplete request",
    ),
    ends: true,
    answers: [],
    reported: [],
  },

  misdirected(
    "a method that is a tunnel's",
    `CONNECT a:443 HTTP/1.1\r\n${host}\r\n`,
    "RFC 9110 §9.3.6: a server that is no proxy",
    501,
  ),
  misdirected(
    "TRACE",
    `TRACE / HTTP/1.1\r\n${host}Cookie: secret\r\n\r\n`,
    "RFC 9110 §9.3.8: it would send back what is secret",
    501,
  ),
  served(
    "Connection that names fields of the request's own",
    get("/", `${host}Connection: host, content-length, keep-alive\r\n`),
    ["GET a/ 0"],
    "RFC 9110 §7.6.1: options for whoever forwards, and no reason to forget a field here",
  ),
  served(
    "empty lines before a request",
    `\r\n\r\n${get("/")}`,
    ["GET a/ 0"],
    "RFC 9112 §2.2: to be ignored",
  ),
  served(
    "a request byte by byte",
    [...get("/slow")],
    ["GET a/slow 0"],
    "RFC 9112 §2.2: bytes are a stream",
  ),
  served(
    "many requests at once",
    get("/").repeat(200),
    Array.from({ length: 200 }, () => "GET a/ 0"),
    "RFC 9112 §9.3.2: pipelined, and answered in order",
  ),
];
