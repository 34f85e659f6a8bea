/** Chunks that two servers might cut differently (RFC 9112 §7.1). */

import { brokenOff, type HostileCase, post, served, smuggled } from "./case.ts";

const size = "RFC 9112 §7.1: chunk-size is 1*HEXDIG, and must not overflow";
const line = "RFC 9112 §7.1: a chunk's lines end in CRLF";
const trailer = "RFC 9112 §7.1.2: trailers are field lines";

function chunks(body: string): string {
  return post("Transfer-Encoding: chunked\r\n", body);
}

function broken(name: string, body: string, why: string, status = 400): HostileCase {
  return brokenOff(name, chunks(body + smuggled), status, why);
}

export const chunkCases: readonly HostileCase[] = [
  broken("a chunk size that overflows 32 bits", "100000003\r\nabc\r\n0\r\n\r\n", size),
  broken("a chunk size that overflows 64 bits", "10000000000000003\r\nabc\r\n0\r\n\r\n", size),
  broken("a chunk size with a sign", "+3\r\nabc\r\n0\r\n\r\n", size),
  broken("a negative chunk size", "-3\r\nabc\r\n0\r\n\r\n", size),
  broken("a chunk size with 0x", "0x3\r\nabc\r\n0\r\n\r\n", size),
  broken("a chunk size with a space behind it", "3 \r\nabc\r\n0\r\n\r\n", size),
  broken("a chunk size with a tab before it", "\t3\r\nabc\r\n0\r\n\r\n", size),
  broken("a chunk without a size", "\r\nabc\r\n0\r\n\r\n", size),
  broken("a chunk size with an underscore", "1_0\r\n0123456789abcdef\r\n0\r\n\r\n", size),
  broken("a chunk size line that ends in a bare LF", "3\nabc\r\n0\r\n\r\n", line),
  broken("a chunk size line with a bare CR", "3\rabc\r\n0\r\n\r\n", line),
  broken("chunk data that is longer than its size", "3\r\nabcd\r\n0\r\n\r\n", line),
  broken("chunk data that ends in a bare LF", "3\r\nabc\n0\r\n\r\n", line),
  broken("an extension that hides a bare LF", "3;a\nabc\r\n0\r\n\r\n", line),
  broken("an extension that hides a bare CR", "3;a\rb\r\nabc\r\n0\r\n\r\n", line),
  broken(
    "an extension with a quote that does not end",
    '3;a="b\r\nabc\r\n0\r\n\r\n',
    "RFC 9112 §7.1.1: chunk-ext",
  ),
  broken(
    "an extension that does not end",
    `3;${"a".repeat(70_000)}`,
    "RFC 9112 §7.1.1: the length of extensions ought to be limited",
    431,
  ),
  broken(
    "an extension on each of many chunks",
    `1;${"a".repeat(1_000)}\r\nx\r\n`.repeat(100),
    "RFC 9112 §7.1.1, CVE-2024-22019: also in all",
    431,
  ),
  broken("a last chunk that ends in a bare LF", "0\n\n", line),
  broken("a trailer with white space before its colon", "0\r\nX : y\r\n\r\n", trailer),
  broken("a trailer that is folded", "0\r\nX: y\r\n z\r\n\r\n", trailer),
  broken("a trailer with a NUL", "0\r\nX: \0\r\n\r\n", trailer),
  broken(
    "a trailer that does not end",
    `0\r\nX: ${"y".repeat(70_000)}`,
    "RFC 9110 §5.4: limits on fields",
    431,
  ),
  broken(
    "trailers without number",
    `0\r\n${"a: b\r\n".repeat(5_000)}\r\n`,
    "RFC 9110 §5.4: limits on fields",
    431,
  ),
  {
    ...brokenOff("chunks that end before the last one", chunks("3\r\nabc\r\n"), 503, ""),
    ends: true,
    reported: [],
    why: "RFC 9112 §8: a message without its last chunk is incomplete",
  },
  {
    ...brokenOff(
      "a body that ends before its length",
      post("Content-Length: 10\r\n", "abc"),
      503,
      "",
    ),
    ends: true,
    reported: [],
    why: "RFC 9112 §8: a message shorter than its Content-Length is incomplete",
  },
  served(
    "a trailer that names another length, host and user",
    chunks("3\r\nabc\r\n0\r\nContent-Length: 60\r\nHost: evil\r\nAuthorization: x\r\n\r\n"),
    ["POST a/ 3"],
    "RFC 9110 §6.5.1: no trailer frames, routes or authorises",
  ),
  served("a chunk with a known form of extension", chunks('3;a=b;c="d e"\r\nabc\r\n0\r\n\r\n'), [
    "POST a/ 3",
  ], "RFC 9112 §7.1.1: unknown extensions are ignored"),
  served(
    "a size with zeros in front",
    chunks("00000003\r\nabc\r\n0\r\n\r\n"),
    ["POST a/ 3"],
    "RFC 9112 §7.1: 1*HEXDIG",
  ),
];
