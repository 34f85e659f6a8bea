/** A request as a CGI program sees it: meta-variables in its environment (RFC 3875 §4.1). */

import { hopByHopFields } from "./field.ts";
import type { Field } from "./message.ts";
import { decodePath, type RequestTarget } from "./request_target.ts";

/** What the meta-variables are made of. */
export interface CgiRequest {
  readonly method: string;
  readonly target: RequestTarget;
  /** The part of the path that chose the program, percent-encoded, without a slash at its end. */
  readonly scriptName: string;
  readonly fields: readonly Field[];
  /** Bytes of the body where the client said so, 0 where there is none, undefined where it is streamed. */
  readonly contentLength: number | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** `SERVER_SOFTWARE`. */
  readonly software: string;
}

/** Fields that have a variable of their own, or must not have one. */
const notAsHttpVariable: ReadonlySet<string> = new Set([
  ...hopByHopFields,
  "content-length",
  "content-type",
  // HTTP_PROXY steers HTTP clients that read the environment (CVE-2016-5385).
  "proxy",
]);

/**
 * The meta-variables of a request, name → value.
 *
 * A field whose name holds an underscore is dropped: `X_Key` and `X-Key` would share a variable, and a
 * client could so overwrite a field that a proxy set.
 */
export function cgiVariables(request: CgiRequest): Map<string, string> {
  const { target, scriptName } = request;
  const pathInfo = decodePath(target.path.slice(scriptName.length));
  const variables = new Map<string, string>([
    ["GATEWAY_INTERFACE", "CGI/1.1"],
    ["SERVER_SOFTWARE", request.software],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["SERVER_NAME", target.host],
    ["SERVER_PORT", String(target.port)],
    ["REQUEST_SCHEME", target.scheme],
    ["REQUEST_METHOD", request.method],
    ["REQUEST_URI", target.query === "" ? target.path : `${target.path}?${target.query}`],
    ["SCRIPT_NAME", decodePath(scriptName)],
    ["PATH_INFO", pathInfo],
    ["QUERY_STRING", target.query],
    ["REMOTE_ADDR", request.remoteAddress],
    ["REMOTE_PORT", String(request.remotePort)],
  ]);
  if (target.scheme === "https") variables.set("HTTPS", "on");
  if (request.contentLength !== undefined && request.contentLength > 0) {
    variables.set("CONTENT_LENGTH", String(request.contentLength));
  }
  for (const [name, value] of request.fields) {
    const lower = name.toLowerCase();
    if (lower === "content-type") variables.set("CONTENT_TYPE", value);
    if (notAsHttpVariable.has(lower) || lower.includes("_")) continue;
    const variable = `HTTP_${lower.toUpperCase().replaceAll("-", "_")}`;
    const before = variables.get(variable);
    // RFC 9110 §5.3 joins repeated fields with commas, RFC 6265 §5.4 cookies with semicolons.
    const separator = lower === "cookie" ? "; " : ", ";
    variables.set(variable, before === undefined ? value : `${before}${separator}${value}`);
  }
  return variables;
}
