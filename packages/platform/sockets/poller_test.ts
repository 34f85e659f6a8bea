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
    // Its own alone: other tests of this process open some meanwhile.
    const open = new Set<number>();
    let opened = 0;
    const noted = (fd: number) => {
      opened += 1;
      open.add(fd);
      return fd;
    };
    const own = {
      ...calls,
      epoll_create1: (flags: number) => noted(calls.epoll_create1(flags)),
      eventfd: (value: number, flags: number) => noted(calls.eventfd(value, flags)),
      close: (fd: number) => {
        open.delete(fd);
        return calls.close(fd);
      },
    };
    assert.throws(() => new Poller(own).add(-1, pollEvents.in, () => {}), /cannot be watched/);
    assert.throws(() => new Poller({ ...own, eventfd: () => -1 }), /no descriptor is free/);
    assert.equal(opened, 3);
    assert.deepEqual([...open], []);
  },
});
