/** The host's directories behind a guest's calls; the file system itself is tested beside it, in platform. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { hostDirectory } from "@skerry/platform";
import { memoryFileSystem } from "./memory_file_system.ts";
import { anyCommands, anyPath, run, snapshot } from "./testing/fs_commands.ts";
import { failure, failureLater, guestOf, TestClock, top, typeName } from "./testing/guest.ts";

const walks = ["descriptors", "paths"] as const;

Deno.test("random calls have the same results in memory and on the host", async () => {
  for (const walk of walks) {
    await fc.assert(
      fc.asyncProperty(anyCommands, async (commands) => {
        await withDirectory(async (path) => {
          const clock = new TestClock();
          const memory = guestOf(memoryFileSystem({ bytesMax: 1 << 22, filesMax: 999, clock }));
          const host = guestOf(hostDirectory(path, { walk }));
          for (const command of commands) {
            assert.equal(await run(memory, command), await run(host, command));
          }
          assert.deepEqual(await snapshot(memory), await snapshot(host));
          host.context.close();
        });
      }),
      { numRuns: 150 },
    );
  }
});

Deno.test("INV-5: random paths through links of all kinds never reach what is outside", () => {
  const link = fc.record({
    name: fc.constantFrom("a", "b", "c"),
    target: fc.oneof(
      anyPath.filter((path) => path !== ""),
      fc.constantFrom("/", "/etc", "../outside", "../outside/secret", "/proc/self/root", "../.."),
    ),
  });
  fc.assert(
    fc.property(
      fc.array(link, { maxLength: 6 }),
      fc.array(anyPath, { minLength: 5, maxLength: 30 }),
      (links, paths) => {
        inDirectory((path) => {
          const inside = `${path}/inside`;
          Deno.mkdirSync(`${path}/outside`);
          Deno.writeTextFileSync(`${path}/outside/secret`, "secret");
          for (const folder of ["", "/a", "/a/b"]) Deno.mkdirSync(inside + folder);
          const known = plantLinks(inside, links);
          for (const walk of walks) {
            const guest = guestOf(hostDirectory(inside, { walk }));
            for (const one of paths) {
              let inode = 0n;
              const reached = failure(() => inode = guest.stat(one).inode) === "ok";
              assert.ok(!reached || known.has(inode), `${one} leads outside`);
              assert.notEqual(failure(() => guest.writeFile(`${one}/planted`, "")), "EACCES");
            }
            guest.context.close();
          }
          assert.deepEqual([...Deno.readDirSync(`${path}/outside`)].map(({ name }) => name), [
            "secret",
          ]);
          assert.deepEqual([...Deno.readDirSync(path)].length, 2);
        });
      },
    ),
    { numRuns: 150 },
  );
});

/** Makes what links it can, and tells the inodes of all that is inside. */
function plantLinks(
  inside: string,
  links: readonly { readonly name: string; readonly target: string }[],
): Set<bigint> {
  for (const [index, { name, target }] of links.entries()) {
    try {
      Deno.symlinkSync(target, `${inside}${["", "/a", "/a/b"][index % 3]}/${name}`);
    } catch (error) {
      assert.ok(error instanceof Deno.errors.AlreadyExists);
    }
  }
  const known = new Set<bigint>();
  const visit = (path: string) => {
    const { ino, isDirectory } = Deno.lstatSync(path);
    known.add(BigInt(ino ?? 0));
    if (isDirectory) { for (const { name } of Deno.readDirSync(path)) visit(`${path}/${name}`); }
  };
  visit(inside);
  return known;
}

Deno.test("pipes and devices are seen, and not opened", async () => {
  await withDirectory(async (path) => {
    const made = await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
    assert.ok(made.success);
    for (const walk of walks) {
      const guest = guestOf(hostDirectory(path, { walk }));
      assert.equal(typeName(guest.stat("pipe").type), "unknown");
      assert.equal(failure(() => guest.open("pipe")), "EACCES");
      assert.equal(failure(() => guest.readFile("pipe")), "EACCES");
      guest.context.close();
    }
  });
});

Deno.test("what the host puts there is what the guest sees, and the other way round", async () => {
  await withDirectory(async (path) => {
    Deno.writeTextFileSync(`${path}/f`, "from the host");
    Deno.symlinkSync("/etc", `${path}/etc`);
    const guest = guestOf(hostDirectory(path));
    assert.equal(guest.readFile("f"), "from the host");
    guest.writeFile("g", "from the guest");
    assert.equal(Deno.readTextFileSync(`${path}/g`), "from the guest");
    assert.equal(await failureLater(() => guest.list("etc")), "EPERM");
    assert.equal(failure(() => guest.readlink("etc")), "EPERM");
    assert.equal(typeName(guest.stat("etc", "keep").type), "symbolicLink");
    guest.context.close();
  });
});

Deno.test("a directory of the host that holds too much is not read to its end", async () => {
  await withDirectory(async (path) => {
    for (let index = 0; index < 2_000; index += 1) Deno.writeTextFileSync(`${path}/f${index}`, "");
    for (const walk of walks) {
      const guest = guestOf(hostDirectory(path, { walk }), { limits: { listedEntriesMax: 10 } });
      assert.equal(await failureLater(() => guest.list(".")), "ENOMEM");
      guest.context.close();
      assert.equal(descriptorsBelow(path), 0);
    }
  });
});

Deno.test("a listing whose guest ends meanwhile lets go of the directory", async () => {
  await withDirectory(async (path) => {
    for (let index = 0; index < 100; index += 1) Deno.writeTextFileSync(`${path}/f${index}`, "");
    const guest = guestOf(hostDirectory(path, { walk: "descriptors" }));
    const listing = guest.readdir(top, 0n, 100);
    guest.controller.abort();
    guest.context.close();
    assert.equal(await failureLater(() => listing), "EINTR");
    assert.equal(descriptorsBelow(path), 0);
  });
});

Deno.test("no descriptor of the host is left open", async () => {
  await withDirectory(async (path) => {
    const fileSystem = hostDirectory(path);
    assert.equal(descriptorsBelow(path), 0);
    const guest = guestOf(fileSystem);
    guest.mkdir("a");
    guest.symlink("a/../a", "l");
    guest.open("l/f", { flags: ["creat"] });
    guest.open("l", { flags: ["directory"] });
    for (const path of ["l/no/x", "l/f/x", "..", "l/../..", "l/f/"]) {
      failure(() => guest.open(path));
    }
    await guest.list("l");
    assert.ok(descriptorsBelow(path) > 0);
    guest.context.close();
    assert.equal(descriptorsBelow(path), 0);
  });
});

/** Descriptors of this process, which other tests share, that stand for something in a directory. */
function descriptorsBelow(path: string): number {
  const top = Deno.realPathSync(path);
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(top);
    } catch {
      // Closed since it was listed.
      return false;
    }
  }).length;
}

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

async function withDirectory(use: (path: string) => Promise<void>): Promise<void> {
  const path = newDirectory();
  try {
    await use(path);
  } finally {
    remove(path);
  }
}
