/**
 * Where a backend is: `http://` or `https://`, a host, perhaps a port, and nothing else.
 *
 * Much stricter than a URL parser, which mends what it is given: `http://0x7f.1`, `http://１２７.0.0.1` and
 * `http://127.1` are all 127.0.0.1 to it (WHATWG URL §3.5). What would be mended is refused here.
 */

import { err, ok, type Result } from "@skerry/base";
import { formatIpAddress, type IpAddress, parseIpAddress } from "./address.ts";
import { type AddressPolicy, addressRefusal } from "./address_policy.ts";
import { portRefusal } from "./ports.ts";

/** A place to connect to. */
export interface Origin {
  readonly scheme: "http" | "https";
  /** A name in lower case, or the text of an address, an IPv6 one without brackets. */
  readonly host: string;
  /** Where the host is an address, which needs no resolution. */
  readonly address: IpAddress | undefined;
  readonly port: number;
}

/** A host and perhaps a port, as `Host` has it. */
export interface Authority {
  readonly host: string;
  readonly address: IpAddress | undefined;
  readonly port: number | undefined;
}

/** Reads an origin, and refuses it where no connection to it could ever be allowed. */
export function parseOrigin(text: string, policy: AddressPolicy): Result<Origin, string> {
  const [, scheme, rest] = /^(https?):\/\/([!-~]+)$/i.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) {
    return err("an origin is http:// or https://, a host, and perhaps a port");
  }
  const authority = parseAuthority(rest);
  if (!authority.ok) return authority;
  const { host, address, port: named } = authority.value;
  const isTls = scheme.toLowerCase() === "https";
  const port = named ?? (isTls ? 443 : 80);
  const why = portRefusal(port, policy.ports) ??
    (address === undefined ? nameRefusal(host, policy) : addressRefusal(address, policy));
  if (why !== undefined) return err(why);
  return ok({ scheme: isTls ? "https" : "http", host, address, port });
}

/** The text of an origin, in the one form that it has. */
export function formatOrigin({ scheme, host, address, port }: Origin): string {
  const usual = scheme === "https" ? 443 : 80;
  const bracketed = address?.family === 6 ? `[${host}]` : host;
  return `${scheme}://${bracketed}${port === usual ? "" : `:${port}`}`;
}

/** Reads a host with perhaps a port. */
export function parseAuthority(text: string): Result<Authority, string> {
  const [, bracketed, bare, digits] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([1-9]\d{0,4}))?$/.exec(text) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return err("the port is out of range");
  if (bracketed !== undefined) {
    const address = parseIpAddress(bracketed);
    if (address === undefined || !bracketed.includes(":")) return err(malformed);
    return ok({ host: formatIpAddress(address), address, port });
  }
  if (bare === undefined) return err(malformed);
  const host = bare.toLowerCase();
  if (isNumeric(host)) {
    const address = parseIpAddress(host);
    if (address === undefined) return err("an IPv4 address has four decimal numbers");
    return ok({ host: formatIpAddress(address), address, port });
  }
  return isName(host) ? ok({ host, address: undefined, port }) : err(malformed);
}

const malformed =
  "the host is a name in ASCII (xn--… for others) without a dot at its end, or an address";

/** WHATWG URL §3.5: what ends in a number would be an address to whoever reads it as a URL. */
function isNumeric(host: string): boolean {
  return /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/.test(host);
}

/** RFC 1123 §2.1, and the underscore that is found in practice. */
function isName(host: string): boolean {
  return host.length <= 253 &&
    host.split(".").every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
}

/**
 * Names that mean this machine or this network, whatever a resolver says, and names of one label, which resolvers
 * complete by a search list: asked for only where an operator has opened private addresses at all.
 */
function nameRefusal(host: string, { opened }: AddressPolicy): string | undefined {
  const isLocal = !host.includes(".") || localSuffixes.test(host);
  return isLocal && opened.length === 0 ? `the name ${host} is a private network's` : undefined;
}

/** RFC 6761 §6.3, RFC 6762 §3, RFC 8375, RFC 7686, and what ICANN has set apart in 2024. */
const localSuffixes = /\.(?:localhost|localdomain|local|internal|home\.arpa|onion)$|^home\.arpa$/;
