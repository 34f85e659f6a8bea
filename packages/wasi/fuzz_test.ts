/**
 * Random calls with random arguments, against a model that is written to be obviously right.
 *
 * `SKERRY_FUZZ_SEED` repeats a run, `SKERRY_FUZZ_STEPS` makes it longer or shorter.
 */

import assert from "node:assert/strict";
import { hostDirectory, type HostWalk } from "@skerry/platform";
import type { FileSystem } from "./file_system.ts";
import { takeImage } from "./image.ts";
import { overlayFileSystem } from "./overlay_file_system.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { fuzz, type Subject } from "./testing/fuzz/fuzz.ts";
import { TestClock } from "./testing/guest.ts";

const seed = Number(Deno.env.get("SKERRY_FUZZ_SEED") ?? 20261121);
const steps = Number(Deno.env.get("SKERRY_FUZZ_STEPS") ?? 2_000);

/** From where no file can be, to where no number can count. */
const hugeOffsets = [2n ** 53n - 1n, 2n ** 53n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n];

function inMemory(): Subject {
  const clock = new TestClock();
  const bounds = { bytesMax: 1 << 27, filesMax: 100_000, clock };
  return {
    name: "memory",
    one: memoryFileSystem(bounds),
    two: memoryFileSystem(bounds),
    clock,
    traits: { fileBytesMax: 2 ** 40, allocateBytesMax: 1 << 27, exactTimes: true },
    offsets: [...hugeOffsets, 2n ** 31n, 2n ** 32n + 5n, 2n ** 40n - 3n, 2n ** 40n, 2n ** 50n],
    directoriesMove: true,
    remove: () => {},
  };
}

function onHost(walk: HostWalk): Subject {
  const path = Deno.makeTempDirSync({ prefix: "skerry-fuzz-" });
  for (const name of ["one", "two", "outside"]) Deno.mkdirSync(`${path}/${name}`);
  Deno.writeTextFileSync(`${path}/outside/secret`, "canary");
  return {
    name: `host by ${walk}`,
    one: hostDirectory(`${path}/one`, { walk }),
    two: hostDirectory(`${path}/two`, { walk }),
    clock: new TestClock(),
    traits: { fileBytesMax: "its own", allocateBytesMax: Infinity, exactTimes: false },
    offsets: [...hugeOffsets, 2n ** 31n, 2n ** 32n + 5n],
    directoriesMove: walk === "descriptors",
    remove: () => {
      const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
      assert.deepEqual(names, ["one", "outside", "two"], "something was planted beside");
      assert.deepEqual([...Deno.readDirSync(`${path}/outside`)].map(({ name }) => name), [
        "secret",
      ]);
      assert.equal(Deno.readTextFileSync(`${path}/outside/secret`), "canary");
      Deno.removeSync(path, { recursive: true });
    },
  };
}

/** What is written goes into a layer in memory, and each guest has one more upon the last. */
function inLayers(base: Subject): Subject {
  const bounds = { bytesMax: 1 << 27, filesMax: 100_000, clock: base.clock };
  const follow = (fileSystem: FileSystem) => overlayFileSystem(fileSystem, bounds);
  return { ...base, name: `layers on ${base.name}`, follow };
}

/** Layers hold less than the host, and what is changed there has to be copied: no file of the base is large. */
function inLayersOnHost(): Subject {
  const traits = {
    fileBytesMax: "its own",
    allocateBytesMax: "its own",
    exactTimes: false,
  } as const;
  return inLayers({ ...onHost("descriptors"), traits, offsets: hugeOffsets });
}

/** Each guest has a memory file system that begins with an image of what the last one left. */
function inImages(): Subject {
  const base = inMemory();
  const bounds = { bytesMax: 1 << 27, filesMax: 100_000, clock: base.clock };
  const follow = async (fileSystem: FileSystem) =>
    memoryFileSystem(bounds, await takeImage(fileSystem));
  return { ...base, name: "images", follow };
}

const subjects: readonly (readonly [make: () => Subject, runs: number])[] = [
  [inMemory, 10],
  [() => inLayers(inMemory()), 6],
  [inLayersOnHost, 3],
  [inImages, 6],
  [() => onHost("descriptors"), 4],
  [() => onHost("paths"), 4],
];

for (const [make, runs] of subjects) {
  const { name, remove } = make();
  remove();
  Deno.test(`INV-5: ${name}: random calls do what a simple model says, and none ends in an exception`, async () => {
    console.log(`SKERRY_FUZZ_SEED=${seed} SKERRY_FUZZ_STEPS=${steps}`);
    const seen = new Set<string>();
    for (let run = 0; run < runs; run += 1) {
      const subject = make();
      const { succeeded, answers } = await fuzz(subject, seed + run, steps);
      subject.remove();
      for (const answer of answers.keys()) seen.add(answer);
      assert.ok(succeeded > steps / 5, `${succeeded} calls of ${steps} have succeeded`);
    }
    assert.ok(seen.size > 150, `${seen.size} answers`);
  });
}
