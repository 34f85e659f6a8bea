import assert from "node:assert/strict";
import { Gate } from "./gate.ts";

const { signal: never } = new AbortController();

Deno.test("places are taken at once while there are some, then in the order of asking", async () => {
  const gate = new Gate(2, 2);
  assert.deepEqual([gate.enter(never), gate.enter(never)], ["admitted", "admitted"]);
  const order: number[] = [];
  const first = Promise.resolve(gate.enter(never)).then(() => order.push(1));
  const second = Promise.resolve(gate.enter(never)).then(() => order.push(2));
  assert.equal(gate.enter(never), "full");
  gate.leave();
  await first;
  gate.leave();
  await second;
  assert.deepEqual(order, [1, 2]);
  assert.deepEqual(gate.load, { taken: 2, waiting: 0 });
  gate.leave();
  gate.leave();
  assert.deepEqual(gate.load, { taken: 0, waiting: 0 });
});

Deno.test("who gives up leaves the line, and takes no place", async () => {
  const gate = new Gate(1, 5);
  gate.enter(never);
  const leaving = new AbortController();
  const gone = gate.enter(leaving.signal);
  const next = gate.enter(never);
  leaving.abort();
  assert.equal(await gone, "given up");
  gate.leave();
  assert.equal(await next, "admitted");
  assert.equal(gate.enter(AbortSignal.abort()), "given up");
  gate.leave();
  assert.deepEqual(gate.load, { taken: 0, waiting: 0 });
});
