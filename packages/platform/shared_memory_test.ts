import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { isSkerryError } from "@skerry/base";
import { libc } from "./libc.ts";
import { makeSharedMemory, mapFile, openSharedMemory } from "./shared_memory.ts";

/** A test of what only Linux can. */
function linuxTest(name: string, fn: () => Promise<void>): void {
  const ignore = libc() === undefined;
  Deno.test({ name: `${name}${ignore ? " (skipped: not on Linux)" : ""}`, ignore, fn });
}

const bytes = 1 << 20;

function startChild(args: readonly string[]): ChildProcess {
  const program = new URL("./testing/memory_child.ts", import.meta.url).pathname;
  return spawn(Deno.execPath(), ["run", "-A", "--no-check", program, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

linuxTest("two processes that count in one memory lose nothing", async () => {
  const memory = makeSharedMemory("test", bytes);
  assert.equal(memory.handle.kind, "inherited");
  if (memory.handle.kind !== "inherited") return;
  const { descriptor } = memory.handle;
  assert.ok(descriptor > 3, "what processes talk to each other by is 3");
  const times = 500_000;
  const children = [1, 2].map(() =>
    memory.lend(() => startChild(["inherited", String(descriptor), String(bytes), String(times)]))
  );
  const ends = await Promise.all(children.map((child) => once(child, "exit")));
  assert.deepEqual(ends, [[0, null], [0, null]]);
  const words = new Int32Array(openSharedMemory(memory.handle));
  assert.deepEqual([...words.subarray(0, 3)], [2 * times, 2, 2 * times]);
  memory.close();
});

linuxTest("a process to which memory was not lent has no way to it", async () => {
  const memory = makeSharedMemory("test", bytes);
  if (memory.handle.kind !== "inherited") throw new Error("no descriptor");
  const { descriptor } = memory.handle;
  const program = `
    const { symbols } = Deno.dlopen("libc.so.6", {
      fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    });
    Deno.exit(symbols.fcntl(${descriptor}, 1, 0) === -1 ? 7 : 0);
  `;
  const child = spawn(Deno.execPath(), ["eval", program], { stdio: "inherit" });
  assert.deepEqual(await once(child, "exit"), [7, null]);
  memory.close();
});

linuxTest("what is written to a file's memory is there after its process was killed", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/words`;
  const here = new Int32Array(mapFile(path, bytes) ?? new ArrayBuffer(0));
  assert.equal(here.length, bytes / 4);
  here[1] = 1;
  const child = startChild(["file", path, String(bytes), "1000"]);
  assert.deepEqual(await once(child, "exit"), [null, "SIGKILL"]);
  assert.deepEqual([...here.subarray(0, 3)], [1000, 2, 1000]);
  const again = new Int32Array(mapFile(path, bytes) ?? new ArrayBuffer(0));
  assert.deepEqual(again, here);
  const { size, mode } = await Deno.stat(path);
  assert.deepEqual([size, (mode ?? 0) & 0o777], [bytes, 0o600]);
  await Deno.remove(folder, { recursive: true });
});

linuxTest("memory that is not there is told by its place", () => {
  const isOfMemory = (error: unknown) =>
    isSkerryError(error) && error.code === "SKERRY_MEMORY_FAILED";
  assert.throws(() => mapFile("/nowhere/at/all", bytes), isOfMemory);
  assert.throws(
    () => openSharedMemory({ kind: "inherited", descriptor: 99_999, bytes }),
    isOfMemory,
  );
  return Promise.resolve();
});

Deno.test("without the system's calls, the threads of a process share a buffer", () => {
  const buffer = new SharedArrayBuffer(64);
  assert.equal(openSharedMemory({ kind: "buffer", buffer }), buffer);
});
