import assert from "node:assert/strict";
import type { Clock } from "@skerry/base";
import { DiskKeeper } from "./disk_keeper.ts";
import type { ListedObject, ObjectFolders } from "./object_folders.ts";

const clock: Clock = {
  ...{ wallNs: () => 0n, monotonicNs: () => 0n, resolutionNs: 1n },
  sleep: () => Promise.resolve(),
};

/** Folders in memory. */
class Folders implements ObjectFolders {
  readonly all = new Map<string, ListedObject>();
  readonly #folders = new Map<string, Set<ListedObject>>();
  looks = 0;

  put(path: string, bytes: number, usedMs: number): void {
    const object = { path, bytes, usedMs };
    const folder = this.#folders.get(folderOf(path)) ?? new Set();
    this.#folders.set(folderOf(path), folder.add(object));
    this.all.set(path, object);
  }

  async *list(): AsyncIterable<string> {
    yield* [...this.#folders.keys()];
  }

  files(folder: string): Promise<readonly ListedObject[]> {
    this.looks += 1;
    return Promise.resolve([...this.#folders.get(folder) ?? []]);
  }

  remove(path: string): void {
    const object = this.all.get(path);
    if (object !== undefined) this.#folders.get(folderOf(path))?.delete(object);
    this.all.delete(path);
  }

  bytesOf(tenant: string): number {
    const own = [...this.all.values()].filter(({ path }) => path.startsWith(`${tenant}/`));
    return own.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function keeperOf(folders: Folders, bytesMax: number, filesMax = 1e6): DiskKeeper {
  return new DiskKeeper({ folders, clock, bytesMax, filesMax, weightOf: () => 1 });
}

Deno.test("what is there when a node starts is counted, and made smaller where it is too much", async () => {
  const folders = new Folders();
  for (let at = 0; at < 1000; at += 1) folders.put(`t/${at % 16}/${at}`, 100, at);
  const keeper = keeperOf(folders, 50_000);
  await keeper.count();
  assert.deepEqual(keeper.usage, { bytes: 100_000, files: 1000 });
  await keeper.tidy();
  assert.ok(folders.bytesOf("t") <= 50_000 && folders.bytesOf("t") > 48_000);
  assert.deepEqual(keeper.usage, { bytes: folders.bytesOf("t"), files: folders.all.size });
});

Deno.test("few large files go in the order in which they were used, wherever they lie", async () => {
  const folders = new Folders();
  const order = [7, 3, 9, 1, 8, 0, 2, 6, 4, 5];
  for (const at of order) folders.put(`t/${at}/${at}`, 1000, order.indexOf(at));
  const keeper = keeperOf(folders, 6000);
  await keeper.count();
  await keeper.tidy();
  assert.deepEqual(
    [...folders.all.keys()].map((path) => Number(path.at(-1))).sort(),
    [2, 4, 5, 6, 0].sort(),
  );
});

Deno.test("of many files those that were used longest ago go first, as far as a sample tells", async () => {
  const folders = new Folders();
  const count = 20_000;
  for (let at = 0; at < count; at += 1) {
    folders.put(`t/${Math.imul(at, 0x9e3779b1) >>> 24}/${at}`, 10, at);
  }
  const keeper = keeperOf(folders, count * 5);
  await keeper.count();
  await keeper.tidy();
  const kept = [...folders.all.values()];
  const recent = kept.filter(({ usedMs }) => usedMs >= count / 2).length / kept.length;
  assert.ok(recent > 0.9, `${recent} of what is kept is of the younger half`);
});

Deno.test("who is within their share loses nothing to others", async () => {
  const folders = new Folders();
  for (let at = 0; at < 100; at += 1) folders.put(`small/0/${at}`, 100, 0);
  for (let at = 0; at < 10_000; at += 1) folders.put(`greedy/${at % 64}/${at}`, 100, 1000 + at);
  const keeper = keeperOf(folders, 100_000);
  await keeper.count();
  await keeper.tidy();
  assert.equal(folders.bytesOf("small"), 10_000);
  assert.ok(folders.bytesOf("greedy") <= 90_000);
});

Deno.test("the number of files is bounded too", async () => {
  const folders = new Folders();
  for (let at = 0; at < 1000; at += 1) folders.put(`t/${at % 4}/${at}`, 1, at);
  const keeper = keeperOf(folders, 1e9, 100);
  await keeper.count();
  await keeper.tidy();
  assert.ok(folders.all.size <= 100);
});

Deno.test("what it was told and is not so is corrected before anything goes", async () => {
  const folders = new Folders();
  for (let at = 0; at < 100; at += 1) folders.put(`t/${at % 4}/${at}`, 100, at);
  const keeper = keeperOf(folders, 11_000);
  for (let at = 0; at < 4; at += 1) keeper.grown({ [`t/${at}`]: { bytes: 4000, files: 40 } });
  await keeper.tidy();
  assert.equal(folders.all.size, 100);
  assert.deepEqual(keeper.usage, { bytes: 10_000, files: 100 });
});

Deno.test("within its bounds it looks at nothing", async () => {
  const folders = new Folders();
  const keeper = keeperOf(folders, 1000);
  keeper.grown({ "t/0": { bytes: 900, files: 1 } });
  keeper.grown({ "t/0": { bytes: -100, files: 0 } });
  await keeper.tidy();
  assert.equal(folders.looks, 0);
  assert.deepEqual(keeper.usage, { bytes: 800, files: 1 });
});
