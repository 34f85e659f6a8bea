import assert from "node:assert/strict";
import fc from "fast-check";
import { parseIpAddress } from "./address.ts";
import { kindOfAddress, specialBlocks } from "./address_kinds.ts";
import {
  addressPolicy,
  type AddressPolicySettings,
  addressRefusal,
  globalAddressesOnly,
} from "./address_policy.ts";

function address(text: string) {
  const read = parseIpAddress(text);
  assert.ok(read !== undefined, text);
  return read;
}

function policy(settings: AddressPolicySettings) {
  const read = addressPolicy(settings);
  assert.ok(read.ok);
  return read.value;
}

Deno.test("each address is of the kind that the registries say", () => {
  const cases: Record<string, string[]> = {
    global: [
      ...[
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
      ],
      ...["128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255"],
      ...["198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00::1"],
      ...["2001:200::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "168.63.129.15"],
    ],
    unspecified: ["0.0.0.0", "::"],
    "this network": ["0.0.0.1", "0.255.255.255"],
    private: ["10.0.0.0", "172.16.0.0", "172.31.255.255", "192.168.1.1", "64:ff9b::10.0.0.1"],
    "shared (CGNAT)": ["100.64.0.0", "100.127.255.255", "100.100.100.200"],
    loopback: ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
    "link-local": ["169.254.169.254", "fe80::1", "febf::1", "::ffff:a9fe:a9fe"],
    "unique local": ["fc00::1", "fd00:ec2::254"],
    "site-local": ["fec0::1"],
    "protocol assignment": ["192.0.0.192", "2001:1::1", "2001:1ff::1"],
    documentation: ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    benchmarking: ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "6to4": ["192.88.99.1", "2002:7f00:1::", "2002:808:808::1"],
    Teredo: ["2001::1", "2001:0:7f00:1::"],
    "local NAT64": ["64:ff9b:1::7f00:1"],
    ORCHID: ["2001:10::1", "2001:20::1"],
    "discard-only": ["100::1", "100:0:0:1::1"],
    "IPv4-compatible": ["::127.0.0.1", "::2"],
    "IPv4-translated": ["::ffff:0:127.0.0.1"],
    ISATAP: ["2a00::5efe:7f00:1", "2a00::200:5efe:10.0.0.1"],
    "cloud platform": ["168.63.129.16"],
    multicast: ["224.0.0.1", "239.255.255.255", "ff02::1"],
    broadcast: ["255.255.255.255"],
    reserved: ["240.0.0.0", "255.255.255.254", "4000::1", "5f00::1", "200::1", "64:ff9b:2::1"],
  };
  for (const [kind, texts] of Object.entries(cases)) {
    for (const text of texts) {
      assert.equal(kindOfAddress(address(text)), kind, text);
      assert.equal(
        addressRefusal(address(text), globalAddressesOnly) === undefined,
        kind === "global",
      );
    }
  }
});

Deno.test("an operator opens what he names, and nothing beside it", () => {
  const opened = policy({ privateBackends: ["10.1.0.0/16", "[fd00::]/8", "127.0.0.1/32"] });
  const isOpen = (text: string) => addressRefusal(address(text), opened) === undefined;
  for (
    const text of [
      "10.1.2.3",
      "fd12::1",
      "127.0.0.1",
      "::ffff:10.1.0.1",
      "64:ff9b::10.1.0.1",
      "8.8.8.8",
    ]
  ) {
    assert.ok(isOpen(text), text);
  }
  for (
    const text of [
      "10.2.0.1",
      "fc00::1",
      "127.0.0.2",
      "::1",
      "::10.1.0.1",
      "2002:a01:1::",
      "64:ff9b:1::10.1.0.1",
    ]
  ) {
    assert.ok(!isOpen(text), text);
  }
});

Deno.test("an operator refuses what is the network's own, however it is written", () => {
  const refusing = policy({ refused: ["8.8.8.0/24", "2a00:1::/32"] });
  for (const text of ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2a00:1::5"]) {
    assert.match(addressRefusal(address(text), refusing) ?? "", /refused by the operator/);
  }
  const both = policy({ privateBackends: ["10.0.0.0/8"], refused: ["10.0.0.1/32"] });
  assert.ok(addressRefusal(address("10.0.0.1"), both) !== undefined);
  assert.equal(addressRefusal(address("10.0.0.2"), both), undefined);
});

Deno.test("a block that would open more than one kind of addresses is a mistake, and is said to be", () => {
  const wide = [
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/7",
    "224.0.0.0/4",
    "0.0.0.0/32",
    "255.255.255.255/32",
  ];
  const odd = ["8.8.8.0/24", "2002::/16", "::/96", "10.0.0.1/8", "ten", "", "64:ff9b::/96"];
  for (const text of [...wide, ...odd]) {
    assert.equal(addressPolicy({ privateBackends: [text] }).ok, false, text);
  }
  assert.equal(addressPolicy({ refused: ["10.0.0.1/8"] }).ok, false);
});

Deno.test("no special address passes without being opened", () => {
  const one = fc.constantFrom(...specialBlocks).chain(({ block }) => {
    const rest = BigInt((block.first.family === 4 ? 32 : 128) - block.length);
    return fc.bigInt(0n, (1n << rest) - 1n).map((more) => ({
      family: block.first.family,
      bits: block.first.bits | more,
    }));
  });
  fc.assert(fc.property(one, (found) => {
    assert.ok(addressRefusal(found, globalAddressesOnly) !== undefined);
  }));
});
