/** Internet addresses as the kernel has them: `sockaddr_in` and `sockaddr_in6` (ip(7), ipv6(7)). */

import { isIPv4, isIPv6 } from "node:net";
import type { ListenAddress } from "../listen_address.ts";

export const families = { inet: 2, inet6: 10 } as const;

/** Room for the larger of the two. */
export const socketAddressBytes = 28;

/** The address in the kernel's form; undefined where the host is a name, or has a zone. */
export function encodeSocketAddress({ hostname, port }: ListenAddress): Uint8Array | undefined {
  if (isIPv4(hostname)) {
    const bytes = new Uint8Array(16);
    writeFamily(bytes, families.inet, port);
    bytes.set(hostname.split(".").map(Number), 4);
    return bytes;
  }
  if (!isIPv6(hostname) || hostname.includes("%")) return undefined;
  const bytes = new Uint8Array(socketAddressBytes);
  writeFamily(bytes, families.inet6, port);
  groupsOf(hostname).forEach((group, index) => {
    bytes[8 + 2 * index] = group >>> 8;
    bytes[9 + 2 * index] = group & 0xff;
  });
  return bytes;
}

/** What the kernel wrote, as people write it (RFC 5952). */
export function decodeSocketAddress(bytes: Uint8Array): ListenAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const port = view.getUint16(2);
  if (view.getUint16(0, true) === families.inet) {
    return { hostname: bytes.subarray(4, 8).join("."), port };
  }
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(8 + 2 * index));
  if (groups.slice(0, 6).join() === "0,0,0,0,0,65535") {
    return { hostname: `::ffff:${bytes.subarray(20, 24).join(".")}`, port };
  }
  const text = groups.map((group) => group.toString(16)).join(":");
  return { hostname: new URL(`http://[${text}]`).hostname.slice(1, -1), port };
}

/** Whom a connection came from, in the same form for IPv4 whether its socket serves IPv6 as well (RFC 4291 §2.5.5.2). */
export function clientAddress(bytes: Uint8Array): { address: string; port: number } {
  const { hostname, port } = decodeSocketAddress(bytes);
  return { address: withoutMapping(hostname), port };
}

/** `192.0.2.1` of `::ffff:192.0.2.1`; any other address as it is. */
export function withoutMapping(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

function writeFamily(bytes: Uint8Array, family: number, port: number): void {
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  view.setUint16(2, port);
}

/** The eight groups of a valid IPv6 address; `URL` brings every way of writing one into a single form. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address}]`);
  const [before = "", after] = hostname.slice(1, -1).split("::");
  const read = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const [head, tail] = [read(before), read(after ?? "")];
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
