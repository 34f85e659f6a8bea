/**
 * Attacks by another process, which swaps what is inside for links to what is outside, as fast as it can, while
 * the guest tries its luck. Only a walk by descriptors holds against them (SECURITY.md).
 */

import assert from "node:assert/strict";
import { failureLater, typeName } from "../guest.ts";
import type { Attacks, EscapeWorld } from "./escape_world.ts";

/** How often the other process swaps; it ends by itself after that. */
const swaps = 3_000;

const swapper = new URL("./swapper.ts", import.meta.url).pathname;

/** Has the guest try something for as long as the other process swaps, and tells how often what came of it. */
async function race(
  w: EscapeWorld,
  name: string,
  attempt: (round: number) => unknown,
): Promise<Map<string, number>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", swapper, w.inside, name, String(swaps)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  assert.ok(!(await reader.read()).done, "the other process has begun");
  const other = { swaps: true };
  const ended = child.status.then(({ success }) => {
    other.swaps = false;
    assert.ok(success, "the other process has swapped to its end");
  });
  const seen = new Map<string, number>();
  try {
    for (let round = 0; other.swaps; round += 1) {
      const errno = await failureLater(async () => await attempt(round));
      seen.set(errno, (seen.get(errno) ?? 0) + 1);
      if (round % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await ended;
  } catch (error) {
    ended.catch(() => {});
    if (other.swaps) child.kill();
    throw error;
  } finally {
    await reader.cancel();
  }
  return seen;
}

/** What may come of a name that is there, is a link that leads out, or is not there. */
const harmless = ["ok", "EPERM", "ENOENT", "EEXIST", "ENOTDIR", "EISDIR", "EINVAL", "ENOTEMPTY"];

function onlyHarmless(seen: Map<string, number>): void {
  assert.deepEqual([...seen.keys()].filter((errno) => !harmless.includes(errno)), []);
}

export const raceAttacks: Attacks = {
  "a folder is swapped for a link while the guest goes through it": async (w) => {
    w.guest.mkdir("race");
    w.guest.writeFile("race/secret", "mine");
    w.guest.symlink("../outside", "link");
    const seen = await race(w, "race", async (round) => {
      switch (round % 8) {
        case 0:
          return assert.equal(w.guest.readFile("race/secret"), "mine");
        case 1:
          return w.guest.writeFile("race/planted", "planted");
        case 2:
          return w.guest.mkdir(`race/planted-${round}`);
        case 3:
          return w.guest.unlink("race/planted");
        case 4:
          return w.guest.rename("plain", "race/plain");
        case 5:
          return w.guest.rename("race/plain", "plain");
        case 6:
          return assert.ok(!(await w.guest.list("race")).includes("folder:directory"));
        default:
          return w.guest.utimes("race/secret", 1_000_000_000n, 1_000_000_000n, "follow");
      }
    });
    onlyHarmless(seen);
  },
  "a file is swapped for a link while the guest opens it": async (w) => {
    w.guest.writeFile("race", "mine");
    w.guest.symlink("../outside/secret", "link");
    const seen = await race(w, "race", (round) => {
      switch (round % 5) {
        case 0:
          return assert.match(w.guest.readFile("race"), /^(mine)?$/);
        case 1:
          return w.guest.writeFile("race", "mine");
        case 2:
          return w.guest.close(w.guest.open("race", { flags: ["trunc"] }));
        case 3:
          return w.guest.utimes("race", 1_000_000_000n, 1_000_000_000n, "follow");
        default:
          return assert.equal(typeName(w.guest.stat("race").type), "regularFile");
      }
    });
    onlyHarmless(seen);
  },
  "a folder on the way up is swapped while the guest climbs": async (w) => {
    w.guest.mkdir("race");
    w.guest.mkdir("race/in");
    w.guest.symlink("../outside/folder", "link");
    const seen = await race(w, "race", (round) => {
      const path = round % 2 === 0 ? "race/in/../../plain" : "race/in/../../../outside/secret";
      return w.guest.stat(path);
    });
    onlyHarmless(seen);
  },
};
