import assert from "node:assert/strict";
import fc from "fast-check";
import { RecentMap } from "./recent_map.ts";

Deno.test("a map that knows its last uses does as one whose entries are deleted and set again at each", () => {
  const key = fc.nat(4);
  const step = fc.oneof(
    fc.record({ do: fc.constant("use"), key }),
    fc.record({ do: fc.constant("peek"), key }),
    fc.record({ do: fc.constant("set"), key, value: fc.nat() }),
    fc.record({ do: fc.constant("delete"), key }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const map = new RecentMap<number, number>();
    const model = new Map<number, number>();
    for (const step of steps) {
      const known = model.get(step.key);
      if ("value" in step) {
        map.set(step.key, step.value);
        model.delete(step.key);
        model.set(step.key, step.value);
      } else if (step.do === "delete") {
        assert.equal(map.delete(step.key), model.delete(step.key));
      } else if (step.do === "peek") {
        assert.equal(map.peek(step.key), known);
      } else {
        assert.equal(map.use(step.key), known);
        if (known !== undefined && model.delete(step.key)) model.set(step.key, known);
      }
      assert.deepEqual([...map.values()], [...model.values()]);
      assert.deepEqual([map.size, map.oldestKey()], [model.size, [...model.keys()][0]]);
    }
  }));
});

Deno.test("the entry that was given last may be deleted on the way through the others", () => {
  const map = new RecentMap<number, number>();
  for (const number of [1, 2, 3, 4]) map.set(number, number);
  const seen: number[] = [];
  for (const value of map.values()) {
    seen.push(value);
    if (value % 2 === 1) map.delete(value);
  }
  assert.deepEqual([seen, [...map.values()]], [[1, 2, 3, 4], [2, 4]]);
});
