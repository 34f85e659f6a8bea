import assert from "node:assert/strict";
import { TargetWatch } from "./target_watch.ts";

/** A watch whose calls are counted, and a folder, for the length of a test. */
async function watching(
  use: (watch: TargetWatch, folder: string, changes: Changes) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const changes = new Changes();
  const watch = new TargetWatch(() => changes.add());
  try {
    await use(watch, folder, changes);
  } finally {
    watch.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Time for what must not happen. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 200));
}

class Changes {
  count = 0;
  #wake = () => {};

  add(): void {
    this.count += 1;
    this.#wake();
  }

  /** Waits for one more. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake = resolve);
  }
}

Deno.test("what is watched anew is looked at once, and then at each change of a name that counts", async () => {
  await watching(async (watch, folder, changes) => {
    watch.set({ folders: [folder], names: ["a.wasm"] });
    await changes.next();
    await Deno.writeTextFile(`${folder}/other`, "1");
    await Deno.writeTextFile(`${folder}/a.partial`, "1");
    await settled();
    assert.equal(changes.count, 1);
    const changed = changes.next();
    await Deno.rename(`${folder}/a.partial`, `${folder}/a.wasm`);
    await changed;
    await settled();
    const { count } = changes;
    watch.set({ folders: [folder], names: ["a.wasm"] });
    await settled();
    assert.equal(changes.count, count, "the same list is no news");
    const again = changes.next();
    await Deno.remove(`${folder}/a.wasm`);
    await again;
  });
});

Deno.test("many writes at once are one change", async () => {
  await watching(async (watch, folder, changes) => {
    watch.set({ folders: [folder], names: undefined });
    const changed = changes.next();
    for (let count = 0; count < 100; count += 1) Deno.writeTextFileSync(`${folder}/${count}`, "1");
    await changed;
    await settled();
    assert.ok(changes.count < 10, `${changes.count} changes`);
  });
});

Deno.test("what is not there, and what cannot be watched, is looked at now and then until it can", async () => {
  await watching(async (watch, folder, changes) => {
    watch.set({ folders: [], names: undefined });
    await changes.next();
    await changes.next();
    const later = { folders: [`${folder}/later`], names: undefined };
    watch.set(later);
    await changes.next();
    await Deno.mkdir(`${folder}/later`);
    watch.set(later);
    await changes.next();
    const changed = changes.next();
    await Deno.writeTextFile(`${folder}/later/file`, "1");
    await changed;
  });
});
