import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

/** Takes turns for `count` tasks; gives the numbers of those that have begun, and a way to end each. */
function tasksOf(turns: Turns, count: number) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const results = Array.from({ length: count }, (_, number) =>
    turns.take(() => {
      begun.push(number);
      return new Promise<number>((resolve) => ends[number] = () => resolve(number));
    }));
  return { begun, ends, results: Promise.all(results) };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function microtasks(): Promise<void> {
  for (let count = 0; count < 10; count += 1) await Promise.resolve();
}

Deno.test("two are under way at once, and the next begins when one of them ends", async () => {
  const { begun, ends } = tasksOf(new Turns(() => 0), 6);
  assert.deepEqual(begun, [0, 1]);
  ends[1]?.();
  await microtasks();
  assert.deepEqual(begun, [0, 1, 2]);
});

Deno.test("what goes on for longer than its turn is in nobody's way", async () => {
  const { begun, ends, results } = tasksOf(new Turns(() => 0), 8);
  for (let turn = 0; turn < 8; turn += 1) await nextTurn();
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7]);
  for (const end of ends) end();
  assert.deepEqual(await results, begun);
});

Deno.test("what is answered at once, or throws, leaves its place to the next", async () => {
  const turns = new Turns(() => 0);
  for (let count = 0; count < 10; count += 1) assert.equal(turns.take(() => count), count);
  for (let count = 0; count < 10; count += 1) {
    assert.throws(() => turns.take(() => assert.fail("thrown")), /thrown/);
  }
  const { begun, ends } = tasksOf(turns, 4);
  const late = Promise.resolve(turns.take<number>(() => assert.fail("thrown later")));
  ends[0]?.();
  await microtasks();
  for (const end of ends) end();
  await assert.rejects(late, /thrown later/);
  assert.deepEqual(begun, [0, 1, 2, 3]);
});
