import assert from "node:assert/strict";
import fc from "fast-check";
import { anyPath } from "./testing/fs_commands.ts";
import type { DirectoryNode } from "./file_system.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { failure, guestOf, TestClock, typeName } from "./testing/guest.ts";

/** A tree to resolve in: directories, links by their targets, files. */
interface Tree {
  readonly [name: string]: Tree | string | null;
}

const anyTree = fc.letrec<{ tree: Tree; entry: Tree | string | null }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("entry"), { maxKeys: 3 }),
  entry: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constant(null),
    anyPath,
    tie("tree"),
  ),
})).tree;

/** What a path leads to, by a second and simpler reading of the rules; links at the end are followed. */
function model(root: Tree, path: string): string {
  let links = 0;
  const resolve = (stack: Tree[], text: string): Tree[] | null | string => {
    if (text === "") return "ENOENT";
    if (text.startsWith("/")) return "EPERM";
    const names = text.split("/").filter((name) => name !== "");
    let at: Tree[] | null = stack;
    for (const name of names) {
      if (at === null) return "ENOTDIR";
      if (name === ".") continue;
      if (name === "..") {
        if (at.length === 1) return "EPERM";
        at = at.slice(0, -1);
        continue;
      }
      const entry: Tree | string | null | undefined = at.at(-1)?.[name];
      if (entry === undefined) return "ENOENT";
      if (typeof entry === "string") {
        links += 1;
        if (links > 40) return "ELOOP";
        const led: Tree[] | null | string = resolve(at, entry);
        if (typeof led === "string") return led;
        at = led;
      } else {
        at = entry === null ? null : [...at, entry];
      }
    }
    return at === null && text.endsWith("/") ? "ENOTDIR" : at;
  };
  const found = resolve([root], path);
  if (typeof found === "string") return found;
  return found === null ? "regularFile" : "directory";
}

Deno.test("INV-5: a path leads where a simple model says, and never outside", () => {
  fc.assert(
    fc.property(anyTree, fc.array(anyPath, { minLength: 1, maxLength: 20 }), (tree, paths) => {
      const clock = new TestClock();
      const fileSystem = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 999, clock });
      const root = fileSystem.root();
      plant(root, tree);
      root.release();
      const guest = guestOf(fileSystem);
      for (const path of paths) {
        let found = "";
        const errno = failure(() => found = typeName(guest.stat(path).type));
        assert.equal(errno === "ok" ? found : errno, model(tree, path), path);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("a path is not looked up without end, however long its links are", () => {
  const clock = new TestClock();
  const fileSystem = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 999, clock });
  const root = fileSystem.root();
  const back = "d/../".repeat(800);
  root.makeDirectory("d");
  root.createFile("l0", "write").close();
  for (let index = 1; index <= 10; index += 1) {
    root.makeSymlink(`l${index}`, `${back}l${index - 1}`);
  }
  root.release();
  const guest = guestOf(fileSystem);
  assert.equal(failure(() => guest.stat("l5")), "ok");
  assert.equal(failure(() => guest.stat("l6")), "ELOOP");
});

function plant(directory: DirectoryNode, tree: Tree): void {
  for (const [name, entry] of Object.entries(tree)) {
    if (entry === null) {
      directory.createFile(name, "write").close();
    } else if (typeof entry === "string") {
      directory.makeSymlink(name, entry);
    } else {
      directory.makeDirectory(name);
      const below = directory.lookup(name);
      assert.ok(below?.type === "directory");
      plant(below, entry);
      below.release();
    }
  }
}
