/** A disk that is soon full: a small file system of its own, which only root can mount. */

import assert from "node:assert/strict";

/** Lends a small file system in memory; undefined where none may be mounted. */
export async function withSmallDisk<Result>(
  use: (folder: string) => Promise<Result>,
): Promise<Result | undefined> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-disk-" });
  const options = ["-t", "tmpfs", "-o", "size=24m,mode=0700"];
  const run = (command: string, ...args: string[]) =>
    new Deno.Command(command, { args }).output().catch(() => ({ success: false }));
  try {
    if (!(await run("mount", ...options, "tmpfs", folder)).success) return undefined;
    try {
      return await use(folder);
    } finally {
      assert.ok((await run("umount", folder)).success);
    }
  } finally {
    await Deno.remove(folder);
  }
}

/** Fills a folder's file system, but for some bytes. */
export async function fill(folder: string, exceptBytes: number): Promise<void> {
  using file = await Deno.open(`${folder}/filler`, { create: true, append: true });
  for (let size = 2 ** 20; size >= 1; size = Math.floor(size / 2)) {
    const bytes = new Uint8Array(size);
    while (await file.write(bytes).catch(() => 0) === size);
  }
  await file.truncate(Math.max(0, (await file.stat()).size - exceptBytes));
}
