// URL of the URL standard, for what HTTP programs meet: special schemes in full but for the Unicode
// rules of domain names (such a host must come as punycode), other schemes with or without an authority.

import { percentEncode } from "./percent.js";
import { parseHost } from "./url_host.js";
import { URLSearchParams } from "./url_search_params.js";

const defaultPorts = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21" };
const isSpecial = (protocol) => protocol in defaultPorts || protocol === "file:";

// The percent-encode sets: what each part must not hold as it is.
const keeps = (forbidden) => (character) =>
  character > " " && character < "\x7f" && !forbidden.includes(character);
const keepFragment = keeps('"<>`');
const keepQuery = keeps('"#<>');
const keepSpecialQuery = keeps("\"#<>'");
const keepPath = keeps('"#<>?`{}^');
const keepUserinfo = keeps('"#<>?`{}/:;=@[\\]^|');
const keepOpaque = (character) => character >= " " && character < "\x7f";

export class URL {
  #parts;
  #searchParams;

  constructor(input, base) {
    const from = base === undefined ? undefined : parse(String(base));
    this.#parts = parse(String(input), from);
  }

  static canParse(input, base) {
    return URL.parse(input, base) !== null;
  }

  static parse(input, base) {
    try {
      return new URL(input, base);
    } catch {
      return null;
    }
  }

