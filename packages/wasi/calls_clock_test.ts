import assert from "node:assert/strict";
import { TestClock, testGuest } from "./testing/guest.ts";

Deno.test("both clocks tell their time and resolution", () => {
  const clock = new TestClock();
  const guest = testGuest({ clock });
  guest.do("clock_time_get", 0, 1n, 0);
  assert.equal(guest.memory.readU64(0), clock.wallNs());
  guest.do("clock_time_get", 1, 0n, 8);
  assert.equal(guest.memory.readU64(8), clock.monotonicNs());
  for (const id of [0, 1]) {
    guest.do("clock_res_get", id, 16);
    assert.equal(guest.memory.readU64(16), 1000n);
  }
});

Deno.test("clocks that are not offered are EINVAL", () => {
  const guest = testGuest();
  for (const id of [2, 3, 4, -1]) {
    assert.equal(guest.errno("clock_time_get", id, 0n, 0), "EINVAL");
    assert.equal(guest.errno("clock_res_get", id, 0), "EINVAL");
  }
  assert.equal(guest.errno("clock_time_get", 0, 0n, guest.memory.byteLength - 7), "EFAULT");
  assert.equal(guest.errno("clock_res_get", 0, -8), "EFAULT");
});
