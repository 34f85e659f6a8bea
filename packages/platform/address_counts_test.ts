import assert from "node:assert/strict";
import { AddressCounts, addressGroup } from "./address_counts.ts";

Deno.test("an address of IPv4 is a client, of IPv6 the network that it is in", () => {
  assert.equal(addressGroup("192.0.2.1"), "192.0.2.1");
  assert.equal(addressGroup("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(addressGroup("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  assert.equal(addressGroup("2001:db8::9"), "2001:db8:0:0::/64");
  assert.equal(addressGroup("2001:0db8:0000:0:0:0:0:9"), "2001:db8:0:0::/64");
  assert.equal(addressGroup("fe80::1%eth0"), "fe80:0:0:0::/64");
  assert.equal(addressGroup("::2"), "0:0:0:0::/64");
  assert.equal(addressGroup("2001:db8:1:2:3:4:5::"), "2001:db8:1:2::/64");
});

Deno.test("whoever comes from this machine is not counted: it may be a proxy", () => {
  const counts = new AddressCounts(1);
  for (const address of ["127.0.0.1", "127.9.9.9", "::1"]) {
    assert.ok(counts.enter(address) && counts.enter(address));
    counts.leave(address);
  }
  assert.equal(counts.size, 0);
});

Deno.test("a client has its part and others theirs, and whoever left is forgotten", () => {
  const counts = new AddressCounts(2);
  assert.deepEqual(
    [
      "192.0.2.1",
      "192.0.2.1",
      "192.0.2.1",
      "192.0.2.2",
      "2001:db8::1",
      "2001:db8::2",
      "2001:db8::3",
    ]
      .map((address) => counts.enter(address)),
    [true, true, false, true, true, true, false],
  );
  counts.leave("2001:db8::1");
  assert.ok(counts.enter("2001:db8::ffff"));
  for (const address of ["192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::9"]) {
    counts.leave(address);
  }
  assert.equal(counts.size, 0);
});
