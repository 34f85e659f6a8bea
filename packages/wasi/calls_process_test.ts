import assert from "node:assert/strict";
import { isSkerryError } from "@skerry/base";
import { TestClock, TestExit, testGuest } from "./testing/guest.ts";

Deno.test("arguments and environment are laid out as C strings", () => {
  const guest = testGuest({ args: ["prog", "ä", ""], env: { A: "1", EMPTY: "" } });
  const { memory } = guest;
  const read = (sizes: string, get: string) => {
    const [count, bytes] = [guest.room(4), guest.room(4)];
    guest.do(sizes, count, bytes);
    const pointers = guest.room(memory.readU32(count) * 4);
    const buffer = guest.room(memory.readU32(bytes));
    guest.do(get, pointers, buffer);
    const text = new TextDecoder().decode(memory.copy(buffer, memory.readU32(bytes)));
    const starts = Array.from(
      { length: memory.readU32(count) },
      (_, index) => memory.readU32(pointers + index * 4) - buffer,
    );
    return { text, starts };
  };
  assert.deepEqual(read("args_sizes_get", "args_get"), { text: "prog\0ä\0\0", starts: [0, 5, 8] });
  assert.deepEqual(read("environ_sizes_get", "environ_get"), {
    text: "A=1\0EMPTY=\0",
    starts: [0, 4],
  });
});

Deno.test("a string that C cannot hold is refused before the guest runs", () => {
  const usage = (error: unknown) => isSkerryError(error) && error.code === "SKERRY_USAGE";
  assert.throws(() => testGuest({ args: ["a\0b"] }), usage);
  assert.throws(() => testGuest({ env: { A: "\0" } }), usage);
  assert.throws(() => testGuest({ env: { "A=B": "" } }), usage);
  assert.throws(() => testGuest({ env: { "": "" } }), usage);
});

Deno.test("string tables that do not fit are EFAULT, and nothing is written", () => {
  const guest = testGuest({ args: ["prog", "x"], env: { A: "1" } });
  const end = guest.memory.byteLength;
  for (const get of ["args_get", "environ_get"]) {
    assert.equal(guest.errno(get, 0, end - 3), "EFAULT");
    assert.equal(guest.errno(get, end - 2, 0), "EFAULT");
    assert.equal(guest.errno(get, -1, 0), "EFAULT");
  }
  for (const sizes of ["args_sizes_get", "environ_sizes_get"]) {
    assert.equal(guest.errno(sizes, 0, end - 3), "EFAULT");
    assert.equal(guest.errno(sizes, end - 3, 0), "EFAULT");
  }
  assert.equal(guest.memory.readU32(0), 0);
});

Deno.test("random bytes fill the buffer and nothing else", () => {
  const guest = testGuest();
  guest.do("random_get", 8, 5);
  assert.deepEqual([...guest.memory.copy(6, 9)], [0, 0, 0, 1, 2, 3, 4, 0, 0]);
  assert.equal(guest.errno("random_get", guest.memory.byteLength - 4, 5), "EFAULT");
  assert.equal(guest.errno("random_get", 0, -1), "EFAULT");
});

Deno.test("proc_exit ends the guest with its code", () => {
  const guest = testGuest();
  assert.throws(
    () => guest.raw("proc_exit", 42),
    (error) => error instanceof TestExit && error.code === 42,
  );
});

Deno.test("sched_yield lets others have a turn", async () => {
  const clock = new TestClock();
  const guest = testGuest({ clock });
  const order: string[] = [];
  queueMicrotask(() => order.push("other"));
  assert.equal(await guest.wait("sched_yield"), "ESUCCESS");
  order.push("guest");
  assert.deepEqual(order, ["other", "guest"]);
  assert.deepEqual(clock.sleeps, [0]);
});
