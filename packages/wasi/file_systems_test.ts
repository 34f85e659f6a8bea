/** The one contract, for every kind of file system; and layers beside what they should behave like. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ErrnoError } from "@skerry/base";
import { packBundle } from "./bundle_write.ts";
import type { FileSystem } from "./file_system.ts";
import { takeImage } from "./image.ts";
import { overlayFileSystem } from "./overlay_file_system.ts";
import { anyCommands, run, snapshot } from "./testing/fs_commands.ts";
import { fileSystemContract, movedDirectory } from "./testing/fs_contract.ts";
import { bases, filledMemory, writable } from "./testing/fs_kinds.ts";
import { readContract } from "./testing/fs_read_contract.ts";
import { guestOf, TestClock } from "./testing/guest.ts";

for (const [name, make] of Object.entries(writable)) {
  const except = name === "host rw by paths" ? [movedDirectory] : [];
  fileSystemContract(name, () => make(() => {}), except);
  readContract(name, make, "writable");
}

for (const [name, make] of Object.entries(bases)) readContract(name, make, "read-only");

// What the checks make has been there before, below, and was removed: every name of theirs is hidden.
for (const [name, make] of Object.entries(bases)) {
  fileSystemContract(`emptied overlay on ${name}`, async () => {
    const { fileSystem, remove } = await make(plantUsualNames);
    const layer = overlayFileSystem(fileSystem, bounds());
    await empty(layer);
    return { fileSystem: layer, remove };
  });
}

for (const [name, make] of Object.entries({ ...bases, memory: writable["memory"] })) {
  Deno.test(`file system: overlay on ${name}: behaves as memory does, and leaves its base alone`, async () => {
    assert.ok(make);
    await fc.assert(
      fc.asyncProperty(anyCommands, anyCommands, async (before, after) => {
        const fill = async (fileSystem: FileSystem) => {
          const guest = guestOf(fileSystem);
          for (const command of before) if (!escapes(command)) await run(guest, command);
          guest.context.close();
        };
        const { fileSystem: base, remove } = await make(fill);
        const unchanged = await packBundle(base, "kept");
        const memory = guestOf(await filledMemory(fill));
        const layer = guestOf(overlayFileSystem(base, bounds()));
        try {
          assert.deepEqual(await snapshot(layer), await snapshot(memory));
          for (const command of after) {
            assert.equal(await run(layer, command), await run(memory, command));
          }
          assert.deepEqual(await snapshot(layer), await snapshot(memory));
          layer.context.close();
          assert.deepEqual(await packBundle(base, "kept"), unchanged);
        } finally {
          memory.context.close();
          layer.context.close();
          remove();
        }
      }),
      { numRuns: name.startsWith("host") ? 60 : 200 },
    );
  });
}

Deno.test("file system: a layer whose base is changed by others meanwhile fails with errors alone, and changes nothing there", async () => {
  for (const name of ["host rw by descriptors", "host rw by paths"]) {
    await fc.assert(
      fc.asyncProperty(anyCommands, anyCommands, async (ours, theirs) => {
        const [base, twin] = await Promise.all([1, 2].map(() => writable[name]?.(() => {})));
        assert.ok(base !== undefined && twin !== undefined);
        const layer = guestOf(overlayFileSystem(base.fileSystem, bounds()));
        const [host, other] = [guestOf(base.fileSystem), guestOf(twin.fileSystem)];
        try {
          for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
            const [our, their] = [ours[at], theirs[at]];
            if (their !== undefined) assert.equal(await run(host, their), await run(other, their));
            // What it answers depends on what has been copied up; that it answers does not.
            if (our !== undefined) await run(layer, our);
          }
          await snapshot(layer).catch((error) =>
            assert.ok(error instanceof ErrnoError, String(error))
          );
          assert.deepEqual(await snapshot(host), await snapshot(other));
        } finally {
          for (const guest of [layer, host, other]) guest.context.close();
          for (const { remove } of [base, twin]) remove();
        }
      }),
      { numRuns: 60 },
    );
  }
});

Deno.test("INV-3: guests that share an image see nothing of each other, whatever they do in turns", async () => {
  await fc.assert(
    fc.asyncProperty(anyCommands, anyCommands, anyCommands, async (before, ours, theirs) => {
      const fill = async (fileSystem: FileSystem) => {
        const guest = guestOf(fileSystem);
        for (const command of before) await run(guest, command);
        guest.context.close();
      };
      const image = await takeImage(await filledMemory(fill));
      const shared = [1, 2].map(() => guestOf(overlayFileSystem(image, bounds())));
      const apart = await Promise.all([1, 2].map(async () => guestOf(await filledMemory(fill))));
      for (let at = 0; at < Math.max(ours.length, theirs.length); at += 1) {
        for (const [which, commands] of [ours, theirs].entries()) {
          const [guest, model, command] = [shared[which], apart[which], commands[at]];
          if (guest === undefined || model === undefined || command === undefined) continue;
          assert.equal(await run(guest, command), await run(model, command));
        }
      }
      for (const [which, guest] of shared.entries()) {
        assert.deepEqual(await snapshot(guest), await snapshot(apart[which] ?? guest));
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("file system: a layer without space refuses what it cannot do, and does none of it", async () => {
  const bytesMax = fc.integer({ min: 0, max: 40 }).map((names) => names * 256);
  const filesMax = fc.integer({ min: 0, max: 12 });
  await fc.assert(
    fc.asyncProperty(
      anyCommands,
      anyCommands,
      bytesMax,
      filesMax,
      async (before, after, bytes, files) => {
        const base = await filledMemory(async (fileSystem) => {
          const guest = guestOf(fileSystem);
          for (const command of before) await run(guest, command);
          guest.context.close();
        });
        const image = await takeImage(base);
        const limits = { bytesMax: bytes, filesMax: files, clock: new TestClock() };
        const guest = guestOf(overlayFileSystem(image, limits));
        for (const command of after) {
          const seen = await snapshot(guest);
          const answer = await run(guest, command);
          // A file is made before something is written to it.
          if (!/: ENOSPC/.test(answer) || command.do === "write") continue;
          assert.deepEqual(await snapshot(guest), seen, JSON.stringify(command));
        }
      },
    ),
    { numRuns: 200 },
  );
});

/** A link that leads out is refused by a bundle, so none is put into what becomes one. */
function escapes(command: { readonly do: string; readonly path?: string; readonly to?: string }) {
  return command.do === "symlink" && /(^|\/)\.\.(\/|$)|^\/|^$/.test(command.to ?? "");
}

function plantUsualNames(fileSystem: FileSystem): void {
  const guest = guestOf(fileSystem);
  for (const name of ["a", "f", "g", "note", "log", "l", "made"]) guest.writeFile(name, "old");
  for (const name of ["d", "e", "full"]) {
    guest.mkdir(name);
    for (const inner of ["e", "f", "g", "x", "made"]) guest.writeFile(`${name}/${inner}`, "old");
  }
  guest.link("a", "b");
  guest.context.close();
}

async function empty(fileSystem: FileSystem): Promise<void> {
  const guest = guestOf(fileSystem);
  const clear = async (path: string) => {
    for (const entry of await guest.list(path)) {
      const at = `${path}/${entry.replace(/:\w+$/, "")}`;
      if (!entry.endsWith(":directory")) guest.unlink(at);
      else {
        await clear(at);
        guest.rmdir(at);
      }
    }
  };
  await clear(".");
  assert.deepEqual(await guest.list("."), []);
  guest.context.close();
}

function bounds() {
  return { bytesMax: 1 << 24, filesMax: 5000, clock: new TestClock() };
}
