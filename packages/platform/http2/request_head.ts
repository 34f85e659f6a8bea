/**
 * A request's fields, read strictly (RFC 9113 §8.2 and §8.3): what HTTP/1.1 could not say, or what two servers might
 * take differently, makes a request malformed. A pure function of the fields of a header block.
 */

import { type Field, hopByHopFields, isFieldValue } from "@skerry/http";
import type { Refusal } from "../http1/refusal.ts";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** As it was sent: visible ASCII that begins with a slash, or `*`. */
  readonly target: string;
  /** All fields in their order, with one `host` among them, and cookies in one. */
  readonly fields: readonly Field[];
  /** What the client says of its body's length. */
  readonly contentLength: number | undefined;
  /** Whether the client waits for 100 before it sends the body (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean;
}

/** Reads a head. What is refused with 400 is malformed (§8.1.1). */
export function parseRequestHead(
  all: readonly Field[],
  scheme: "http" | "https",
): RequestHead | Refusal {
  const pseudo = new PseudoFields();
  const fields: Field[] = [];
  const decisive = new DecisiveFields();
  for (const field of all) {
    const why = field[0].charCodeAt(0) === colon
      // §8.3: not after another field.
      ? fields.length > 0 ? "a pseudo-field stands after a field" : pseudo.note(field)
      : fieldFault(field) ?? decisive.note(field);
    if (why !== undefined) return malformed(why);
    if (field[0].charCodeAt(0) !== colon) fields.push(field);
  }
  const { method, target } = pseudo;
  if (method === undefined || !/^[A-Z][A-Z0-9_\-]*$/.test(method)) {
    return malformed("the method is malformed");
  }
  if (method === "CONNECT") return tunnel;
  if (pseudo.scheme !== scheme) return malformed("the scheme is not that of the connection");
  // §8.3.1. An asterisk is for OPTIONS alone.
  if (
    target === undefined || !targetPattern.test(target) || target === "*" && method !== "OPTIONS"
  ) {
    return malformed("the path is malformed");
  }
  const { host } = decisive;
  const authority = pseudo.authority ?? host;
  if (authority === undefined || authority === "") return malformed("there is no authority");
  // §8.3.1: a Host field that names another host makes two parties serve two hosts.
  if (host !== undefined && host.toLowerCase() !== authority.toLowerCase()) {
    return malformed("the Host field and the authority name different hosts");
  }
  if (decisive.expectation === "unknown") return unknownExpectation;
  if (host === undefined) fields.unshift(["host", authority]);
  return {
    method,
    target,
    fields: decisive.cookies > 1 ? withOneCookie(fields) : fields,
    contentLength: decisive.contentLength,
    expectsContinue: decisive.expectation === "100-continue",
  };
}

function malformed(why: string): Refusal {
  return { status: 400, why };
}

const tunnel: Refusal = { status: 501, why: "the method CONNECT is not served" };
const unknownExpectation: Refusal = { status: 417, why: "the expectation is unknown" };

/** Reads the fields after a body (§8.1); a text says why they are malformed. */
export function parseTrailers(fields: readonly Field[]): readonly Field[] | string {
  for (const field of fields) {
    const why = fieldFault(field);
    if (why !== undefined) return why;
  }
  return fields;
}

const colon = 0x3a;
const targetPattern = /^(?:\/[!-~]*|\*)$/;
/** §8.2.1: RFC 9110's token in lower case. */
const namePattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Names that are known to be good: most of them, and always the same. */
const goodNames = new Set<string>(
  `accept accept-encoding accept-language cache-control content-length content-type cookie host origin referer
user-agent`.split(/\s/),
);

function fieldFault([name, value]: Field): string | undefined {
  if (!goodNames.has(name)) {
    if (!namePattern.test(name)) return "a field's name is malformed";
    // §8.2.2: fields of the connection; TE may say one thing.
    if (
      hopByHopFields.has(name) && name !== "trailer" && !(name === "te" && value === "trailers")
    ) {
      return "a field is the connection's own";
    }
  }
  // §8.2.1: no control characters, and no white space around it.
  if (!isFieldValue(value) || /^[ \t]|[ \t]$/.test(value)) return "a field's value is malformed";
  return undefined;
}

/** §8.2.3. */
function withOneCookie(fields: readonly Field[]): Field[] {
  const crumbs = fields.filter(([name]) => name === "cookie").map(([, value]) => value);
  const first = fields.findIndex(([name]) => name === "cookie");
  const joined = fields.map((field, index): Field =>
    index === first ? ["cookie", crumbs.join("; ")] : field
  );
  return joined.filter(([name], index) => index === first || name !== "cookie");
}

/** §8.3.1: each once. */
class PseudoFields {
  method: string | undefined;
  scheme: string | undefined;
  authority: string | undefined;
  target: string | undefined;

  note([name, value]: Field): string | undefined {
    switch (name) {
      case ":method":
        if (this.method !== undefined) return twice;
        this.method = value;
        return undefined;
      case ":scheme":
        if (this.scheme !== undefined) return twice;
        this.scheme = value;
        return undefined;
      case ":authority":
        if (this.authority !== undefined) return twice;
        this.authority = value;
        return isFieldValue(value) ? undefined : "the authority is malformed";
      case ":path":
        if (this.target !== undefined) return twice;
        this.target = value;
        return undefined;
      default:
        return "there is an unknown pseudo-field";
    }
  }
}

const twice = "a pseudo-field comes twice";

/** The fields that say where a request goes and ends. */
class DecisiveFields {
  host: string | undefined;
  contentLength: number | undefined;
  cookies = 0;
  /** RFC 9110 §10.1.1. */
  expectation: "none" | "100-continue" | "unknown" = "none";

  /** Most fields are passed over by the length of their name. */
  note([name, value]: Field): string | undefined {
    switch (name.length) {
      case 4:
        if (name !== "host") break;
        if (this.host !== undefined) return "there are several Host fields";
        this.host = value;
        break;
      case 6:
        if (name === "cookie") this.cookies += 1;
        else if (name === "expect") {
          this.expectation = /^100-continue$/i.test(value) ? "100-continue" : "unknown";
        }
        break;
      case 14:
        if (name !== "content-length") break;
        if (this.contentLength !== undefined || !/^\d{1,15}$/.test(value)) {
          return "the body's length is malformed or contradicted";
        }
        this.contentLength = Number(value);
    }
    return undefined;
  }
}
