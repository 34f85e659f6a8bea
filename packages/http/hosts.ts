/**
 * Hosts as routes name them: `shop.example`, `*.example.com` (one or more labels in front), or `*`.
 *
 * There is one canonical form, the one that requests' hosts have: ASCII (IDNA, as URLs do it), lower case, no dot at
 * the end, no port. Two tenants' hosts must be apart, so that neither answers for the other.
 */

import { err, ok, type Result } from "@skerry/base";

/** Characters of a host (RFC 1035 §2.3.4), without the dot at its end. */
const hostLengthMax = 253;

/** RFC 1123 §2.1, and the underscore, which DNS has and some use. */
const labelPattern = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** The canonical form of a host pattern, or what is wrong with it. */
export function canonicalHost(text: string): Result<string, string> {
  if (text === "*") return ok("*");
  const isWildcard = text.startsWith("*.");
  const name = isWildcard ? text.slice(2) : text;
  const ascii = asciiHost(name);
  if (!ascii.ok) return ascii;
  const isAddress = /^[\d.]+$|^\[/.test(ascii.value);
  if (isWildcard && isAddress) return err("an address has nothing below it");
  return ok(isWildcard ? `*.${ascii.value}` : ascii.value);
}

/** Whether only an operator may give it away: it takes more than anybody can own. */
export function isBroadHost(host: string): boolean {
  return host === "*" || host.startsWith("*.") && !host.slice(2).includes(".");
}

/** How two canonical patterns lie to each other. `*` takes what is left over, and so is apart from all others. */
export function hostRelation(
  left: string,
  right: string,
): "equal" | "covers" | "covered" | "apart" {
  if (left === right) return "equal";
  if (isBelow(right, left)) return "covers";
  return isBelow(left, right) ? "covered" : "apart";
}

/**
 * The wildcards that cover a host or a wildcard, besides itself: `*.b.c` and `*.c` for `a.b.c`, `*.c` for `*.b.c`.
 */
export function coveringHosts(host: string): string[] {
  if (host === "*" || host.startsWith("[")) return [];
  const labels = (host.startsWith("*.") ? host.slice(2) : host).split(".");
  return labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join(".")}`);
}

/** Labels from the last to the first, a dot behind each: what lies below a host has its reversed form in front. */
export function reversedHost(host: string): string {
  return host.startsWith("[") ? host : `${host.split(".").reverse().join(".")}.`;
}

function isBelow(host: string, wildcard: string): boolean {
  if (!wildcard.startsWith("*.") || host === "*") return false;
  return host.endsWith(wildcard.slice(1)) && host !== wildcard;
}

function asciiHost(text: string): Result<string, string> {
  if (text.startsWith("[")) return addressHost(text);
  if (/:\d*$/.test(text)) return err("a host is told without a port");
  // What a URL takes for something else than a host, or decodes, or passes over in silence.
  if (text === "" || /[\p{Cc}\p{Cf}\p{Z}/\\?#@:%[\]*<>^|`{}"]/u.test(text)) {
    return err('expected a host such as "shop.example"');
  }
  const parsed = URL.parse(`http://${text.replace(/\.$/, "")}`)?.hostname;
  if (parsed === undefined || parsed === "") return err("this is no host that can be named");
  if (parsed.length > hostLengthMax) return err(`expected at most ${hostLengthMax} characters`);
  const labels = parsed.split(".");
  if (!labels.every((label) => labelPattern.test(label))) {
    return err("expected labels of 1 to 63 letters, digits and inner hyphens");
  }
  // `0x7f.1` and `127.1` are read as 127.0.0.1; requests' hosts are not.
  if (/^\d+$/.test(labels.at(-1) ?? "") && parsed !== text) {
    return err("expected an address as four decimal numbers");
  }
  return ok(parsed);
}

function addressHost(text: string): Result<string, string> {
  if (!/^\[[0-9A-Fa-f:.]+\]$/.test(text)) return err("expected an address such as [2001:db8::1]");
  const parsed = URL.parse(`http://${text}`)?.hostname;
  return parsed === undefined ? err("expected an address such as [2001:db8::1]") : ok(parsed);
}
