/** Attacks by links: made by the guest, there before, in chains, behind other names. */

import assert from "node:assert/strict";
import fs from "node:fs";
import { failure, failureLater, typeName } from "../guest.ts";
import type { Attacks } from "./escape_world.ts";

export const linkAttacks: Attacks = {
  "a link of the guest's to a file outside": async (w) => {
    w.guest.symlink("../outside/secret", "l");
    await w.refused("l");
  },
  "a link of the guest's to a folder outside, and names behind it": async (w) => {
    w.guest.symlink("../outside", "l");
    await w.refused(["l/secret", "l/folder/file", "l/new", "l/", "l/.", "l/..", "l"]);
  },
  "a link to `..`, and links upon it": async (w) => {
    w.guest.symlink("..", "up");
    w.guest.symlink("up/outside", "further");
    await w.refused(["up/outside/secret", "further/secret", "up", "further", "a/../up"]);
  },
  "a link to `.`, and `..` behind it": async (w) => {
    w.guest.symlink(".", "here");
    await w.refused(["here/..", "here/here/../..", "here/../outside/secret"]);
  },
  "an absolute link of the guest's": async (w) => {
    for (const target of ["/etc/passwd", "/", "//x", `${w.base}/outside`]) {
      assert.equal(failure(() => w.guest.symlink(target, "l")), "EPERM");
    }
    await w.refused("l/secret", "ENOENT");
  },
  "a chain of links with its end outside": async (w) => {
    w.guest.symlink("../outside/secret", "l0");
    for (let index = 1; index < 39; index += 1) w.guest.symlink(`l${index - 1}`, `l${index}`);
    await w.refused("l38");
  },
  "links that go round, and round through a folder": async (w) => {
    w.guest.symlink("two", "one");
    w.guest.symlink("a/../one", "two");
    w.guest.symlink("three/x", "three");
    await w.refused(["one", "two", "three", "one/../../outside"], "ELOOP");
  },
  "links that double what they look up, to outlast a check": async (w) => {
    w.guest.symlink("a/../a/../", "x0");
    for (let index = 1; index < 30; index += 1) {
      w.guest.symlink(`x${index - 1}/x${index - 1}`, `x${index}`);
    }
    await w.refused(["x29/../outside/secret", "x29"], "ELOOP");
  },
  "a link deep down that climbs past the top": async (w) => {
    w.guest.symlink("../../../outside/secret", "a/b/l");
    w.guest.symlink("a/b/l", "to");
    await w.refused(["a/b/l", "to"]);
  },
  "a link that leads out and in again": async (w) => {
    w.guest.symlink("../inside/plain", "l");
    await w.refused("l");
  },
  "a link that is harmless where it was made, moved up": async (w) => {
    w.guest.symlink("../../outside/secret", "a/b/l");
    await w.refused("a/b/l", "ENOENT");
    w.guest.symlink("../../outside/secret", "a/b/l");
    w.guest.rename("a/b/l", "a/l");
    await w.refused("a/l");
  },
  "a folder of harmless links, moved up": async (w) => {
    w.guest.mkdir("a/b/c");
    w.guest.symlink("../../../outside", "a/b/c/l");
    w.guest.rename("a/b/c", "a/c");
    w.guest.rename("a/c", "c");
    await w.refused(["c/l/secret", "c/l"]);
  },
  "a hard link to a link, in another folder": async (w) => {
    w.guest.symlink("../outside/secret", "a/l");
    w.guest.link("a/l", "h");
    await w.refused("h");
    await w.refused("a/l", "ENOENT");
  },
  "a hard link that is to follow a link to a file outside": async (w) => {
    w.guest.symlink("../outside/secret", "l");
    const follow = w.guest.errno("path_link", 3, 1, ...w.guest.put("l"), 3, ...w.guest.put("h"));
    assert.equal(follow, "EINVAL");
    w.guest.link("l", "h");
    assert.equal(w.guest.readlink("h"), "../outside/secret");
    await w.refused("h");
  },
  "making a file through a link whose end does not exist yet": async (w) => {
    w.guest.symlink("../outside/planted", "l");
    for (const flags of [["creat"], ["creat", "trunc"], ["creat", "excl"]] as const) {
      const errno = failure(() => w.guest.open("l", { flags }));
      assert.equal(errno, flags.includes("excl" as never) ? "EEXIST" : "EPERM");
    }
    await w.refused("l");
  },
  "making a folder, a link or a hard link through a link": async (w) => {
    w.guest.symlink("../outside", "l");
    assert.equal(failure(() => w.guest.mkdir("l/planted")), "EPERM");
    assert.equal(failure(() => w.guest.symlink("x", "l/planted")), "EPERM");
    assert.equal(failure(() => w.guest.link("plain", "l/planted")), "EPERM");
    assert.equal(failure(() => w.guest.mkdir("l")), "EEXIST");
    await w.refused("l");
  },
  "taking a file or folder away through a link": async (w) => {
    w.guest.symlink("../outside", "l");
    assert.equal(failure(() => w.guest.unlink("l/secret")), "EPERM");
    assert.equal(failure(() => w.guest.rmdir("l/folder")), "EPERM");
    for (const path of ["l", "l/"]) assert.equal(failure(() => w.guest.rmdir(path)), "ENOTDIR");
    assert.equal(failure(() => w.guest.unlink("l/")), "ENOTDIR");
    await w.refused("l");
  },
  "moving a file out, or in from outside, through a link": async (w) => {
    w.guest.symlink("../outside", "l");
    assert.equal(failure(() => w.guest.rename("plain", "l/planted")), "EPERM");
    assert.equal(failure(() => w.guest.rename("l/secret", "stolen")), "EPERM");
    assert.equal(failure(() => w.guest.link("l/secret", "stolen")), "EPERM");
    await w.refused("l");
  },
  "moving a file over a link, which must replace the link and not its end": (w) => {
    w.guest.symlink("../outside/secret", "l");
    w.guest.rename("plain", "l");
    assert.equal(typeName(w.guest.stat("l", "keep").type), "regularFile");
    assert.equal(w.guest.readFile("l"), "mine");
  },
  "cutting or dating a file outside through a link": async (w) => {
    w.guest.symlink("../outside/secret", "l");
    assert.equal(failure(() => w.guest.open("l", { flags: ["trunc"], rights: 0 })), "EPERM");
    assert.equal(failure(() => w.guest.utimes("l", 1n, 1n, "follow")), "EPERM");
    w.guest.utimes("l", 1_000_000_000n, 1_000_000_000n, "keep");
    await w.refused("l");
  },
  "reading what a link says, which is text and tells nothing of its end": async (w) => {
    w.guest.symlink("../outside/secret", "l");
    assert.equal(w.guest.readlink("l"), "../outside/secret");
    fs.symlinkSync(`${w.base}/outside/secret`, `${w.inside}/abs`);
    assert.equal(failure(() => w.guest.readlink("abs")), "EPERM");
    await w.refused(["l", "abs"]);
  },
  "listing a folder outside through a link": async (w) => {
    w.guest.symlink("../outside", "l");
    assert.equal(await failureLater(() => w.guest.list("l")), "EPERM");
    assert.deepEqual(await w.guest.list("."), [
      "a:directory",
      "l:symbolicLink",
      "plain:regularFile",
    ]);
  },
  "an absolute link that was there before": async (w) => {
    fs.symlinkSync(`${w.base}/outside`, `${w.inside}/l`);
    fs.symlinkSync("/etc", `${w.inside}/etc`);
    await w.refused(["l/secret", "l", "etc/passwd", "etc/../etc", "etc"]);
  },
  "an absolute link that was there before and leads back in": async (w) => {
    fs.symlinkSync(`${w.inside}/plain`, `${w.inside}/l`);
    await w.refused("l");
  },
  "links that were there before, to what the kernel shows of the process": async (w) => {
    const targets = [
      "/proc/self/root",
      "/proc/self/cwd",
      "/proc/self/fd",
      "/proc/self/exe",
      "/dev/stdin",
      "/dev/fd",
    ];
    for (const [index, target] of targets.entries()) {
      fs.symlinkSync(target, `${w.inside}/m${index}`);
      await w.refused([`m${index}/0`, `m${index}/etc/passwd`, `m${index}`]);
    }
  },
  "a chain that begins with the guest's link and ends with one that was there": async (w) => {
    fs.symlinkSync("../outside", `${w.inside}/theirs`);
    w.guest.symlink("theirs", "mine");
    w.guest.symlink("../mine/secret", "a/l");
    await w.refused(["mine/secret", "a/l", "mine"]);
  },
  "a link whose text is not UTF-8": async (w) => {
    const made = new Deno.Command("sh", {
      args: ["-c", `ln -s "$(printf '../outside/\\377')" "$1/l"`, "sh", w.inside],
    }).outputSync();
    assert.ok(made.success);
    await w.refused(["l", "l/x"], "EILSEQ");
  },
};
