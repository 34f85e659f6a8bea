/** A cache whose large responses are in files of a disk that is none. */

import { equal } from "node:assert/strict";
import type { Field } from "@skerry/http";
import { DiskObjects } from "../disk/disk_objects.ts";
import { Counter } from "./counter.ts";
import { settled } from "./hand_clock.ts";
import { simulatedDigests, SimulatedDisk, SimulatedFiles } from "./simulated_files.ts";

/** One that has this response to `/` in a file. */
export async function filedCounter(fields: readonly Field[], large: string) {
  const disk = new SimulatedDisk();
  const counter = new Counter({
    newObjects: (nowMs) =>
      new DiskObjects({
        ...{ files: new SimulatedFiles(disk), digests: simulatedDigests(), onTrouble: () => {} },
        nowMs,
      }),
  });
  await counter.ask();
  counter.last.head({ fields }, large);
  await diskSettled();
  equal(disk.files.size, 1);
  return { counter, disk };
}

/** Lets everything go on that can, through files too. */
export async function diskSettled(): Promise<void> {
  for (let round = 0; round < 10; round += 1) await settled();
}
