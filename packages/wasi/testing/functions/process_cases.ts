/** Arguments, environment, clocks, chance, and the end of the process. */

import assert from "node:assert/strict";
import type { Cases, CaseTable } from "./case.ts";
import { TestClock, TestExit, type TestGuest, testGuest } from "../guest.ts";

export const processCases: CaseTable = {
  args_sizes_get: {
    "success: how many strings there are, and their bytes with each NUL": (world) => {
      assert.deepEqual(sizes(world, "args_sizes_get"), [2, "prog\0x\0".length]);
      assert.deepEqual(sizes(testGuest({ args: ["ä"] }), "args_sizes_get"), [1, 3]);
      assert.deepEqual(sizes(testGuest(), "args_sizes_get"), [0, 0]);
    },
  },
  args_get: {
    "success: C strings one after the other, and where each begins": () => {
      const guest = testGuest({ args: ["prog", "ä", ""] });
      const told = strings(guest, "args");
      assert.deepEqual(told, { text: "prog\0ä\0\0", starts: [0, 5, 8] });
    },
  },
  environ_sizes_get: {
    "success: how many variables there are, and their bytes with each NUL": (world) => {
      assert.deepEqual(sizes(world, "environ_sizes_get"), [1, "A=1\0".length]);
    },
  },
  environ_get: {
    "success: each variable as NAME=value, and where it begins": () => {
      const guest = testGuest({ env: { A: "1", EMPTY: "" } });
      assert.deepEqual(strings(guest, "environ"), { text: "A=1\0EMPTY=\0", starts: [0, 4] });
    },
  },
  clock_res_get: {
    "success: both clocks tell their resolution": (world) => {
      for (const id of [0, 1]) {
        world.do("clock_res_get", id, 16);
        assert.equal(world.memory.readU64(16), 1000n);
      }
    },
    ...otherClocks("clock_res_get"),
  },
  clock_time_get: {
    "success: both clocks tell their time": () => {
      const clock = new TestClock();
      const guest = testGuest({ clock });
      guest.do("clock_time_get", 0, 1n, 0);
      assert.equal(guest.memory.readU64(0), clock.wallNs());
      guest.do("clock_time_get", 1, 0n, 8);
      assert.equal(guest.memory.readU64(8), clock.monotonicNs());
    },
    "success: a clock that tells its time as a number tells the same": () => {
      const clock = Object.assign(new TestClock(), { monotonicWholeNs: () => 2 ** 52 + 1 });
      const guest = testGuest({ clock });
      guest.do("clock_time_get", 1, 0n, 8);
      assert.equal(guest.memory.readU64(8), 2n ** 52n + 1n);
      guest.do("clock_time_get", 0, 0n, 8);
      assert.equal(guest.memory.readU64(8), clock.wallNs());
    },
    ...otherClocks("clock_time_get", 0n),
  },
  random_get: {
    "success: random bytes fill the buffer and nothing else": (world) => {
      world.do("random_get", 8, 5);
      assert.deepEqual([...world.memory.copy(6, 9)], [0, 0, 0, 1, 2, 3, 4, 0, 0]);
      world.do("random_get", world.memory.byteLength, 0);
    },
    "bounds: a large buffer is filled in pieces, between which others have their turn": async (
      w,
    ) => {
      let turns = 0;
      w.turn = () => (turns += 1, Promise.resolve());
      assert.equal(await w.wait("random_get", 0, 200_000), "ESUCCESS");
      assert.equal(turns, 4);
      assert.deepEqual([...w.memory.copy(199_999, 2)], [(199_999 % 65_536) & 255, 0]);
    },
  },
  proc_exit: {
    "success: the guest ends with its code": (world) => {
      for (const code of [0, 42, -1]) {
        assert.throws(
          () => world.raw("proc_exit", code),
          (error) => error instanceof TestExit && error.code === code,
        );
      }
    },
  },
  proc_raise: {
    "success: a signal ends the guest with 128 and its number, where it ends a process": (
      world,
    ) => {
      const ending = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 23, 24, 25, 26, 28, 29, 30];
      for (const signal of ending) {
        assert.throws(
          () => world.raw("proc_raise", signal),
          (error) => error instanceof TestExit && error.code === 128 + signal,
        );
      }
    },
    "success: none, PIPE, CHLD, CONT, URG and WINCH do nothing to a process": (world) => {
      for (const signal of [0, 13, 16, 17, 22, 27]) world.do("proc_raise", signal);
    },
    "ENOTSUP: STOP, TSTP, TTIN and TTOU, after which nobody could continue it": async (world) => {
      for (const signal of [18, 19, 20, 21]) await world.refuses("ENOTSUP", "proc_raise", signal);
    },
    "EINVAL: no signal": async (world) => {
      for (const signal of [31, 255, -1]) await world.refuses("EINVAL", "proc_raise", signal);
    },
  },
  sched_yield: {
    "success: others have a turn": async () => {
      const clock = new TestClock();
      const guest = testGuest({ clock });
      const order: string[] = [];
      queueMicrotask(() => order.push("other"));
      assert.equal(await guest.wait("sched_yield"), "ESUCCESS");
      order.push("guest");
      assert.deepEqual(order, ["other", "guest"]);
      assert.deepEqual(clock.sleeps, [0]);
    },
  },
};

function otherClocks(name: "clock_res_get" | "clock_time_get", ...more: bigint[]): Cases {
  return {
    "EINVAL: the clocks of CPU time, and those that there are not": async (world) => {
      for (const id of [2, 3, 4, -1]) await world.refuses("EINVAL", name, id, ...more, 0);
    },
  };
}

function sizes(guest: TestGuest, name: string): [count: number, bytes: number] {
  const [count, bytes] = [guest.room(4), guest.room(4)];
  guest.do(name, count, bytes);
  return [guest.memory.readU32(count), guest.memory.readU32(bytes)];
}

/** The strings' bytes, and where in them each string begins. */
function strings(guest: TestGuest, what: "args" | "environ") {
  const { memory } = guest;
  const [count, bytes] = sizes(guest, `${what}_sizes_get`);
  const [pointers, buffer] = [guest.room(count * 4), guest.room(bytes)];
  guest.do(`${what}_get`, pointers, buffer);
  const text = new TextDecoder().decode(memory.copy(buffer, bytes));
  const start = (_: unknown, index: number) => memory.readU32(pointers + index * 4) - buffer;
  return { text, starts: Array.from({ length: count }, start) };
}
