/**
 * What a request is for, validated before anything is decided by it.
 *
 * Servers differ in what they let through (`..`, `#`, a second authority in the Host field), and each
 * difference is a way to make two parties read one request differently. Whatever is not plain is refused.
 */

import { err, ok, type Result } from "@skerry/base";
import { isToken } from "./field.ts";
import { type Field, fieldValues, type HttpRequest, isConstant } from "./message.ts";

/** A request's target in normal form. */
export interface RequestTarget {
  readonly scheme: "http" | "https";
  /** Lower case, without port. IPv6 addresses keep their brackets. */
  readonly host: string;
  /** As the client named it, else the scheme's default. */
  readonly port: number;
  /** Percent-encoded, begins with `/`, no dot segments, not even when it is decoded. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
}

/** Why a request is refused. */
export interface BadRequest {
  readonly status: 400 | 501;
  readonly why: string;
}

/** RFC 3986 §3.2.2 and §3.2.3 without user information, percent-encoding or IP futures. */
const authorityPattern = /^([A-Za-z0-9.\-_~]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/;

/**
 * RFC 9112 §3.2.1 origin-form, with §3.2.2 absolute-form's authority before it. Visible ASCII only, and no
 * backslash in the path, which URL parsers take for a slash.
 */
const targetPattern =
  /^(?:https?:\/\/([^/?#]*))?(\/[!"$-.0->@-[\]-~/]*|(?=\?|$))(?:\?([!"$-~]*))?$/;

/** What a target depends on. */
type Targeted = Pick<HttpRequest, "method" | "target" | "scheme" | "fields">;

/** What came of requests whose fields never change, by those: who asks for the same again has the very same ones. */
const parsedBefore = new WeakMap<
  readonly Field[],
  { readonly request: Targeted; readonly parsed: Result<RequestTarget, BadRequest> }
>();

/** Validates a request's method, target and Host. */
export function parseRequestTarget(request: Targeted): Result<RequestTarget, BadRequest> {
  const { method, target, scheme, fields } = request;
  const before = parsedBefore.get(fields);
  const isSame = before !== undefined && before.request.method === method &&
    before.request.target === target && before.request.scheme === scheme;
  if (isSame) return before.parsed;
  const parsed = parse(request);
  if (isConstant(fields)) {
    parsedBefore.set(fields, { request: { method, target, scheme, fields }, parsed });
  }
  return parsed;
}

function parse(
  { method, target, scheme, fields }: Targeted,
): Result<RequestTarget, BadRequest> {
  if (!isToken(method)) return badRequest("the method is not a token");
  if (method === "CONNECT" || method === "TRACE") {
    return err({ status: 501, why: `the method ${method} is not served` });
  }
  const hosts = fieldValues(fields, "host");
  const [authority] = hosts;
  // RFC 9112 §3.2: a request without Host, or with several, must be refused.
  if (authority === undefined || hosts.length > 1) {
    return badRequest("there must be one Host field");
  }
  const named = parseAuthority(authority);
  if (named === undefined) return badRequest("the Host field is malformed");
  const [, other, rawPath, query = ""] = plainPath.test(target)
    ? [undefined, undefined, target]
    : targetPattern.exec(target) ?? [];
  // RFC 9112 §3.2.1: only behind an authority may the path be empty.
  if (rawPath === undefined || rawPath === "" && other === undefined) {
    return badRequest("the request target is malformed");
  }
  // RFC 9112 §3.2.2 lets an absolute target win over Host; a request whose halves disagree is refused.
  if (other !== undefined && other.toLowerCase() !== authority.toLowerCase()) {
    return badRequest("the Host field and the request target name different hosts");
  }
  const { host, port = scheme === "https" ? 443 : 80 } = named;
  if (port < 1 || port > 65_535) return badRequest("the port is out of range");
  const path = normalPath(rawPath);
  if (path === undefined) {
    return badRequest("the path is not percent-encoded UTF-8, or holds a NUL");
  }
  if (path.includes("%") && hasDotSegment(decodePath(path))) {
    return badRequest("the path hides a dot segment behind an encoded slash");
  }
  return ok({ scheme, host, port, path, query });
}

/** A Host field, taken apart. */
interface Authority {
  readonly text: string;
  readonly host: string;
  readonly port: number | undefined;
}

/** The one before: clients ask the same host again and again. */
let latest: Authority | undefined;

function parseAuthority(text: string): Authority | undefined {
  if (latest?.text === text) return latest;
  const [, host, port] = authorityPattern.exec(text) ?? [];
  if (host === undefined) return undefined;
  latest = { text, host: host.toLowerCase(), port: port === undefined ? undefined : Number(port) };
  return latest;
}

/** The decoded form of a normal path, as CGI's PATH_INFO wants it (RFC 3875 §4.1.5). */
export function decodePath(path: string): string {
  return path.includes("%") ? decodeURIComponent(path) : path;
}

/**
 * Whether a decoded path climbs. In normal form it has no dot segments, so that one here stood behind `%2F`:
 * it was no segment for whoever routed the request, and would be one for a guest that opens its PATH_INFO.
 */
function hasDotSegment(decodedPath: string): boolean {
  return decodedPath.split("/").some((segment) => segment === "." || segment === "..");
}

function badRequest(why: string): Result<never, BadRequest> {
  return err({ status: 400, why });
}

/** Paths that are in normal form as they are: nothing to decode or to encode, and no segment begins with a dot. */
const plainPath = /^\/$|^(?:\/[\w\-~!$&'()*+,;=:@][\w\-~!$&'()*+,;=:@.]*)+\/?$/;

/** Dot segments removed (RFC 3986 §5.2.4, WHATWG URL §4.4); undefined where the path cannot be decoded. */
function normalPath(rawPath: string): string | undefined {
  if (plainPath.test(rawPath)) return rawPath;
  const { pathname } = new URL(`http://host${rawPath}`);
  try {
    return decodeURIComponent(pathname).includes("\0") ? undefined : pathname;
  } catch {
    return undefined;
  }
}
