import { deepEqual, equal } from "node:assert/strict";
import type { Field } from "@skerry/http";
import { DiskObjects } from "../disk/disk_objects.ts";
import { Counter } from "../testing/counter.ts";
import { settled } from "../testing/hand_clock.ts";
import { simulatedDigests, SimulatedDisk, SimulatedFiles } from "../testing/simulated_files.ts";

const fields: readonly Field[] = [["cache-control", "max-age=60"]];
/** So long that memory lets go of its beginning. */
const large = "large ".repeat(100_000);

/** A disk that holds up what is asked of it, while it is told to. */
class SlowDisk extends SimulatedDisk {
  readonly #held: (() => void)[] = [];
  isHeld = false;

  readonly delay = (): Promise<void> =>
    this.isHeld ? new Promise((resolve) => this.#held.push(resolve)) : Promise.resolve();

  /** Does all that was asked of it, and holds nothing up any more. */
  go(): void {
    this.isHeld = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }
}

async function settle(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await settled();
}

/** A large body all of which has come, and was read, while the disk still writes its end. */
async function almostKept() {
  const disk = new SlowDisk();
  const counter = new Counter({
    newObjects: (nowMs) =>
      new DiskObjects({
        files: new SimulatedFiles(disk, disk.delay),
        ...{ digests: simulatedDigests(), onTrouble: () => {}, nowMs },
      }),
  });
  const first = await counter.ask();
  counter.last.head({ fields });
  counter.last.send(large);
  await settle();
  const reading = first.readAll();
  await settle();
  disk.isHeld = true;
  counter.last.end();
  await reading;
  deepEqual([first.end, first.text === large, disk.files.size], ["whole", true, 0]);
  return { counter, disk };
}

Deno.test("who comes after the last byte has gone out, and before the file has its name, reads all of it there", async () => {
  const { counter, disk } = await almostKept();
  const late = await counter.ask();
  equal(late.result, "collapsed");
  // It has its name before they have read to the end.
  disk.go();
  await late.read();
  await settle();
  equal(disk.files.size, 1);
  await late.readAll();
  deepEqual([late.end, late.text === large], ["whole", true]);
  equal(disk.opened, 0);
});

Deno.test("whoever comes at whatever moment while a file gets its name has all of it, by one fetch", async () => {
  const results = new Set<unknown>();
  for (let moment = 0; moment < 60; moment += 1) {
    const { counter, disk } = await almostKept();
    disk.go();
    for (let microtask = 0; microtask < moment; microtask += 1) await Promise.resolve();
    const late = await counter.ask();
    await settle();
    await late.readAll();
    deepEqual([late.end, late.text === large, counter.fetches.length], ["whole", true, 1]);
    equal(disk.opened, 0);
    results.add(late.result);
  }
  deepEqual(results, new Set(["collapsed", "hit"]));
});

Deno.test("a file that nobody reads is closed once it has its name", async () => {
  const { counter, disk } = await almostKept();
  equal(disk.opened, 1);
  disk.go();
  await settle();
  deepEqual([disk.files.size, disk.opened, counter.fetches.length], [1, 0, 1]);
});
