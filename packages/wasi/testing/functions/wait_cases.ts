/** Waiting for clocks and descriptors. More of it is in poll_test.ts. */

import assert from "node:assert/strict";
import { errnoNames } from "@skerry/base";
import type { CaseTable } from "./case.ts";
import { fds, World } from "./world.ts";

/** A subscription as bytes: type 0 is a clock, 1 to read, 2 to write. */
interface Wanted {
  readonly type: number;
  readonly target: number;
  readonly flags?: number;
}

function subscribe(world: World, wanted: readonly Wanted[]): number {
  const at = world.room(wanted.length * 48);
  for (const [index, { type, target, flags = 0 }] of wanted.entries()) {
    const start = at + index * 48;
    world.memory.writeU64(start, BigInt(index) + 7n);
    world.memory.writeU8(start + 8, type);
    world.memory.writeU32(start + 16, target);
    world.memory.writeU16(start + 40, flags);
  }
  return at;
}

/** Polls, and tells each event as its userdata, type, errno and bytes. */
async function poll(world: World, wanted: readonly Wanted[]): Promise<string[]> {
  const [events, result] = [world.room(wanted.length * 32), world.room(4)];
  const at = subscribe(world, wanted);
  const { memory } = world;
  assert.equal(await world.wait("poll_oneoff", at, events, wanted.length, result), "ESUCCESS");
  return Array.from({ length: memory.readU32(result) }, (_, index) => {
    const event = events + index * 32;
    const errno = errnoNames[memory.readU16(event + 8)];
    const [userdata, bytes] = [memory.readU64(event), memory.readU64(event + 16)];
    return `${userdata} ${memory.readU8(event + 10)} ${errno} ${bytes}`;
  });
}

export const waitCases: CaseTable = {
  poll_oneoff: {
    "success: a clock, input, output and a file each tell when they are ready": async (world) => {
      assert.deepEqual(await poll(world, [{ type: 0, target: 1 }]), ["7 0 ESUCCESS 0"]);
      const all = [[1, fds.input], [2, fds.output], [1, fds.file], [2, fds.file]] as const;
      const events = await poll(world, all.map(([type, target]) => ({ type, target })));
      assert.deepEqual(events, [
        "7 1 ESUCCESS 5",
        "8 2 ESUCCESS 1",
        "9 1 ESUCCESS 6",
        "10 2 ESUCCESS 1",
      ]);
    },
    "success: what cannot be watched is an event with its error": async (world) => {
      world.do("fd_fdstat_set_rights", fds.file, 0n, 0n);
      const all = [[1, 99], [1, fds.output], [2, fds.input], [1, fds.top], [1, fds.file]] as const;
      const events = await poll(world, all.map(([type, target]) => ({ type, target })));
      const errors = ["EBADF", "EBADF", "EBADF", "EBADF", "ENOTCAPABLE"];
      assert.deepEqual(
        events,
        errors.map((errno, index) => `${index + 7} ${all[index]?.[0]} ${errno} 0`),
      );
    },
    "EINVAL: no subscription, more than 1,024, and those that make no sense": async (world) => {
      const at = subscribe(world, [{ type: 0, target: 1 }]);
      for (const count of [0, 1025, -1]) {
        await world.refuses("EINVAL", "poll_oneoff", at, 0, count, 0);
      }
      const senseless = [
        ...[{ type: 3, target: 0 }, { type: 255, target: 0 }],
        ...[{ type: 0, target: 2 }, { type: 0, target: -1 }, { type: 0, target: 0, flags: 2 }],
      ];
      for (const one of senseless) {
        const both = subscribe(world, [{ type: 0, target: 1 }, one]);
        await world.refuses("EINVAL", "poll_oneoff", both, world.room(64), 2, world.room(4));
      }
    },
    "EFAULT: lists that end outside memory": async (world) => {
      const end = world.memory.byteLength;
      const at = subscribe(world, [{ type: 0, target: 1 }]);
      await world.refuses("EFAULT", "poll_oneoff", end - 95, 0, 2, 0);
      await world.refuses("EFAULT", "poll_oneoff", at, end - 63, 2, 0);
      await world.refuses("EFAULT", "poll_oneoff", -48, 0, 2, 0);
    },
    "bounds: 1,024 subscriptions are looked at, in pieces, between which others have their turn":
      async () => {
        const world = new World();
        let turns = 0;
        world.turn = () => (turns += 1, Promise.resolve());
        const wanted = Array.from({ length: 1024 }, () => ({ type: 0, target: 1 }));
        assert.equal((await poll(world, wanted)).length, 1024);
        assert.equal(turns, 15);
      },
  },
};
