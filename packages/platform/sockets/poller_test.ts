import assert from "node:assert/strict";
import { libc } from "../libc.ts";
import { Poller, pollEvents } from "./poller.ts";

const calls = libc();
const notHere = calls === undefined ? " (skipped: not on Linux)" : "";

Deno.test({
  name: `a source is told of its own events, also when 32 bits of numbers are used up${notHere}`,
  ignore: calls === undefined,
  async fn() {
    if (calls === undefined) return;
    for (const firstId of [1, 2 ** 32 - 1, 2 ** 40]) {
      const poller = new Poller(calls, firstId);
      const told: number[] = [];
      const waits = [0, 1, 2].map(() => Promise.withResolvers<void>());
      const sources = waits.map(({ resolve }, index) => {
        const fd = calls.eventfd(0, 0);
        const id = poller.add(fd, pollEvents.in, () => {
          told.push(index);
          poller.change(id, fd, 0);
          resolve();
        });
        return { fd, id };
      });
      for (const index of [2, 0, 1]) {
        calls.eventfd_write(sources[index]?.fd ?? -1, 1n);
        await waits[index]?.promise;
      }
      assert.deepEqual(told, [2, 0, 1]);
      for (const { fd, id } of sources) {
        poller.remove(id, fd);
        calls.close(fd);
      }
      await poller.rested;
    }
  },
});

Deno.test({
  name: `a poller that cannot watch its first source leaves no descriptor behind${notHere}`,
  ignore: calls === undefined,
  fn() {
    if (calls === undefined) return;
    const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
    const before = open();
    assert.throws(() => new Poller(calls).add(-1, pollEvents.in, () => {}), /cannot be watched/);
    assert.throws(() => new Poller({ ...calls, eventfd: () => -1 }), /no descriptor is free/);
    assert.equal(open(), before);
  },
});
