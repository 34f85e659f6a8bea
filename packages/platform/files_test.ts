import assert from "node:assert/strict";
import { type ErrorCode, isSkerryError } from "@skerry/base";
import {
  exists,
  folderOf,
  isFolder,
  isSameFile,
  listFiles,
  modifiedMs,
  readFile,
  readText,
  writeFile,
} from "./files.ts";

Deno.test("a file is read up to its bound, and not beyond it", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/f`, "äb");
    assert.deepEqual(await readFile(`${folder}/f`, 3), new TextEncoder().encode("äb"));
    assert.equal(await readText(`${folder}/f`, 3), "äb");
    await fails(readFile(`${folder}/f`, 2), "SKERRY_FILE_UNREADABLE", `${folder}/f`, /3 B.*2 B/);
  });
});

Deno.test("a file that pretends to be empty is still read only up to its bound", async () => {
  if (Deno.build.os !== "linux") return;
  const path = "/proc/self/status";
  assert.equal((await Deno.stat(path)).size, 0);
  await fails(readFile(path, 10), "SKERRY_FILE_UNREADABLE", path, /10 B/);
  assert.match(await readText(path, 1_000_000), /^Name:[^]*\n$/);
  await fails(readFile("/dev/zero", 100_000), "SKERRY_FILE_UNREADABLE", "/dev/zero", /more than/);
  await fails(readFile("/dev/zero", 0), "SKERRY_FILE_UNREADABLE", "/dev/zero", /more than/);
  assert.equal((await readFile("/dev/null", 0)).length, 0);
});

Deno.test("what cannot be read says why and where", async () => {
  await inFolder(async (folder) => {
    await fails(readFile(folder, 9), "SKERRY_FILE_UNREADABLE", folder, /it is a folder$/);
    const missing = `${folder}/no/f`;
    await fails(readFile(missing, 9), "SKERRY_FILE_UNREADABLE", missing, /it does not exist$/);
    await Deno.writeTextFile(`${folder}/f`, "");
    const below = `${folder}/f/g`;
    await fails(readFile(below, 9), "SKERRY_FILE_UNREADABLE", below, /cannot read the file: ./);
    await fails(readFile(`${folder}/\0`, 9), "SKERRY_FILE_UNREADABLE", `${folder}/\0`, /./);
  });
});

Deno.test("a file is written with its folders, and replaces the old one", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/a/b/f`;
    await writeFile(path, "one, long");
    await writeFile(path, new TextEncoder().encode("two"));
    assert.equal(await Deno.readTextFile(path), "two");
    assert.deepEqual(namesIn(`${folder}/a/b`), ["f"]);
  });
});

Deno.test("whoever has the old file open keeps it whole", async () => {
  await inFolder(async (folder) => {
    await writeFile(`${folder}/f`, "old");
    using open = await Deno.open(`${folder}/f`);
    await writeFile(`${folder}/f`, "new and longer");
    const buffer = new Uint8Array(20);
    assert.equal(await open.read(buffer), 3);
  });
});

Deno.test("a write that fails leaves the old one, and nothing beside it", async () => {
  await inFolder(async (folder) => {
    // The last step fails: a folder that is not empty cannot be replaced by a file.
    await Deno.mkdir(`${folder}/f`);
    await Deno.writeTextFile(`${folder}/f/kept`, "old");
    await fails(writeFile(`${folder}/f`, "new"), "SKERRY_FILE_UNWRITABLE", `${folder}/f`, /./);
    assert.deepEqual(namesIn(folder), ["f"]);
    assert.equal(await Deno.readTextFile(`${folder}/f/kept`), "old");
    // The first step fails: a file cannot be a folder.
    const below = `${folder}/f/kept/g`;
    await fails(writeFile(below, "new"), "SKERRY_FILE_UNWRITABLE", below, /./);
    assert.equal(await Deno.readTextFile(`${folder}/f/kept`), "old");
  });
});

Deno.test("the files below a folder are listed by their paths, without what is skipped", async () => {
  await inFolder(async (folder) => {
    for (const path of ["b", "a/c", "a/skip/d", "skip/e", "z/y/x", "a/not-skip"]) {
      await writeFile(`${folder}/${path}`, "");
    }
    await Deno.mkdir(`${folder}/empty`);
    await Deno.symlink(folder, `${folder}/loop`);
    const skip = new Set(["skip"]);
    const all = ["a/c", "a/not-skip", "b", "z/y/x"];
    assert.deepEqual(await listFiles(folder, skip, 4), all);
    await fails(listFiles(folder, skip, 3), "SKERRY_FILE_UNREADABLE", folder, /more than 3 files$/);
    const missing = `${folder}/no`;
    await fails(listFiles(missing, skip, 9), "SKERRY_FILE_UNREADABLE", missing, /does not exist$/);
  });
});

Deno.test("what is there is told from what is not", async () => {
  await inFolder(async (folder) => {
    await writeFile(`${folder}/f`, "");
    const facts = async (path: string) => [await exists(path), await isFolder(path)];
    assert.deepEqual(await facts(folder), [true, true]);
    assert.deepEqual(await facts(`${folder}/f`), [true, false]);
    assert.deepEqual(await facts(`${folder}/g`), [false, false]);
    await Deno.utime(`${folder}/f`, 1_000, 2_000);
    assert.equal(await modifiedMs(`${folder}/f`), 2_000_000);
    assert.equal(await modifiedMs(`${folder}/g`), undefined);
  });
});

Deno.test("one file is known by whichever path leads to it", async () => {
  await inFolder(async (folder) => {
    await writeFile(`${folder}/a/f`, "");
    await writeFile(`${folder}/g`, "");
    await Deno.symlink(`${folder}/a/f`, `${folder}/link`);
    const same = (right: string) => isSameFile(`${folder}/a/f`, `${folder}/${right}`);
    for (const path of ["a/f", "a/../a/./f", "link"]) assert.ok(await same(path), path);
    for (const path of ["g", "a", "missing"]) assert.ok(!await same(path), path);
    assert.ok(!await isSameFile(`${folder}/missing`, `${folder}/missing`));
  });
});

Deno.test("the folder of a path is what stands before its name", () => {
  const table = [["a/b/c", "a/b"], ["/a", "/"], ["a", "."], ["a/", "a"]] as const;
  for (const [path, folder] of table) assert.equal(folderOf(path), folder);
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-files-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

async function fails(
  attempt: Promise<unknown>,
  code: ErrorCode,
  where: string,
  message: RegExp,
): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.ok(isSkerryError(error));
    assert.deepEqual([error.code, error.where], [code, where]);
    assert.match(error.message, message);
    return true;
  });
}
