import assert from "node:assert/strict";
import fc from "fast-check";
import { calleesFirst } from "./call_order.ts";

/** What is found of functions, of which each has a list of those that it calls. */
function ordered(calls: readonly (readonly number[])[], imported = 0) {
  const calleeStarts = new Uint32Array(calls.length + 1);
  calls.forEach((list, body) => calleeStarts[body + 1] = (calleeStarts[body] ?? 0) + list.length);
  return calleesFirst({ callees: Uint32Array.from(calls.flat()), calleeStarts }, imported);
}

function order(calls: readonly (readonly number[])[], imported = 0): number[] {
  return [...ordered(calls, imported).order];
}

Deno.test("callees come before their callers", () => {
  assert.deepEqual(order([[1, 2], [2], []]), [2, 1, 0]);
});

Deno.test("calls of imports do not count", () => {
  assert.deepEqual(order([[0, 3], [0, 1]], 2), [1, 0]);
});

Deno.test("a circle has some order", () => {
  assert.deepEqual(order([[1], [2], [0]]).sort(), [0, 1, 2]);
});

Deno.test("a chain of a million functions needs no stack", () => {
  const count = 1_000_000;
  const calleeStarts = Uint32Array.from(
    { length: count + 1 },
    (_, body) => Math.min(body, count - 1),
  );
  const callees = Uint32Array.from({ length: count - 1 }, (_, body) => body + 1);
  const { order: found } = calleesFirst({ callees, calleeStarts }, 0);
  assert.equal(found[0], count - 1);
  assert.equal(found[count - 1], 0);
});

Deno.test("every function is there once, and where there is no circle callees are first", () => {
  const list = fc.array(fc.nat({ max: 19 }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(list, { minLength: 1, maxLength: 20 }), fc.boolean(), (calls, any) => {
      const given = calls.map((callees, body) =>
        callees.filter((callee) => callee < calls.length && (any || callee > body))
      );
      const found = order(given);
      assert.deepEqual(
        [...found].sort((left, right) => left - right),
        given.map((_, body) => body),
      );
      if (any) return;
      const place = new Map(found.map((body, at) => [body, at]));
      given.forEach((callees, body) =>
        callees.forEach((callee) => assert.ok((place.get(callee) ?? 0) < (place.get(body) ?? 0)))
      );
    }),
  );
});

Deno.test("a function is in a circle where calls lead from it back to it", () => {
  const list = fc.array(fc.nat({ max: 9 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(list, { minLength: 1, maxLength: 10 }), (calls) => {
      const { circular } = ordered(calls);
      calls.forEach((_, body) => {
        assert.equal(circular[body] === 1, reachable(calls, body).has(body), `function ${body}`);
      });
    }),
  );
});

/** What calls of a function lead to. */
function reachable(calls: readonly (readonly number[])[], body: number): Set<number> {
  const found = new Set<number>();
  const pending = [...calls[body] ?? []];
  for (let callee = pending.pop(); callee !== undefined; callee = pending.pop()) {
    if (found.has(callee)) continue;
    found.add(callee);
    pending.push(...calls[callee] ?? []);
  }
  return found;
}
