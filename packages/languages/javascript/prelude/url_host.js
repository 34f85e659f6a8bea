// Hosts of the URL standard: IPv6 and IPv4 addresses, and domain names in ASCII.

import { percentDecode, percentEncode } from "./percent.js";

const invalid = (why) => new TypeError(`Invalid URL: ${why}`);

export function parseHost(text, special) {
  if (text.startsWith("[")) return `[${parseIpv6(text.slice(1, -1))}]`;
  if (!special && /[\0\t\n\r #/:<>?@[\\\]^|]/.test(text)) {
    throw invalid("its host has a forbidden character");
  }
  if (!special) return percentEncode(text, (character) => character >= " " && character < "\x7f");
  const domain = percentDecode(text).toLowerCase();
  if (/[^\0-\x7f]/.test(domain)) throw invalid("its host is not ASCII; write it as punycode");
  if (domain === "" || /[\0- "#%/:<>?@[\\\]^`{|}\x7f]/.test(domain)) {
    throw invalid("its host has a forbidden character");
  }
  return /(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/.test(domain) ? parseIpv4(domain) : domain;
}

/** An address whose last part is a number: up to four parts, each decimal, octal or hexadecimal. */
function parseIpv4(text) {
  const parts = text.replace(/\.$/, "").split(".").map(parseIpv4Part);
  const last = parts.pop();
  if (parts.length > 3 || parts.some((part) => part > 255) || !(last < 256 ** (4 - parts.length))) {
    throw invalid("its host is no IPv4 address");
  }
  const address = parts.reduce((sum, part, index) => sum + part * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

function parseIpv4Part(text) {
  if (/^0x[0-9a-f]*$/.test(text)) return parseInt(text.slice(2) || "0", 16);
  if (/^0[0-7]+$/.test(text)) return parseInt(text, 8);
  if (/^\d+$/.test(text) && !/^0\d/.test(text)) return Number(text);
  throw invalid("its host is no IPv4 address");
}

function parseIpv6(text) {
  const halves = text.split("::");
  const [head, tail] = halves.map(groupsOf);
  const count = head.length + (tail?.length ?? 0);
  if (halves.length > 2 || (tail === undefined ? count !== 8 : count > 7)) {
    throw invalid("its host is no IPv6 address");
  }
  const zeros = Array.from({ length: 8 - count }, () => 0);
  return compress(tail === undefined ? head : [...head, ...zeros, ...tail]);
}

function groupsOf(text) {
  if (text === "") return [];
  return text.split(":").flatMap((group, index, groups) => {
    const address = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(group);
    if (address !== null && index === groups.length - 1) {
      const bytes = address.slice(1).map(Number);
      if (bytes.every((byte) => byte < 256)) {
        return [bytes[0] * 256 + bytes[1], bytes[2] * 256 + bytes[3]];
      }
    }
    if (!/^[0-9a-f]{1,4}$/i.test(group)) throw invalid("its host is no IPv6 address");
    return [parseInt(group, 16)];
  });
}

/** RFC 5952: the first longest run of two or more zero groups becomes `::`. */
function compress(groups) {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = (part) => part.map((group) => group.toString(16)).join(":");
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