  get href() {
    return serialize(this.#parts);
  }

  set href(value) {
    this.#parts = parse(String(value));
    this.#searchParams = undefined;
  }

  get origin() {
    const { protocol } = this.#parts;
    return protocol in defaultPorts ? `${protocol}//${this.host}` : "null";
  }

  get protocol() {
    return this.#parts.protocol;
  }

  set protocol(value) {
    const protocol = /^([a-z][a-z0-9+.\-]*):?/i.exec(value)?.[1].toLowerCase();
    if (protocol === undefined || isSpecial(`${protocol}:`) !== isSpecial(this.protocol)) return;
    this.#parts.protocol = `${protocol}:`;
    if (this.port === defaultPorts[this.protocol]) this.#parts.port = "";
  }

  get username() {
    return this.#parts.username;
  }

  set username(value) {
    if (this.#parts.host) this.#parts.username = percentEncode(String(value), keepUserinfo);
  }

  get password() {
    return this.#parts.password;
  }

  set password(value) {
    if (this.#parts.host) this.#parts.password = percentEncode(String(value), keepUserinfo);
  }

  get host() {
    const { host, port } = this.#parts;
    return port === "" ? host ?? "" : `${host}:${port}`;
  }

  set host(value) {
    this.#set((parts) =>
      Object.assign(parts, parseAuthority(String(value), parts.protocol, false))
    );
  }

  get hostname() {
    return this.#parts.host ?? "";
  }

  set hostname(value) {
    this.#set((parts) => parts.host = parseHost(String(value), isSpecial(parts.protocol)));
  }

  get port() {
    return this.#parts.port;
  }

  set port(value) {
    this.#set((parts) => parts.port = parsePort(String(value), parts.protocol));
  }

  get pathname() {
    return pathOf(this.#parts);
  }

  set pathname(value) {
    if (typeof this.#parts.path === "string") return;
    this.#parts.path = parsePath(String(value), [], this.protocol);
  }

  get search() {
    return this.#parts.query ? `?${this.#parts.query}` : "";
  }

  set search(value) {
    const text = String(value).replace(/^\?/, "");
    this.#parts.query = text === "" ? undefined : encodeQuery(text, this.protocol);
    this.#searchParams = undefined;
  }

  get searchParams() {
    this.#searchParams ??= URLSearchParams.forUrl(this.#parts.query ?? "", (query) => {
      this.#parts.query = query === "" ? undefined : query;
    });
    return this.#searchParams;
  }

  get hash() {
    return this.#parts.fragment ? `#${this.#parts.fragment}` : "";
  }

  set hash(value) {
    const text = String(value).replace(/^#/, "");
    this.#parts.fragment = text === "" ? undefined : percentEncode(text, keepFragment);
  }

  toString() {
    return this.href;
  }

  toJSON() {
    return this.href;
  }

  get [Symbol.toStringTag]() {
    return "URL";
  }

  /** A setter ignores what it cannot read. */
  #set(change) {
    if (this.#parts.host === undefined) return;
    try {
      change(this.#parts);
    } catch (fault) {
      if (!(fault instanceof TypeError)) throw fault;
    }
  }
}

function parse(input, base) {
  const text = input.toWellFormed().replace(/^[\0- ]+|[\0- ]+$/g, "").replace(/[\t\n\r]/g, "");
  const [beforeFragment, fragment] = cut(text, "#");
  const scheme = /^([a-z][a-z0-9+.\-]*):/i.exec(beforeFragment)?.[0].toLowerCase();
  const parts = scheme === undefined || isRelativeTo(base, scheme, beforeFragment)
    ? parseRelative(beforeFragment.slice(scheme?.length ?? 0), base, fragment !== undefined)
    : parseAbsolute(scheme, beforeFragment.slice(scheme.length));
  return {
    ...parts,
    fragment: fragment === undefined ? undefined : percentEncode(fragment, keepFragment),
  };
}

/** `http:path` is relative to a base of the same special scheme. */
function isRelativeTo(base, scheme, text) {
  return base?.protocol === scheme && isSpecial(scheme) &&
    !/^[/\\]/.test(text.slice(scheme.length));
}

function parseAbsolute(protocol, rest) {
  const [before, query] = cut(rest, "?");
  const parts = { protocol, username: "", password: "", host: undefined, port: "" };
  parts.query = query === undefined ? undefined : encodeQuery(query, protocol);
  const slashes = isSpecial(protocol) ? /^[/\\]*/.exec(before)[0].length : 2;
  if (!isSpecial(protocol) && !before.startsWith("//")) {
    if (!before.startsWith("/")) return { ...parts, path: percentEncode(before, keepOpaque) };
    return { ...parts, path: parsePath(before, [], protocol) };
  }
  // A file URL has a host only behind exactly two slashes.
  const authority = protocol === "file:" && slashes !== 2
    ? { text: "", path: slashes > 2 ? before.slice(2) : before }
    : splitAuthority(before.slice(slashes), protocol);
  return {
    ...parts,
    ...parseAuthority(authority.text, protocol, true),
    path: parsePath(authority.path, [], protocol),
  };
}

function parseRelative(text, base, hasFragment) {
  if (base === undefined) throw new TypeError("Invalid URL: it has no scheme and there is no base");
  const { protocol } = base;
  if (typeof base.path === "string") {
    if (text !== "" || !hasFragment) {
      throw new TypeError("Invalid URL: its base has an opaque path");
    }
    return base;
  }
  const [before, query] = cut(text, "?");
  const start = isSpecial(protocol)
    ? before.replace(/^[/\\]+/, (run) => "/".repeat(run.length))
    : before;
  if (start.startsWith("//")) return parseAbsolute(protocol, start + text.slice(before.length));
  const encoded = query === undefined ? undefined : encodeQuery(query, protocol);
  if (before === "") return { ...base, query: encoded ?? base.query };
  const folder = start.startsWith("/") ? [] : base.path.slice(0, -1);
  return { ...base, path: parsePath(before, folder, protocol), query: encoded };
}

function splitAuthority(text, protocol) {
  const end = text.search(isSpecial(protocol) ? /[/\\]/ : /\//);
  return end < 0 ? { text, path: "" } : { text: text.slice(0, end), path: text.slice(end) };
}

function parseAuthority(text, protocol, withUser) {
  const at = withUser ? text.lastIndexOf("@") : -1;
  const [username, password = ""] = at < 0 ? ["", ""] : cut(text.slice(0, at), ":");
  const [, name, port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text.slice(at + 1)) ?? [];
  if (name === undefined) throw new TypeError("Invalid URL: its host cannot be read");
  if (name === "" && (protocol in defaultPorts || at >= 0 || port !== "")) {
    throw new TypeError("Invalid URL: it has no host");
  }
  const host = name === "" ? "" : parseHost(name, isSpecial(protocol));
  return {
    host: protocol === "file:" && host === "localhost" ? "" : host,
    port: parsePort(port, protocol),
    ...(withUser
      ? {
        username: percentEncode(username, keepUserinfo),
        password: percentEncode(password, keepUserinfo),
      }
      : {}),
  };
}

function parsePort(text, protocol) {
  if (text === "") return "";
  if (!/^\d+$/.test(text) || Number(text) > 65535) {
    throw new TypeError("Invalid URL: its port is no port");
  }
  const port = String(Number(text));
  return port === defaultPorts[protocol] ? "" : port;
}

/** Path segments, with `.` and `..` (also percent-encoded) worked out. */
function parsePath(text, folder, protocol) {
  const special = isSpecial(protocol);
  if (text === "") return special ? [...folder, ""] : folder;
  const segments = text.replace(special ? /^[/\\]/ : /^\//, "").split(special ? /[/\\]/ : "/");
  const path = [...folder];
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    const plain = segment.replace(/%2e/gi, ".");
    if (plain === "..") path.pop();
    if (plain === "." || plain === "..") { if (last) path.push(""); }
    else path.push(percentEncode(segment, keepPath));
  }
  return path;
}

function encodeQuery(text, protocol) {
  return percentEncode(text, isSpecial(protocol) ? keepSpecialQuery : keepQuery);
}

function pathOf({ path }) {
  if (typeof path === "string") return path;
  return path.map((segment) => `/${segment}`).join("");
}

function serialize(parts) {
  const { protocol, username, password, host, port, query, fragment } = parts;
  const user = username === "" && password === ""
    ? ""
    : `${username}${password === "" ? "" : `:${password}`}@`;
  const authority = host === undefined ? "" : `//${user}${host}${port === "" ? "" : `:${port}`}`;
  const path = pathOf(parts);
  // Without an authority, a path that begins with // would be read as one.
  const guard = host === undefined && path.startsWith("//") ? "/." : "";
  const search = query === undefined ? "" : `?${query}`;
  const hash = fragment === undefined ? "" : `#${fragment}`;
  return `${protocol}${authority}${guard}${path}${search}${hash}`;
}

function cut(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
