import assert from "node:assert/strict";
import fc from "fast-check";
import { GuestMemory, GuestMemoryFault } from "./mod.ts";

const pageBytes = 65_536;

Deno.test("INV-4: every access is checked against the memory as it is now", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const guest = new GuestMemory(memory);
  const accesses: ((at: number) => unknown)[] = [
    (at) => guest.readU8(at),
    (at) => guest.readU16(at),
    (at) => guest.readU32(at),
    (at) => guest.readU64(at),
    (at) => guest.view(at, 1),
    (at) => guest.copy(at, 1),
    (at) => guest.write(at, new Uint8Array(1)),
    (at) => guest.writeWith(at, 1, () => {}),
    (at) => guest.writeU8(at, 1),
    (at) => guest.writeU16(at, 1),
    (at) => guest.writeU32(at, 1),
    (at) => guest.writeU64(at, 1n),
    (at) => guest.writeWhole(at, 1),
  ];
  for (const access of accesses) {
    access(0);
    access(pageBytes - 8);
    for (const at of [pageBytes, -1, 0xffff_ffff, 0x7fff_ffff]) {
      assert.throws(() => access(at), GuestMemoryFault, `${access} at ${at}`);
    }
  }
  memory.grow(1);
  for (const access of accesses) access(2 * pageBytes - 8);
});

Deno.test("INV-4: a range that wraps around, or begins inside and ends outside, is a fault", () => {
  const guest = new GuestMemory(new WebAssembly.Memory({ initial: 1 }));
  assert.throws(() => guest.view(-4, 8), GuestMemoryFault);
  assert.throws(() => guest.view(pageBytes - 1, 2), GuestMemoryFault);
  assert.throws(() => guest.view(0, -1), GuestMemoryFault);
  assert.equal(guest.view(pageBytes, 0).length, 0);
});

Deno.test("INV-4: what is written after growth is what the guest sees", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
  const guest = new GuestMemory(memory);
  guest.writeU32(0, 1);
  memory.grow(1);
  guest.writeU32(0, 0xdead_beef);
  assert.equal(new DataView(memory.buffer).getUint32(0, true), 0xdead_beef);
  assert.equal(guest.byteLength, 2 * pageBytes);
});

Deno.test("INV-4: whichever ranges are asked for, and however often, each is of the memory as it is now", () => {
  const place = fc.record({ at: fc.nat(8), bytes: fc.nat(4), grows: fc.boolean() });
  fc.assert(fc.property(fc.array(place, { maxLength: 20 }), (places) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 30 });
    const guest = new GuestMemory(memory);
    for (const [index, { at, bytes, grows }] of places.entries()) {
      const written = guest.writeWith(at, bytes, (target) => target.fill(index + 1).length);
      assert.equal(written, bytes);
      if (grows) memory.grow(1);
      const now = new Uint8Array(memory.buffer, at, bytes);
      assert.deepEqual(guest.view(at, bytes), now);
      assert.equal(guest.view(at, bytes).buffer, memory.buffer);
      assert.ok(now.every((byte) => byte === index + 1));
    }
  }));
});

Deno.test("a whole number is written as the same number of 64 bits is", () => {
  const guest = new GuestMemory(new WebAssembly.Memory({ initial: 1 }));
  const numbers = fc.oneof(
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53),
  );
  fc.assert(fc.property(fc.nat(pageBytes - 8), numbers, (at, number) => {
    guest.writeWhole(at, number);
    assert.equal(guest.readU64(at), BigInt(number));
  }));
});
