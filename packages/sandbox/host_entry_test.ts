import assert from "node:assert/strict";
import type { Guest, HostFunction } from "./host.ts";
import { type HostCallee, hostEntry, type HostReturn } from "./host_entry.ts";

const guest = {} as Guest<never>;

/** Whoever holds the instance: notes what it is told. */
class Callee implements HostCallee {
  readonly told: unknown[] = [];

  enterHostCall(): Guest<never> {
    return guest;
  }

  leaveHostCall(_: HostFunction<never>, answer: HostReturn): HostReturn {
    this.told.push(answer);
    return answer;
  }

  hostCallThrew(thrown: unknown): never {
    this.told.push(thrown);
    throw thrown;
  }
}

/** The import for a function of so many parameters. */
function entry(count: number, call: HostFunction<never>["call"], callee: HostCallee) {
  const params = Array<"i32">(count).fill("i32");
  return hostEntry(
    { params, results: [], suspends: false, charge: 1, call },
    0,
    () => callee,
    (answer) => answer,
  );
}

Deno.test("a host function gets its guest and as many arguments as it has parameters", () => {
  for (const count of [0, 1, 5, 9, 10, 20]) {
    const seen: unknown[][] = [];
    const callee = new Callee();
    const args = Array.from({ length: count }, (_, index) => index);
    entry(count, (...all: unknown[]) => void seen.push(all), callee)(...args);
    assert.deepEqual(seen, [[guest, ...args]]);
    assert.deepEqual(callee.told, [undefined]);
  }
});

Deno.test("a host function that names its parameters gets each in its place", () => {
  const callee = new Callee();
  const call = (_: Guest<never>, a: number, b: number, c: number) => 100 * a + 10 * b + c;
  assert.equal(entry(3, call, callee)(1, 2, 3), 123);
});

Deno.test("what a host function throws goes to whoever holds the instance, and no further unseen", () => {
  const fault = new Error("a fault");
  for (const count of [1, 12]) {
    const callee = new Callee();
    const call = entry(count, () => {
      throw fault;
    }, callee);
    assert.throws(() => call(1), fault);
    assert.deepEqual(callee.told, [fault]);
  }
});

Deno.test("a call while nobody holds the instance ends its guest", () => {
  const call = hostEntry(
    { params: [], results: [], suspends: false, charge: 1, call: () => assert.fail("it ran") },
    0,
    () => undefined,
    (answer) => answer,
  );
  assert.throws(() => call(), WebAssembly.RuntimeError);
});
