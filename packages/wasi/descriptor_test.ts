import assert from "node:assert/strict";
import fc from "fast-check";
import { statOnMount } from "./descriptor.ts";

Deno.test("a device is told with the number of its mount above its own low 32 bits", () => {
  const stat = {
    inode: 2n,
    type: "regularFile",
    links: 1n,
    bytes: 3n,
    accessedNs: 4n,
    modifiedNs: 5n,
    changedNs: 6n,
  } as const;
  fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.nat(1000), (device, deviceNumber) => {
    const told = statOnMount({ ...stat, device }, { deviceNumber, readOnly: false });
    const expected = BigInt(deviceNumber) << 32n | BigInt.asUintN(32, device);
    assert.deepEqual(told, { ...stat, device: expected });
  }));
});
