/** Requests whose end two servers might see at different places (RFC 9112 §11.2). */

import { type HostileCase, post, refused, served, smuggled } from "./case.ts";

const both =
  "RFC 9112 §6.3: Transfer-Encoding beside Content-Length ought to be handled as an error";
const length = "RFC 9112 §6.3: an invalid Content-Length is unrecoverable";
const coding = "RFC 9112 §6.1: a transfer coding that is not understood is answered 501";
const name = "RFC 9112 §5.1: no white space between a name and its colon";

function lengthCase(title: string, value: string): HostileCase {
  return refused(title, post(`Content-Length: ${value}\r\n`, `abc${smuggled}`), 400, length);
}

function codingCase(title: string, field: string, status: number, why = coding): HostileCase {
  return refused(title, post(`${field}\r\n`, `0\r\n\r\n${smuggled}`), status, why);
}

export const framingCases: readonly HostileCase[] = [
  refused(
    "CL.TE",
    post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${smuggled}`),
    400,
    both,
  ),
  refused(
    "TE.CL",
    post(
      "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
      `8\r\nSMUGGLED\r\n0\r\n\r\n${smuggled}`,
    ),
    400,
    both,
  ),
  refused(
    "TE beside a length of 0",
    post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", smuggled),
    400,
    both,
  ),
  refused(
    "TE of an unknown coding beside CL",
    post("Content-Length: 3\r\nTransfer-Encoding: x\r\n", `abc${smuggled}`),
    400,
    both,
  ),
  refused(
    "TE in HTTP/1.0",
    `POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    400,
    "RFC 9112 §6.1: Transfer-Encoding in HTTP/1.0 is faulty framing",
  ),

  lengthCase("two lengths in a list that agree", "3, 3"),
  lengthCase("two lengths in a list that differ", "3, 40"),
  lengthCase("a length with a plus sign", "+3"),
  lengthCase("a negative length", "-3"),
  lengthCase("a length in hexadecimal", "0x3"),
  lengthCase("a length with an exponent", "3e0"),
  lengthCase("a length with a fraction", "3.0"),
  lengthCase("a length in quotes", '"3"'),
  lengthCase("an empty length", ""),
  lengthCase("a length with a space in it", "3 0"),
  lengthCase("a length with an underscore", "3_0"),
  lengthCase("a length beyond 64 bits that wraps to 3", "18446744073709551619"),
  lengthCase("a length beyond what a double tells apart", "9007199254740993"),
  lengthCase("a length in digits that are not ASCII", "\xb3"),
  lengthCase("a length behind a vertical tab", "\x0b3"),
  refused(
    "two Content-Length fields that agree",
    post("Content-Length: 3\r\nContent-Length: 3\r\n", `abc${smuggled}`),
    400,
    length,
  ),
  refused(
    "two Content-Length fields that differ",
    post("Content-Length: 3\r\nContent-Length: 60\r\n", `abc${smuggled}`),
    400,
    length,
  ),
  served(
    "a length with zeros in front",
    post("Content-Length: 003\r\n", "abc"),
    ["POST a/ 3"],
    "RFC 9110 §8.6: 1*DIGIT, which has no octal",
  ),
  served("a length with white space around it", post("Content-Length: \t 3 \t\r\n", "abc"), [
    "POST a/ 3",
  ], "RFC 9112 §5.1: white space around a value is not part of it"),

  codingCase(
    "TE obfuscated by white space before the colon",
    "Transfer-Encoding : chunked",
    400,
    name,
  ),
  codingCase("TE obfuscated by a tab before the colon", "Transfer-Encoding\t: chunked", 400, name),
  codingCase(
    "TE on a line that begins with a space",
    " Transfer-Encoding: chunked",
    400,
    "RFC 9112 §2.2: white space before the first field, or obs-fold",
  ),
  codingCase(
    "TE folded onto the next line",
    "Transfer-Encoding:\r\n chunked",
    400,
    "RFC 9112 §5.2: a server refuses obs-fold",
  ),
  codingCase(
    "TE behind a bare line feed",
    "X: y\nTransfer-Encoding: chunked",
    400,
    "RFC 9112 §2.2: a bare LF is refused here, which it allows",
  ),
  codingCase(
    "TE behind a bare carriage return",
    "X: y\rTransfer-Encoding: chunked",
    400,
    "RFC 9112 §2.2: a bare CR is invalid",
  ),
  codingCase("TE in quotes", 'Transfer-Encoding: "chunked"', 501),
  codingCase(
    "TE with a NUL",
    "Transfer-Encoding: chunked\0",
    400,
    "RFC 9110 §5.5: NUL is dangerous",
  ),
  codingCase(
    "TE with a vertical tab",
    "Transfer-Encoding: \x0bchunked",
    400,
    "RFC 9110 §5.5: control characters are invalid",
  ),
  codingCase("TE with a no-break space", "Transfer-Encoding: \xa0chunked", 501),
  codingCase("TE with a parameter", "Transfer-Encoding: chunked;q=1", 501),
  codingCase("TE that is misspelt", "Transfer-Encoding: xchunked", 501),
  codingCase("TE of identity", "Transfer-Encoding: identity", 501),
  codingCase("TE that is empty", "Transfer-Encoding: ", 501),
  codingCase("TE of a list with an empty element", "Transfer-Encoding: , chunked", 501),
  codingCase("TE of gzip and then chunked", "Transfer-Encoding: gzip, chunked", 501),
  codingCase(
    "TE chunked twice",
    "Transfer-Encoding: chunked, chunked",
    400,
    "RFC 9112 §6.1: chunked must not be applied twice",
  ),
  codingCase(
    "TE chunked, and something after it",
    "Transfer-Encoding: chunked, identity",
    400,
    "RFC 9112 §6.3: chunked not last: the length cannot be determined",
  ),
  codingCase(
    "TE twice, the second one hiding",
    "Transfer-Encoding: chunked\r\nTransfer-encoding: cow",
    400,
    "RFC 9112 §6.3: chunked not last: the length cannot be determined",
  ),
  served("TE in capitals", post("TRANSFER-ENCODING: CHUNKED\r\n", "3\r\nabc\r\n0\r\n\r\n"), [
    "POST a/ 3",
  ], "RFC 9112 §7: coding names are case-insensitive"),
  served(
    "what looks like TE, and is another field",
    post("Transfer_Encoding: chunked\r\nContent-Length: 3\r\n", "abc"),
    ["POST a/ 3"],
    "RFC 9110 §5.1: another name is another field",
  ),
  served(
    "a body on GET",
    `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    [`GET a/ ${smuggled.length}`],
    "RFC 9110 §9.3.1: content in GET has a length like any other",
  ),
  served("a request hidden in a body", post(`Content-Length: ${smuggled.length}\r\n`, smuggled), [
    `POST a/ ${smuggled.length}`,
  ], "RFC 9112 §6.3: it is the body"),
  served(
    "an offer of another protocol that nobody takes",
    post("Connection: upgrade\r\nUpgrade: h2c\r\n", smuggled),
    ["POST a/ 0"],
    "RFC 9110 §7.8: whoever believed in the change would pass on what follows",
    "closed",
  ),
];
