/** Attacks by moving directories about, by what the guest was handed, and by files that are no files. */

import assert from "node:assert/strict";
import fs from "node:fs";
import { hostDirectory } from "@skerry/platform";
import { rights } from "../../rights.ts";
import { failure, failureLater, testGuest, typeName } from "../guest.ts";
import { type Attacks, type EscapeWorld, refusal } from "./escape_world.ts";

/** A descriptor of a folder. */
function held(w: EscapeWorld, path: string): number {
  return w.guest.open(path, { flags: ["directory"] });
}

/** What lies above a descriptor is not reached, whatever has become of its folder. */
function climbs(w: EscapeWorld, fd: number): void {
  for (const path of ["..", "../..", "../outside/secret", "../../outside/secret", "./../x"]) {
    refusal(() => w.guest.stat(path, "follow", fd));
    refusal(() => w.guest.writeFile(path, "planted", fd));
    refusal(() => w.guest.open(path, { at: fd, flags: ["directory"] }));
    refusal(() => w.guest.mkdir(`${path}/planted`, fd));
    refusal(() => w.guest.rename("../plain", `${path}/planted`, fd, fd));
  }
  w.unharmed();
}

export const directoryAttacks: Attacks = {
  "`..` from a folder that was opened inside, to what the guest has anyway": (w) =>
    climbs(w, held(w, "a/b")),
  "a folder that is held open and moved to the top": (w) => {
    const fd = held(w, "a/b");
    w.guest.rename("a/b", "b");
    climbs(w, fd);
  },
  "a folder that is held open while the host moves it outside": (w) => {
    const fd = held(w, "a/b");
    fs.renameSync(`${w.inside}/a/b`, `${w.base}/moved`);
    for (const path of ["..", "../outside/secret", "../outside"]) {
      refusal(() => w.guest.stat(path, "follow", fd));
      refusal(() => w.guest.writeFile(path, "planted", fd));
    }
    fs.renameSync(`${w.base}/moved`, `${w.inside}/a/b`);
  },
  "a folder in the place of which the host puts a link, while it is held open": async (w) => {
    const fd = held(w, "a/b");
    fs.renameSync(`${w.inside}/a/b`, `${w.inside}/a/away`);
    fs.symlinkSync("../../outside", `${w.inside}/a/b`);
    refusal(() => w.guest.stat("secret", "follow", fd));
    refusal(() => w.guest.stat("folder/file", "follow", fd));
    for (const path of ["secret", "folder/file"]) refusal(() => w.guest.readFile(path, fd));
    await w.refused(["a/b/secret", "a/b"]);
  },
  "listing goes on after a link has taken the folder's place": async (w) => {
    const fd = held(w, "a");
    await w.guest.readdir(fd, 0n, 30);
    fs.renameSync(`${w.inside}/a`, `${w.inside}/away`);
    fs.symlinkSync("../outside", `${w.inside}/a`);
    for (const cookie of [0n, 1n, 2n]) {
      const told = await failureLater(async () => {
        const { entries } = await w.guest.readdir(fd, cookie, 500);
        const names = entries.map(({ name }) => name);
        assert.ok(!names.includes("secret") && !names.includes("folder"), String(names));
      });
      assert.ok(told === "ok" || told === "ENOENT", told);
    }
  },
  "a folder that was removed while it is held open": (w) => {
    w.guest.unlink("a/b/deep");
    const fd = held(w, "a/b");
    w.guest.rmdir("a/b");
    climbs(w, fd);
  },
  "moving what the guest was handed itself": async (w) => {
    for (const path of [".", "a/..", "./"]) {
      assert.equal(failure(() => w.guest.rename(path, "b")), "EBUSY");
      assert.equal(failure(() => w.guest.rename("a", path)), "EBUSY");
      const cut = () => w.guest.open(path, { flags: ["creat", "trunc"], rights: rights.fdWrite });
      assert.equal(failure(cut), "EISDIR");
    }
    assert.deepEqual(await w.guest.list("."), ["a:directory", "plain:regularFile"]);
  },
  "a folder under the number of what the guest was handed": (w) => {
    const fd = held(w, "a");
    w.guest.do("fd_renumber", fd, 3);
    climbs(w, 3);
    refusal(() => w.guest.stat("plain"));
    assert.equal(w.guest.readFile("b/deep"), "mine");
  },
  "the number of what the guest was handed, closed and given out anew": (w) => {
    const fd = held(w, "a/b");
    w.guest.close(3);
    assert.equal(w.guest.errno("path_filestat_get", 3, 1, ...w.guest.put("plain"), 0), "EBADF");
    assert.equal(w.guest.open("deep", { at: fd }), 3);
    assert.equal(w.guest.errno("path_filestat_get", 3, 1, ...w.guest.put(".."), 0), "ENOTDIR");
    climbs(w, fd);
  },
  "a link put in the way of a folder that was handed out beneath another": (w) => {
    fs.mkdirSync(`${w.base}/outside/below`);
    const guest = testGuest({
      preopens: ["", "/a/b"].map((path) => ({
        guestPath: `/data${path}`,
        fileSystem: hostDirectory(w.inside + path, { walk: w.walk }),
      })),
    });
    guest.rename("a", "away");
    guest.symlink("../outside", "a");
    fs.renameSync(`${w.base}/outside/below`, `${w.base}/outside/b`);
    assert.equal(failure(() => guest.stat(".", "follow", 4)), "ENOENT");
    refusal(() => guest.writeFile("planted", "", 4));
    guest.context.close();
    fs.rmdirSync(`${w.base}/outside/b`);
    w.changedOutside();
  },
  "moving the lower of two folders that were handed out, by the upper": (w) => {
    const guest = testGuest({
      preopens: ["", "/a/b"].map((path) => ({
        guestPath: `/data${path}`,
        fileSystem: hostDirectory(w.inside + path, { walk: w.walk }),
      })),
    });
    guest.stat(".", "follow", 4);
    guest.rename("a/b", "b");
    for (const path of ["..", "../plain", "../../outside/secret"]) {
      refusal(() => guest.stat(path, "follow", 4));
    }
    assert.equal(
      guest.errno("path_rename", 3, ...guest.put("plain"), 4, ...guest.put("p")),
      "EXDEV",
    );
    guest.context.close();
  },
  "a pipe, which would hold the thread for ever": (w) => {
    const made = new Deno.Command("mkfifo", { args: [`${w.inside}/pipe`] }).outputSync();
    assert.ok(made.success);
    specialFile(w, "pipe", "unknown");
  },
  "a socket of the host's": (w) => {
    const server = Deno.listen({ transport: "unix", path: `${w.inside}/socket` });
    try {
      specialFile(w, "socket", "socketStream");
    } finally {
      server.close();
    }
  },
  "a device, which could do things when opened": (w) => {
    const made = new Deno.Command("mknod", { args: [`${w.inside}/zero`, "c", "1", "5"] })
      .outputSync();
    // Only root may make one, and not in every container; a link to one is among the links.
    if (made.success) specialFile(w, "zero", "characterDevice");
    else fs.symlinkSync("/dev/zero", `${w.inside}/zero`);
    refusal(() => w.guest.open("zero"));
  },
};

/** It can be looked at, renamed, linked and removed; never opened, and never waited for. */
function specialFile(w: EscapeWorld, name: string, type: string): void {
  assert.equal(typeName(w.guest.stat(name).type), type);
  w.guest.symlink(name, "to-it");
  for (const path of [name, "to-it"]) {
    for (const flags of [[], ["creat"], ["trunc"], ["creat", "trunc"]] as const) {
      for (const wanted of [rights.fdRead, rights.fdWrite, rights.fdRead | rights.fdWrite]) {
        assert.equal(failure(() => w.guest.open(path, { flags, rights: wanted })), "EACCES");
      }
    }
  }
  w.guest.rename(name, "other");
  w.guest.link("other", "second");
  w.guest.utimes("other", 1_000_000_000n, 1_000_000_000n, "follow");
  for (const path of ["second", "other"]) w.guest.unlink(path);
}
