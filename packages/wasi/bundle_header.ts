/**
 * One header of a tar archive, as POSIX.1-2017 pax ("ustar Interchange Format", "pax Extended Header") and the manual
 * of GNU tar ("Basic Tar Format") lay it out. Nothing that it says is believed but what its checksum covers.
 */

import { decodeUtf8 } from "@skerry/base";

/** Everything in an archive stands at a multiple of this. */
export const tarBlockBytes = 512;

/** What a header says, as far as it matters here. */
export interface TarHeader {
  readonly type: string;
  readonly name: Uint8Array;
  readonly linkName: Uint8Array;
  /** Bytes that follow the header; undefined where that is no number that can be meant. */
  readonly bytes: number | undefined;
  readonly modifiedNs: bigint;
}

/** Reads a header; undefined where the checksum is not its own. */
export function readTarHeader(block: Uint8Array): TarHeader | undefined {
  const claimed = readNumber(block.subarray(148, 156));
  if (claimed === undefined || (claimed !== sum(block, 0) && claimed !== sum(block, 128))) {
    return undefined;
  }
  const magic = decodeUtf8(block.subarray(257, 263));
  const prefix = magic === "ustar\0" ? textOf(block.subarray(345, 500)) : new Uint8Array(0);
  const seconds = readNumber(block.subarray(136, 148)) ?? 0;
  return {
    type: String.fromCharCode(block[156] ?? 0),
    name: joined(prefix, textOf(block.subarray(0, 100))),
    linkName: textOf(block.subarray(157, 257)),
    bytes: readNumber(block.subarray(124, 136)),
    modifiedNs: BigInt(seconds) * 1_000_000_000n,
  };
}

/** The sum of all bytes, those of the checksum itself counted as spaces; some old archives take bytes as signed. */
function sum(block: Uint8Array, signedFrom: 0 | 128): number {
  let total = 0;
  for (let index = 0; index < tarBlockBytes; index += 1) {
    const byte = index >= 148 && index < 156 ? 32 : block[index] ?? 0;
    total += signedFrom !== 0 && byte >= signedFrom ? byte - 256 : byte;
  }
  return total;
}

/** Octal digits between spaces, or GNU's base 256, which its first bit tells. */
function readNumber(field: Uint8Array): number | undefined {
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    if (first !== 0x80) return undefined;
    const value = field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(decodeUtf8(textOf(field)));
  return digits === null ? undefined : Number.parseInt(digits[1] || "0", 8);
}

/** What stands before the first NUL. */
function textOf(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}

function joined(prefix: Uint8Array, name: Uint8Array): Uint8Array {
  if (prefix.length === 0) return name;
  const path = new Uint8Array(prefix.length + 1 + name.length);
  path.set(prefix);
  path[prefix.length] = 0x2f;
  path.set(name, prefix.length + 1);
  return path;
}
