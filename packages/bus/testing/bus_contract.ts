/** What holds of every bus. */

import assert from "node:assert/strict";
import type { PurgeBus, PurgeNotice } from "../purge_bus.ts";

/** Defines the tests. @param make a bus whose clock is after 1970, and what ends it */
export function busContract(
  name: string,
  make: () => Promise<{ readonly bus: PurgeBus; readonly end: () => void | Promise<void> }>,
): void {
  const test = (what: string, act: (bus: PurgeBus) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      const { bus, end } = await make();
      await act(bus).finally(end);
    });

  test("every node is told a purge as it is, and the receipt says when each had applied it", async (bus) => {
    const told: [string, PurgeNotice][] = [];
    bus.subscribe("one", (notice) => void told.push(["one", notice]));
    bus.subscribe("two", async (notice) => {
      await Promise.resolve();
      told.push(["two", notice]);
    });
    const receipt = await bus.publish({ scopes: ["a", "b"], mode: "soft" });
    assert.deepEqual(told.map(([node]) => node).sort(), ["one", "two"]);
    for (const [, { id, scopes, mode, askedMs }] of told) {
      assert.deepEqual([id, scopes, mode], [receipt.id, ["a", "b"], "soft"]);
      assert.ok(askedMs > 0);
    }
    assert.deepEqual(Object.keys(receipt.nodes).sort(), ["one", "two"]);
    assert.ok(Object.values(receipt.nodes).every((ms) => ms > 0));
    assert.deepEqual(receipt.pending, []);
  });

  test("a purge is acknowledged when it is applied, and not before", async (bus) => {
    const open = Promise.withResolvers<void>();
    let isApplied = false;
    bus.subscribe("slow", async () => {
      await open.promise;
      isApplied = true;
    });
    const published = bus.publish({ scopes: ["a"], mode: "hard" }).then(() => isApplied);
    open.resolve();
    assert.equal(await published, true);
  });

  test("no two purges have one id", async (bus) => {
    bus.subscribe("one", () => {});
    const ids = await Promise.all(
      Array.from({ length: 100 }, () => bus.publish({ scopes: ["a"], mode: "hard" })),
    );
    assert.equal(new Set(ids.map(({ id }) => id)).size, 100);
  });

  test("who fails to apply it is told of to whoever purges", async (bus) => {
    bus.subscribe("broken", () => {
      throw new Error("no memory");
    });
    await assert.rejects(bus.publish({ scopes: ["a"], mode: "hard" }), /no memory/);
  });

  test("who has left is told nothing", async (bus) => {
    const leave = bus.subscribe("gone", () => assert.fail("it has left"));
    leave();
    const { nodes } = await bus.publish({ scopes: ["a"], mode: "hard" });
    assert.deepEqual(nodes, {});
  });
}
