import assert from "node:assert/strict";
import { listFolders } from "./files.ts";
import { watchFolders } from "./watch_folders.ts";

/** What a test is told, and a way to wait for some of it. */
class Hints {
  readonly paths: string[] = [];
  #waiting: (() => void)[] = [];

  add = (paths: readonly string[]): void => {
    this.paths.push(...paths);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  async until(fits: (path: string) => boolean): Promise<void> {
    while (!this.paths.some(fits)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const fail = (error: unknown) => assert.fail(String(error));

Deno.test("what is written, renamed into place, made and removed in a folder is told, and what is below it is not", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/below`);
    await Deno.writeTextFile(`${folder}/there`, "1");
    const hints = new Hints();
    const watch = watchFolders([folder], hints.add, fail);
    await Deno.writeTextFile(`${folder}/below/unseen`, "1");
    await Deno.writeTextFile(`${folder}/there`, "2");
    await hints.until((path) => path === `${folder}/there`);
    await Deno.writeTextFile(`${folder}/beside`, "3");
    await Deno.rename(`${folder}/beside`, `${folder}/renamed`);
    await hints.until((path) => path === `${folder}/renamed`);
    await Deno.mkdir(`${folder}/new`);
    await hints.until((path) => path === `${folder}/new`);
    hints.paths.length = 0;
    await Deno.remove(`${folder}/there`);
    await hints.until((path) => path === `${folder}/there`);
    assert.ok(!hints.paths.some((path) => path.includes("unseen")));
    watch.close();
  });
});

Deno.test("to look at a file is no change", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/read`, "1");
    const hints = new Hints();
    const watch = watchFolders([folder], hints.add, fail);
    await Deno.readTextFile(`${folder}/read`);
    await Array.fromAsync(Deno.readDir(folder));
    await Deno.writeTextFile(`${folder}/written`, "2");
    await hints.until((path) => path === `${folder}/written`);
    assert.ok(!hints.paths.includes(`${folder}/read`));
    watch.close();
    watch.close();
  });
});

Deno.test("a folder that is not there cannot be watched", async () => {
  await inFolder((folder) => {
    assert.throws(() => watchFolders([`${folder}/missing`], () => {}, fail));
    return Promise.resolve();
  });
});

Deno.test("the folders below one are listed but for those that are skipped, up to a bound", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.mkdir(`${folder}/node_modules/c`, { recursive: true });
    const skip = new Set(["node_modules"]);
    const expected = [folder, `${folder}/a`, `${folder}/a/b`];
    assert.deepEqual(await listFolders(folder, skip, 3), expected);
    await assert.rejects(listFolders(folder, skip, 2), /more than 2 folders/);
    await assert.rejects(listFolders(`${folder}/missing`, skip, 2), /does not exist/);
  });
});
