import assert from "node:assert/strict";
import { ErrnoError, isSkerryError } from "@skerry/base";
import { hostDirectory, type HostWalk } from "./host_directory.ts";

const walks: readonly HostWalk[] = ["descriptors", "paths"];

Deno.test("a name that is swapped for a link after it was looked up leads nowhere else", () => {
  for (const walk of walks) {
    inDirectory((path) => {
      Deno.mkdirSync(`${path}/outside`);
      Deno.writeTextFileSync(`${path}/outside/f`, "secret");
      Deno.mkdirSync(`${path}/inside/d`, { recursive: true });
      Deno.writeTextFileSync(`${path}/inside/d/f`, "mine");
      const root = hostDirectory(`${path}/inside`, { walk }).root();
      const directory = root.lookup("d");
      assert.ok(directory?.type === "directory");
      const file = directory.lookup("f");
      assert.ok(file?.type === "regularFile");

      Deno.renameSync(`${path}/inside/d/f`, `${path}/inside/d/moved`);
      Deno.symlinkSync(`${path}/outside/f`, `${path}/inside/d/f`);
      const read = failure(() => {
        const open = file.open("read");
        const bytes = new Uint8Array(10);
        const count = open.read(bytes, 0);
        open.close();
        assert.equal(new TextDecoder().decode(bytes.subarray(0, count)), "mine");
      });
      assert.equal(read, walk === "descriptors" ? "ok" : "ENOENT");

      Deno.renameSync(`${path}/inside/d`, `${path}/inside/moved`);
      Deno.symlinkSync(`${path}/outside`, `${path}/inside/d`);
      const made = failure(() => directory.createFile("new", "write").close());
      assert.equal(made, walk === "descriptors" ? "ok" : "ENOENT");
      assert.equal(exists(`${path}/outside/new`), false);
      assert.equal(exists(`${path}/inside/moved/new`), walk === "descriptors");
      for (const node of [file, directory, root]) node.release();
    });
  }
});

Deno.test("a read-only directory is not changed, however it is reached", () => {
  inDirectory((path) => {
    Deno.writeTextFileSync(`${path}/f`, "kept");
    const fileSystem = hostDirectory(path, { readOnly: true });
    assert.equal(fileSystem.readOnly, true);
    const root = fileSystem.root();
    const file = root.lookup("f");
    assert.ok(file?.type === "regularFile");
    const changes = [
      () => root.createFile("g", "write"),
      () => root.makeDirectory("g"),
      () => root.makeSymlink("g", "f"),
      () => root.link("g", root, "f"),
      () => root.unlink("f"),
      () => root.removeDirectory("f"),
      () => root.rename("f", root, "g"),
      () => root.setTimes({}),
      () => file.open("write"),
      () => file.setTimes({}),
    ];
    for (const change of changes) assert.equal(failure(change), "EROFS");
    const open = file.open("read");
    assert.equal(open.read(new Uint8Array(9), 0), 4);
    open.close();
    file.release();
    root.release();
  });
});

Deno.test("unlinking removes no directory, not even an empty one", () => {
  for (const walk of walks) {
    inDirectory((path) => {
      const root = hostDirectory(path, { walk }).root();
      root.makeDirectory("d");
      assert.equal(failure(() => root.unlink("d")), "EISDIR");
      root.removeDirectory("d");
      assert.equal(failure(() => root.unlink("d")), "ENOENT");
      root.release();
    });
  }
});

Deno.test("a link whose text is not UTF-8 can be looked at and removed, not followed", () => {
  for (const walk of walks) {
    inDirectory((path) => {
      const script = `ln -s "$(printf 'a\\377')" "$1/l"`;
      const made = new Deno.Command("sh", { args: ["-c", script, "sh", path] }).outputSync();
      assert.ok(made.success);
      const root = hostDirectory(path, { walk }).root();
      const link = root.lookup("l");
      assert.ok(link?.type === "symbolicLink");
      assert.equal(link.stat().bytes, 2n);
      assert.equal(failure(() => link.target()), "EILSEQ");
      link.release();
      root.unlink("l");
      assert.equal(root.lookup("l"), undefined);
      root.release();
    });
  }
});

Deno.test("a file ends where numbers do not count further", () => {
  inDirectory((path) => {
    const root = hostDirectory(path).root();
    const file = root.createFile("f", "readWrite");
    for (const offset of [Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 60]) {
      assert.equal(failure(() => file.write(new Uint8Array(9), offset)), "EFBIG");
      assert.equal(file.read(new Uint8Array(9), offset), 0);
    }
    file.close();
    root.release();
  });
});

Deno.test("a directory that goes away is ENOENT", () => {
  for (const walk of walks) {
    const path = newDirectory();
    const root = hostDirectory(path, { walk }).root();
    remove(path);
    assert.equal(failure(() => root.makeDirectory("d")), "ENOENT");
    assert.equal(failure(() => root.createFile("f", "write")), "ENOENT");
    root.release();
  }
});

Deno.test("a directory that something else has taken the place of is ENOENT, also behind a link further up", () => {
  for (const walk of walks) {
    inDirectory((path) => {
      Deno.mkdirSync(`${path}/above/middle/top`, { recursive: true });
      Deno.mkdirSync(`${path}/outside/top`, { recursive: true });
      const top = `${path}/above/middle/top`;
      const fileSystem = hostDirectory(top, { walk });
      fileSystem.root().release();
      Deno.renameSync(`${path}/above/middle`, `${path}/above/moved`);
      Deno.symlinkSync("../outside", `${path}/above/middle`);
      assert.equal(failure(() => fileSystem.root()), "ENOENT", `${walk}: a link on the way`);
      Deno.removeSync(`${path}/above/middle`);
      Deno.mkdirSync(top, { recursive: true });
      assert.equal(failure(() => fileSystem.root()), "ENOENT", `${walk}: another directory`);
    });
  }
});

Deno.test("a directory that cannot be used is an operating error with its place", () => {
  const unusable = (error: unknown) =>
    isSkerryError(error) && error.code === "SKERRY_DIRECTORY_UNUSABLE" &&
    error.where?.startsWith("/") === true;
  assert.throws(() => hostDirectory("/no/such/directory"), unusable);
  inDirectory((path) => {
    Deno.writeTextFileSync(`${path}/f`, "");
    assert.throws(() => hostDirectory(`${path}/f`), unusable);
  });
});

function newDirectory(): string {
  return Deno.makeTempDirSync({ prefix: "skerry-host-directory-" });
}

function remove(path: string): void {
  Deno.removeSync(path, { recursive: true });
}

function inDirectory(use: (path: string) => void): void {
  const path = newDirectory();
  try {
    use(path);
  } finally {
    remove(path);
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function failure(act: () => unknown): string {
  try {
    act();
    return "ok";
  } catch (error) {
    if (error instanceof ErrnoError) return error.errno;
    throw error;
  }
}
