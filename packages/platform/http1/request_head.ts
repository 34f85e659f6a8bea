/**
 * The head of an HTTP/1.1 request, read strictly (RFC 9112 §2 to §5).
 *
 * Whatever two servers in a row may read differently is refused here, not mended: bare line feeds, folded lines,
 * white space around a name, control characters. A pure function of text with a character for each byte.
 */

import { type Field, takesTrailers } from "@skerry/http";
import { type BodyLength, bodyLength } from "./body_length.ts";
import { isRefusal, type Refusal } from "./refusal.ts";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** As it was sent: visible ASCII, and nothing else is known of it. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** All fields in their order. */
  readonly fields: readonly Field[];
  readonly bodyLength: BodyLength;
  /** Whether the client will hear of another response on its connection. */
  readonly keepAlive: boolean;
  /** Whether the client waits for 100 before it sends the body (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean;
  /** Whether the client takes fields after the body of a response. */
  readonly takesTrailers: boolean;
}

/** Reads a head. The text ends with the last field's CRLF, without the empty line. */
export function parseRequestHead(text: string, fieldsMax: number): RequestHead | Refusal {
  const [line, method = "", target = "", version] = requestLine.exec(text) ?? [];
  if (line === undefined) return badLine(text);
  if (version !== "1.0" && version !== "1.1") return unknownVersion;
  if (!fieldLines.test(text.slice(line.length))) return malformed("a field line is malformed");
  const fields: Field[] = [];
  const decisive = new DecisiveFields();
  for (let at = line.length; at < text.length;) {
    if (fields.length === fieldsMax) return tooManyFields;
    const colon = text.indexOf(":", at);
    const end = text.indexOf("\r\n", colon);
    const name = text.slice(at, colon);
    const value = withoutPadding(text, colon + 1, end);
    fields.push([name, value]);
    decisive.note(name, value);
    at = end + 2;
  }
  const length = bodyLength(version, decisive.lengths, decisive.codings);
  if (isRefusal(length)) return length;
  // RFC 9112 §3.2: never two, and one where the version knows it. Whether its value is one that can be served is for
  // whoever routes, who may also refuse HTTP/1.0 without it: on a server of many hosts nobody can tell what is meant.
  const { hosts } = decisive;
  if (hosts > 1 || hosts === 0 && version === "1.1") {
    return malformed("there must be one Host field");
  }
  // RFC 9110 §10.1.1: the only expectation that there is.
  const { expectation, connection } = decisive;
  if (expectation !== undefined && !/^100-continue$/i.test(expectation)) return unknownExpectation;
  return {
    method,
    target,
    version,
    fields,
    bodyLength: length,
    keepAlive: version === "1.1" && !decisive.upgrades &&
      (connection === "" || !/(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(connection)),
    expectsContinue: expectation !== undefined && version === "1.1",
    takesTrailers: decisive.te !== undefined && takesTrailers(decisive.te),
  };
}

/** RFC 9112 §3: a method in capitals, as all registered ones are, and a target of visible ASCII. */
const requestLine = /^([A-Z][A-Z0-9_\-]*) ([!-~]+) HTTP\/(\d\.\d)\r\n/;

/** RFC 9112 §5: no white space before the colon; RFC 9110 §5.5: no control character but the tab. */
// deno-lint-ignore no-control-regex -- control characters are what is kept out
const fieldLines = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\0-\x08\x0a-\x1f\x7f]*\r\n)*$/;

const unknownVersion: Refusal = { status: 505, why: "the version is not HTTP/1.0 or HTTP/1.1" };
const tooManyFields: Refusal = { status: 431, why: "there are too many header fields" };
const unknownExpectation: Refusal = { status: 417, why: "the expectation is unknown" };

function malformed(why: string): Refusal {
  return { status: 400, why };
}

/** A line without a version is a request of HTTP/0.9. */
function badLine(text: string): Refusal {
  return /^[A-Z]+ [!-~]+\r\n/.test(text)
    ? unknownVersion
    : malformed("the request line is malformed");
}

/** RFC 9110 §5.5: white space around a value is not part of it. */
export function withoutPadding(text: string, from: number, to: number): string {
  while (from < to && (text[from] === " " || text[from] === "\t")) from++;
  while (from < to && (text[to - 1] === " " || text[to - 1] === "\t")) to--;
  return text.slice(from, to);
}

/** The fields by which a server cuts a connection into requests. */
class DecisiveFields {
  readonly lengths: string[] = [];
  readonly codings: string[] = [];
  hosts = 0;
  /** All `Connection` fields as one list. */
  connection = "";
  expectation: string | undefined;
  te: string | undefined;
  /**
   * RFC 9110 §7.8: an offer to change the protocol may be ignored. A proxy that believed in the change would pass on
   * what it takes for another protocol: nothing more is read as HTTP from a connection on which there was an offer.
   */
  upgrades = false;

  /** Most fields are passed over by the length of their name. */
  note(name: string, value: string): void {
    switch (name.length) {
      case 2:
        if (name.toLowerCase() === "te") this.te = joined(this.te, value);
        break;
      case 4:
        if (name.toLowerCase() === "host") this.hosts++;
        break;
      case 6:
        if (name.toLowerCase() === "expect") this.expectation = joined(this.expectation, value);
        break;
      case 7:
        if (name.toLowerCase() === "upgrade") this.upgrades = true;
        break;
      case 10:
        if (name.toLowerCase() === "connection") this.connection += `${value},`;
        break;
      case 14:
        if (name.toLowerCase() === "content-length") this.lengths.push(value);
        break;
      case 17:
        if (name.toLowerCase() === "transfer-encoding") this.codings.push(value);
        break;
    }
  }
}

/** RFC 9110 §5.3: several fields of a name are one list. */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before},${value}`;
}
