// One request from the environment and stdin, one response to stdout: CGI/1.1, RFC 3875.

import { chunkBytes } from "./body.js";
import { environment, join, readAll, write } from "./host.js";
import { Headers } from "./headers.js";
import { lazyBody, Request } from "./request.js";
import { Response } from "./response.js";

/** Section 4.1: what the server says about the request; everything else is the program's own. */
const metaVariables = new Set([
  "AUTH_TYPE",
  "CONTENT_LENGTH",
  "CONTENT_TYPE",
  "GATEWAY_INTERFACE",
  "HTTPS",
  "PATH_INFO",
  "PATH_TRANSLATED",
  "QUERY_STRING",
  "REMOTE_ADDR",
  "REMOTE_HOST",
  "REMOTE_IDENT",
  "REMOTE_PORT",
  "REMOTE_USER",
  "REQUEST_METHOD",
  "REQUEST_SCHEME",
  "REQUEST_URI",
  "SCRIPT_NAME",
  "SERVER_NAME",
  "SERVER_PORT",
  "SERVER_PROTOCOL",
  "SERVER_SOFTWARE",
]);

const isMeta = (name) => metaVariables.has(name) || name.startsWith("HTTP_");

/** Where the program is mounted is the program's affair too: links and routing need it. */
const isOwn = (name) => name === "SCRIPT_NAME" || !isMeta(name);

/**
 * Answers the request by the program's default export; a program without one has run already.
 * Says whether there was a response.
 */
export async function serve(program) {
  const handler = program.default;
  if (handler === undefined) return false;
  if (typeof handler?.fetch !== "function") {
    throw new TypeError("the default export must have a function fetch(request, env)");
  }
  const variables = environment();
  const meta = Object.fromEntries(variables.filter(([name]) => isMeta(name)));
  if (meta.REQUEST_METHOD === undefined) {
    throw new Error("there is no request: REQUEST_METHOD is not in the environment");
  }
  const env = Object.fromEntries(variables.filter(([name]) => isOwn(name)));
  const response = await handler.fetch(requestOf(meta), env);
  if (!(response instanceof Response)) throw new TypeError("fetch must return a Response");
  await send(response);
  return true;
}

function requestOf(meta) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(meta)) {
    // Section 4.1.18: HTTP_ACCEPT_LANGUAGE is Accept-Language.
    if (name.startsWith("HTTP_")) headers.set(name.slice(5).replaceAll("_", "-"), latin1(value));
  }
  // These two have names of their own (sections 4.1.2 and 4.1.3), and may be there and empty.
  if (meta.CONTENT_TYPE) headers.set("content-type", meta.CONTENT_TYPE);
  if (meta.CONTENT_LENGTH) headers.set("content-length", meta.CONTENT_LENGTH);
  const method = meta.REQUEST_METHOD;
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(urlOf(meta), { method, headers, ...(hasBody ? { [lazyBody]: readAll } : {}) });
}

function urlOf(meta) {
  const secure = meta.REQUEST_SCHEME === "https" || /^(?:on|1)$/i.test(meta.HTTPS ?? "");
  const name = meta.SERVER_NAME || "localhost";
  const host = meta.HTTP_HOST || (meta.SERVER_PORT ? `${name}:${meta.SERVER_PORT}` : name);
  const query = meta.QUERY_STRING ? `?${meta.QUERY_STRING}` : "";
  // Section 4.1.5: PATH_INFO is decoded, so what would end a path must be encoded again.
  const path = `${meta.SCRIPT_NAME ?? ""}${meta.PATH_INFO ?? ""}`.replace(
    /[%?#]/g,
    encodeURIComponent,
  );
  const target = meta.REQUEST_URI?.startsWith("/") ? meta.REQUEST_URI : `${path}${query}`;
  return `${secure ? "https" : "http"}://${host}${target.startsWith("/") ? "" : "/"}${target}`;
}

/** A header's bytes as the Fetch standard shows them: one character each. */
function latin1(text) {
  return /^[\0-\xff]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/%(..)/g, (_, digits) =>
      String.fromCharCode(parseInt(digits, 16)));
}

/** Section 6: header fields, an empty line, the body. */
async function send(response) {
  const lines = [`Status: ${response.status}${response.statusText && ` ${response.statusText}`}`];
  for (const [name, value] of response.headers) {
    // A field of this name would be taken for the status line (section 6.3.3).
    if (name !== "status") lines.push(`${name}: ${value}`);
  }
  const content = response.takeContent();
  // Section 6.3.1: a response with a body must have a type.
  if (content !== null && !response.headers.has("content-type")) {
    lines.push("content-type: application/octet-stream");
  }
  const text = `${lines.join("\n")}\n\n`;
  const head = Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (content === null || content instanceof Uint8Array) {
    return write(1, content === null ? head : join([head, content]));
  }
  write(1, head);
  for (let step = await content.next(); !step.done; step = await content.next()) {
    write(1, chunkBytes(step.value));
  }
}
