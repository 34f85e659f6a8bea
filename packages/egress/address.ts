/**
 * IP addresses as text and as numbers, read strictly.
 *
 * The forms that only some parsers know (`127.1`, `0177.0.0.1`, `0x7f000001`, `2130706433`) are none here: two
 * programs that read one text as two addresses are how a check is passed by (RFC 6943 §3.1.1).
 */

/** An address. What is IPv4 mapped into IPv6 (RFC 4291 §2.5.5.2) is IPv4: that is where packets go. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** 32 or 128 bits, the first being the highest. */
  readonly bits: bigint;
}

/** All addresses that begin with the same bits (RFC 4632). */
export interface AddressBlock {
  readonly first: IpAddress;
  /** How many bits they share. */
  readonly length: number;
}

/** Reads an address of either family, an IPv6 one without brackets and without a zone (RFC 4007 §11). */
export function parseIpAddress(text: string): IpAddress | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { family: 4, bits: four };
  const six = parseSix(text);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn
    ? { family: 4, bits: six & 0xffff_ffffn }
    : { family: 6, bits: six };
}

/** Reads `10.0.0.0/8`, `fd00::/8` or `[fd00::]/8`; an address alone is a block of one. No bit after the length may be set. */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]+)\]|([^/]+))(?:\/(0|[1-9]\d{0,2}))?$/
    .exec(text) ?? [];
  const address = parseIpAddress(bracketed ?? bare ?? "");
  if (address === undefined || (bracketed !== undefined && address.family === 4)) return undefined;
  const width = widthOf(address);
  const length = digits === undefined ? width : Number(digits);
  if (length > width) return undefined;
  const rest = BigInt(width - length);
  return address.bits >> rest << rest === address.bits ? { first: address, length } : undefined;
}

/** Whether an address lies in a block. */
export function isInBlock(address: IpAddress, { first, length }: AddressBlock): boolean {
  if (address.family !== first.family) return false;
  const rest = BigInt(widthOf(first) - length);
  return address.bits >> rest === first.bits >> rest;
}

/** Whether all of a block lies in another. */
export function isBlockInBlock(inner: AddressBlock, outer: AddressBlock): boolean {
  return inner.length >= outer.length && isInBlock(inner.first, outer);
}

/** The text of an address: dotted decimals, or as RFC 5952 §4 writes it. */
export function formatIpAddress({ family, bits }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((at) => bits >> at & 0xffn).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bits >> BigInt(112 - 16 * index) & 0xffffn)
    .map((group) => group.toString(16));
  const text = groups.join(":");
  // §4.2: the longest run of zeros is cut, the first of equals, and never a single one.
  const [longest] = [...text.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)]
    .sort((left, right) => right[0].length - left[0].length);
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/, "");
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}`;
}

function widthOf({ family }: IpAddress): number {
  return family === 4 ? 32 : 128;
}

/** Four decimal numbers without zeros in front (RFC 3986 §3.2.2 `IPv4address`). */
function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bits = bits << 8n | BigInt(part);
  }
  return bits;
}

/** RFC 4291 §2.2: eight groups, one run of zeros cut, and perhaps an IPv4 address in the place of the last two. */
function parseSix(text: string): bigint | undefined {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0n), ...after];
  return groups.reduce((bits, group) => bits << 16n | group, 0n);
}

function groupsOf(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const last = parts.at(-1) ?? "";
  const four = isEnd && last.includes(".") ? parseFour(last) : undefined;
  const plain = four === undefined ? parts : parts.slice(0, -1);
  if (!plain.every((part) => /^[0-9A-Fa-f]{1,4}$/.test(part))) return undefined;
  const groups = plain.map((part) => BigInt(`0x${part}`));
  return four === undefined ? groups : [...groups, four >> 16n, four & 0xffffn];
}
