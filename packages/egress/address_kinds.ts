/**
 * Which addresses are somebody's out there, and which are for something else.
 *
 * From IANA's registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890, RFC 8190) and of multicast
 * (RFC 5771, RFC 4291 §2.7). Of IPv6, IANA has given out 2000::/3 alone: nothing outside of it is global.
 */

import { bug } from "@skerry/base";
import { type AddressBlock, type IpAddress, isInBlock, parseAddressBlock } from "./address.ts";

/** What an address is. */
export type AddressKind =
  | "global"
  | "unspecified"
  | "this network"
  | "loopback"
  | "private"
  | "shared (CGNAT)"
  | "link-local"
  | "unique local"
  | "site-local"
  | "protocol assignment"
  | "documentation"
  | "benchmarking"
  | "6to4"
  | "Teredo"
  | "local NAT64"
  | "ORCHID"
  | "discard-only"
  | "IPv4-compatible"
  | "IPv4-translated"
  | "ISATAP"
  | "cloud platform"
  | "multicast"
  | "broadcast"
  | "reserved";

/** A block of {@link specialBlocks}. */
export interface SpecialBlock {
  readonly block: AddressBlock;
  readonly kind: AddressKind;
}

/** The first one that an address lies in counts: narrow ones stand before those that they lie in. */
export const specialBlocks: readonly SpecialBlock[] = ([
  ["0.0.0.0/32", "unspecified"], // RFC 1122 §3.2.1.3; Linux takes it for loopback
  ["0.0.0.0/8", "this network"], // RFC 791 §3.2
  ["10.0.0.0/8", "private"], // RFC 1918
  ["100.64.0.0/10", "shared (CGNAT)"], // RFC 6598
  ["127.0.0.0/8", "loopback"], // RFC 1122 §3.2.1.3
  ["168.63.129.16/32", "cloud platform"], // Azure's own for machines in it, though a global one
  ["169.254.0.0/16", "link-local"], // RFC 3927; where clouds tell secrets
  ["172.16.0.0/12", "private"], // RFC 1918
  ["192.0.0.0/24", "protocol assignment"], // RFC 6890 §2.1; Oracle's cloud tells secrets at 192.0.0.192
  ["192.0.2.0/24", "documentation"], // RFC 5737
  ["192.88.99.0/24", "6to4"], // RFC 7526: relays, given up
  ["192.168.0.0/16", "private"], // RFC 1918
  ["198.18.0.0/15", "benchmarking"], // RFC 2544
  ["198.51.100.0/24", "documentation"], // RFC 5737
  ["203.0.113.0/24", "documentation"], // RFC 5737
  ["224.0.0.0/4", "multicast"], // RFC 5771
  ["255.255.255.255/32", "broadcast"], // RFC 919 §7
  ["240.0.0.0/4", "reserved"], // RFC 1112 §4
  ["::/128", "unspecified"], // RFC 4291 §2.5.2
  ["::1/128", "loopback"], // RFC 4291 §2.5.3
  ["::/96", "IPv4-compatible"], // RFC 4291 §2.5.5.1, given up
  ["::ffff:0:0:0/96", "IPv4-translated"], // RFC 2765 §2.1, given up
  ["64:ff9b:1::/48", "local NAT64"], // RFC 8215
  ["100::/64", "discard-only"], // RFC 6666
  ["100:0:0:1::/64", "discard-only"], // RFC 9780
  ["2001::/32", "Teredo"], // RFC 4380
  ["2001:2::/48", "benchmarking"], // RFC 5180
  ["2001:10::/28", "ORCHID"], // RFC 4843, given up
  ["2001:20::/28", "ORCHID"], // RFC 7343
  ["2001::/23", "protocol assignment"], // RFC 2928
  ["2001:db8::/32", "documentation"], // RFC 3849
  ["2002::/16", "6to4"], // RFC 3056
  ["3fff::/20", "documentation"], // RFC 9637
  ["fc00::/7", "unique local"], // RFC 4193
  ["fe80::/10", "link-local"], // RFC 4291 §2.5.6
  ["fec0::/10", "site-local"], // RFC 3879, given up
  ["ff00::/8", "multicast"], // RFC 4291 §2.7
] as const).map(([text, kind]) => ({ block: wellFormed(text), kind }));

const globalSix = wellFormed("2000::/3");
const wellKnownNat64 = wellFormed("64:ff9b::/96");

/** What an address is. One that carries an IPv4 address to a translator is what that is (RFC 6052 §2.1). */
export function kindOfAddress(address: IpAddress): AddressKind {
  if (isInBlock(address, wellKnownNat64)) return kindOfAddress(fourIn(address));
  for (const { block, kind } of specialBlocks) if (isInBlock(address, block)) return kind;
  if (address.family === 4) return "global";
  if (isInBlock(address, globalSix)) return isIsatap(address) ? "ISATAP" : "global";
  return "reserved";
}

/** RFC 5214 §6.1: an interface identifier that holds an IPv4 address, to which a tunnel leads. */
function isIsatap({ bits }: IpAddress): boolean {
  const mark = bits >> 32n & 0xffff_ffffn;
  return mark === 0x0000_5efen || mark === 0x0200_5efen;
}

/** The IPv4 address in the last bits. */
export function fourIn({ bits }: IpAddress): IpAddress {
  return { family: 4, bits: bits & 0xffff_ffffn };
}

/** Whether an address carries another to a translator that everybody knows. */
export function isTranslated(address: IpAddress): boolean {
  return isInBlock(address, wellKnownNat64);
}

function wellFormed(text: string): AddressBlock {
  return parseAddressBlock(text) ?? bug(`${text} is no block`);
}
