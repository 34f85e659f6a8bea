/** Reading directories. What comes and goes meanwhile is in fs_contract.ts. */

import assert from "node:assert/strict";
import { recordBytes } from "../../layout.ts";
import { failureLater } from "../guest.ts";
import type { CaseTable } from "./case.ts";
import { fds, World } from "./world.ts";

/** `.`, `..`, `f` and five links and folders. */
const names = [".", "..", "d", "empty", "f", "link", "loop", "abs", "dangling"];

export const directoryCases: CaseTable = {
  fd_readdir: {
    "success: every name with its type and cookie, in buffers of any size": async (world) => {
      const { entries, end } = await world.readdir(fds.top, 0n, 1000);
      assert.deepEqual(entries.map(({ name }) => name), names);
      assert.deepEqual(entries.map(({ next }) => Number(next)), names.map((_, index) => index + 1));
      assert.equal(entries.at(5)?.type, "symbolicLink");
      assert.equal(end, true);
      for (const size of [30, 31, 64, 100]) {
        const seen: string[] = [];
        for (let cookie = 0n, ended = false; !ended; cookie = BigInt(seen.length)) {
          const read = await world.readdir(fds.top, cookie, size);
          seen.push(...read.entries.map(({ name }) => name));
          ended = read.end;
          assert.ok(ended || read.entries.length > 0 || size < 33);
          if (read.entries.length === 0) break;
        }
        assert.deepEqual(seen, names.slice(0, seen.length));
      }
    },
    "success: an entry that does not fit whole is cut off": async (world) => {
      const whole = recordBytes.dirent + 1;
      const [buffer, result] = [world.room(200), world.room(4)];
      world.memory.write(buffer, new Uint8Array(200).fill(33));
      await world.doLater("fd_readdir", fds.top, buffer, whole + 5, 0n, result);
      assert.equal(world.memory.readU32(result), whole + 5);
      assert.deepEqual([...world.memory.copy(buffer + whole, 7)], [2, 0, 0, 0, 0, 33, 33]);
      assert.deepEqual(await world.readdir(fds.top, 0n, 0), { entries: [], end: false });
    },
    "bounds: a cookie beyond the end, however far, is the end": async (world) => {
      for (const cookie of [9n, 100n, 1n << 53n, -1n]) {
        assert.deepEqual(await world.readdir(fds.top, cookie, 100), { entries: [], end: true });
      }
    },
    "ENOMEM: more entries than all listings may hold together": async () => {
      const world = new World({ limits: { listedEntriesMax: 13 } });
      const [one, two] = [1, 2].map(() => world.open(".", { flags: ["directory"] }));
      await world.readdir(one ?? 0, 0n, 100);
      await world.readdir(one ?? 0, 0n, 100);
      const [buffer, result] = [world.room(100), world.room(4)];
      await world.refuses("ENOMEM", "fd_readdir", two ?? 0, buffer, 100, 0n, result);
      await world.readdir(fds.folder, 0n, 100);
      world.close(one ?? 0);
      assert.equal(await failureLater(() => world.readdir(two ?? 0, 0n, 100)), "ok");
    },
  },
};
