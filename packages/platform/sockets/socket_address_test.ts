import assert from "node:assert/strict";
import { assert as assertProperty, integer, ipV4, ipV6, property } from "fast-check";
import { decodeSocketAddress, encodeSocketAddress } from "./socket_address.ts";

function there(hostname: string, port = 80): string | undefined {
  const encoded = encodeSocketAddress({ hostname, port });
  return encoded && decodeSocketAddress(encoded).hostname;
}

Deno.test("addresses are laid out as ip(7) and ipv6(7) have them", () => {
  const v4 = encodeSocketAddress({ hostname: "127.0.0.1", port: 8080 });
  assert.deepEqual([...v4 ?? []], [2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const v6 = encodeSocketAddress({ hostname: "2001:db8::ff", port: 1 });
  assert.deepEqual(
    [...v6 ?? []],
    [10, 0, 0, 1, 0, 0, 0, 0, 0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), 0xff, 0, 0, 0, 0],
  );
});

Deno.test("addresses are told in their shortest form", () => {
  assert.equal(there("::"), "::");
  assert.equal(there("::1"), "::1");
  assert.equal(there("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  assert.equal(there("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
  assert.equal(there("0.0.0.0"), "0.0.0.0");
});

Deno.test("a name, a zone and what is no address are left to others", () => {
  for (const hostname of ["localhost", "fe80::1%lo", "1.2.3", "[::1]", ""]) {
    assert.equal(there(hostname), undefined, hostname);
  }
});

Deno.test("every address comes back from its encoding", () => {
  assertProperty(property(ipV4(), integer({ min: 0, max: 65_535 }), (hostname, port) => {
    const encoded = encodeSocketAddress({ hostname, port });
    assert.deepEqual(encoded && decodeSocketAddress(encoded), { hostname, port });
  }));
  assertProperty(property(ipV6(), (hostname) => {
    const encoded = encodeSocketAddress({ hostname, port: 1 });
    assert.ok(encoded !== undefined, hostname);
    const again = encodeSocketAddress(decodeSocketAddress(encoded));
    assert.deepEqual(again, encoded, hostname);
  }));
});
