import assert from "node:assert/strict";
import { isSkerryError } from "@skerry/base";
import { memoryFileSystem } from "./memory_file_system.ts";
import { failure, guestOf, TestClock, testGuest, top } from "./testing/guest.ts";

function memory() {
  return memoryFileSystem({ bytesMax: 1 << 20, filesMax: 5000, clock: new TestClock() });
}

Deno.test("a closed context has no descriptors and gives everything back", () => {
  const fileSystem = memoryFileSystem({ bytesMax: 8192, filesMax: 1, clock: new TestClock() });
  const guest = guestOf(fileSystem);
  const fd = guest.open("f", { flags: ["creat"] });
  guest.write(fd, "x");
  guest.unlink("f");
  assert.equal(failure(() => guest.open("g", { flags: ["creat"] })), "ENOSPC");
  guest.context.close();
  guest.context.close();
  assert.equal(guest.errno("fd_close", fd), "EBADF");
  guestOf(fileSystem).writeFile("g", "y");
});

Deno.test("a preopen is opened when the guest first uses it, and let go of only then", () => {
  const inner = memory();
  const calls: string[] = [];
  const fileSystem = {
    readOnly: false,
    root: () => {
      calls.push("opened");
      const root = inner.root();
      const release = root.release.bind(root);
      root.release = () => {
        calls.push("released");
        release();
      };
      return root;
    },
  };
  guestOf(fileSystem).context.close();
  assert.deepEqual(calls, []);
  const guest = guestOf(fileSystem);
  assert.equal(guest.errno("fd_close", top + 1), "EBADF");
  for (let count = 0; count < 2; count += 1) guest.do("fd_prestat_get", top, 0);
  assert.deepEqual(calls, ["opened"]);
  guest.context.close();
  assert.deepEqual(calls, ["opened", "released"]);
});

Deno.test("a string that C cannot hold is refused before the guest runs", () => {
  const usage = (error: unknown) => isSkerryError(error) && error.code === "SKERRY_USAGE";
  assert.throws(() => testGuest({ args: ["a\0b"] }), usage);
  assert.throws(() => testGuest({ env: { A: "\0" } }), usage);
  assert.throws(() => testGuest({ env: { "A=B": "" } }), usage);
  assert.throws(() => testGuest({ env: { "": "" } }), usage);
});
