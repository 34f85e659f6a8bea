import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import {
  formatIpAddress,
  isBlockInBlock,
  isInBlock,
  parseAddressBlock,
  parseIpAddress,
} from "./address.ts";

function read(text: string): string | undefined {
  const address = parseIpAddress(text);
  return address && formatIpAddress(address);
}

Deno.test("an address is read in its one form, and written so", () => {
  const cases: [string, string][] = [
    ["1.2.3.4", "1.2.3.4"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:2:3:4:5:6::8", "1:2:3:4:5:6:0:8"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::FFFF:0a00:0001", "10.0.0.1"],
    ["0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1"],
  ];
  for (const [text, expected] of cases) assert.equal(read(text), expected, text);
});

Deno.test("forms that only some programs read are no addresses", () => {
  const four = ["", "1", "127.1", "127.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "1.2.3.256"];
  const spelled = [
    "1.2.3.4.",
    ".1.2.3.4",
    "1.2.3.4 ",
    "1.2.3.+4",
    "1.2..4",
    "１.2.3.4",
    "1.2.3.04",
  ];
  const six = [
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::g",
    "fe80::1%1",
  ];
  const mixed = [
    "1.2.3.4::",
    "::1.2.3",
    "::01.2.3.4",
    "1:2:3:4:5:6:7::8:9",
    "::1:",
    ":1::",
    "[::1]",
    "1:2:3:4:5:6:7:1.2.3.4",
  ];
  for (const text of [...four, ...spelled, ...six, ...mixed]) {
    assert.equal(read(text), undefined, text);
  }
});

Deno.test("what is read as an address is one to others too, and the other way round", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ":",
      "::",
      ".",
      "0",
      "1",
      "ffff",
      "255",
      "256",
      "01",
      "127.0.0.1",
      "g",
      "00000",
    ),
    fc.nat(70_000).map((number) => number.toString(16)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join("")), (text) => {
      assert.equal(parseIpAddress(text) !== undefined, isIPv4(text) || isIPv6(text), text);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("an address that was written is read as the same", () => {
  fc.assert(fc.property(fc.bigInt(0n, (1n << 128n) - 1n), fc.nat(128), (bits, zeros) => {
    const address = { family: 6 as const, bits: bits >> BigInt(zeros) << BigInt(zeros >> 1) };
    const again = parseIpAddress(formatIpAddress(address));
    if (address.bits >> 32n === 0xffffn) assert.equal(again?.family, 4);
    else assert.deepEqual(again, address);
  }));
});

Deno.test("a block is its first bits, and has no others", () => {
  const holds = (block: string, address: string) => {
    const [outer, inner] = [parseAddressBlock(block), parseIpAddress(address)];
    assert.ok(outer !== undefined && inner !== undefined);
    return isInBlock(inner, outer);
  };
  assert.ok(holds("10.0.0.0/8", "10.255.255.255") && !holds("10.0.0.0/8", "11.0.0.0"));
  assert.ok(holds("[fd00::]/8", "fdff::1") && !holds("fd00::/8", "fc00::1"));
  assert.ok(holds("1.2.3.4", "1.2.3.4") && !holds("1.2.3.4", "1.2.3.5"));
  assert.ok(holds("0.0.0.0/0", "1.2.3.4") && !holds("0.0.0.0/0", "::1") && holds("::/0", "::1"));
  for (
    const text of [
      "10.0.0.1/8",
      "10.0.0.0/33",
      "10.0.0.0/",
      "10.0.0.0/08",
      "[10.0.0.0]/8",
      "/8",
      "fd00::/129",
    ]
  ) {
    assert.equal(parseAddressBlock(text), undefined, text);
  }
  const [wide, narrow] = [parseAddressBlock("10.0.0.0/8"), parseAddressBlock("10.1.0.0/16")];
  assert.ok(wide !== undefined && narrow !== undefined);
  assert.ok(isBlockInBlock(narrow, wide) && !isBlockInBlock(wide, narrow));
});
