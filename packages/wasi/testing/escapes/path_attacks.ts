/** Attacks by the text of a path alone. */

import assert from "node:assert/strict";
import { failure } from "../guest.ts";
import type { Attacks } from "./escape_world.ts";

const bytes = (...values: (number | string)[]) =>
  Uint8Array.from(
    values.flatMap((value) =>
      typeof value === "string" ? [...new TextEncoder().encode(value)] : [value]
    ),
  );

export const pathAttacks: Attacks = {
  "`..` by itself, with a slash, with a dot": (w) =>
    w.refused(["..", "../", "../.", "./..", ".//.."]),
  "`..` and then a name outside": (w) =>
    w.refused(["../outside/secret", "../outside", "../outside/folder/"]),
  "down and up further than down": (w) =>
    w.refused(
      ["a/../../outside/secret", "a/b/../../../outside", "a/b/deep/../../../../outside"],
      "EPERM",
      "ENOTDIR",
    ),
  "up through a folder that does not exist": (w) => w.refused("no/../../outside/secret", "ENOENT"),
  "up through a file": (w) => w.refused(["plain/../../outside/secret", "plain/.."], "ENOTDIR"),
  "dots and empty components between the `..`": (w) =>
    w.refused(["a//..//..//outside//secret", "a/./.././../outside/secret", "./././../outside"]),
  "`..` forty times, to reach the top of the machine": (w) =>
    w.refused([`${"../".repeat(40)}etc/passwd`, `a/b/${"../".repeat(40)}proc/self/environ`]),
  "`..` behind eight hundred harmless steps": (w) =>
    w.refused(`${"a/../".repeat(800)}../outside/secret`),
  "out and in again": (w) => w.refused(["../inside/plain", "../inside", "a/../../inside/plain"]),
  "names that only look like `..`": (w) =>
    w.refused([
      ".../outside",
      ".. /outside",
      "..  ",
      "..\n/outside",
      " ../outside",
      "..;/outside",
      "..:",
    ], "ENOENT"),
  "`..` with backslashes": (w) =>
    w.refused(
      ["..\\outside\\secret", "a\\..\\..\\outside", "..\\", "\\\\?\\C:\\x", "C:..\\x"],
      "ENOENT",
    ),
  "`..` in percent signs, and twice so": (w) =>
    w.refused(
      ["%2e%2e/outside/secret", "%2e%2e%2foutside", "%252e%252e/outside", "..%2foutside"],
      "ENOENT",
    ),
  "dots of other scripts": (w) =>
    w.refused([
      "．．/outside/secret",
      "\u2025/outside",
      "\u2024\u2024/outside",
      "。。/outside",
      "..\u2215outside",
    ], "ENOENT"),
  "marks that cannot be seen beside the dots": (w) =>
    w.refused(
      ["\ufeff../outside", "..\u200b/outside", "\u202e../outside", ".\u034f./outside"],
      "ENOENT",
    ),
  "`..` in overlong UTF-8": (w) =>
    w.refused([
      bytes(0xc0, 0xae, 0xc0, 0xae, "/outside/secret"),
      bytes(0xe0, 0x80, 0xae, 0xe0, 0x80, 0xae, "/x"),
    ], "EILSEQ"),
  "a slash in overlong UTF-8": (w) =>
    w.refused([
      bytes("..", 0xc0, 0xaf, "outside"),
      bytes("..", 0xe0, 0x80, 0xaf, "x"),
      bytes("..", 0xf0, 0x80, 0x80, 0xaf, "x"),
    ], "EILSEQ"),
  "UTF-8 that is none": (w) =>
    w.refused([
      bytes(0xff),
      bytes("../", 0xfe),
      bytes("a", 0xed, 0xa0, 0x80),
      bytes("../outside/", 0xc3),
      bytes(0x80),
    ], "EILSEQ"),
  "a NUL, behind which a C library would stop reading": (w) =>
    w.refused([
      "../outside/secret\0",
      "plain\0/../../outside/secret",
      "\0",
      "..\0",
      "a/b\0/../../..",
    ], "EINVAL"),
  "absolute paths": (w) =>
    w.refused(["/etc/passwd", "/", "//etc/passwd", "/..", "/./etc", `${w.base}/outside/secret`]),
  "the absolute path of what it has itself": (w) =>
    w.refused([w.inside, `${w.inside}/plain`, `${w.inside}/../outside`]),
  "what the kernel shows of the process": (w) =>
    w.refused([
      "/proc/self/root/etc/passwd",
      "/proc/self/cwd",
      "/proc/self/fd/3/../outside",
      "/dev/fd/0",
      "/dev/stdin",
    ]),
  "the same without the first slash": (w) =>
    w.refused(["proc/self/root/etc/passwd", "proc/self/fd/0", "dev/stdin"], "ENOENT"),
  "home folders, variables, patterns and schemes, which only a shell knows": (w) =>
    w.refused(
      ["~", "~root/.ssh", "$HOME/x", "${HOME}", "*/../x", "file:///etc/passwd", "a;cat x"],
      "ENOENT",
      "EPERM",
    ),
  "a path that is too long to be looked at": (w) =>
    w.refused(
      [`${"./".repeat(2048)}../outside/secret`, "../".repeat(1400), "x".repeat(4097)],
      "ENAMETOOLONG",
    ),
  "a name that is too long, which a buffer might cut off": (w) =>
    w.refused(
      [`${"x".repeat(256)}/../../outside`, `${"é".repeat(128)}`, `a/${"y".repeat(1000)}`],
      "ENAMETOOLONG",
    ),
  "an empty path, for which some calls mean the directory itself": (w) => w.refused("", "ENOENT"),
  "other cases of names, where a file system may not tell them apart": (w) =>
    w.refused(["../OUTSIDE/SECRET", "A/../../outside", "a/B/../../../Outside"], "EPERM", "ENOENT"),
  "one name in two forms of Unicode, of which only one was checked": async (w) => {
    w.guest.symlink("../outside/secret", "caf\u00e9");
    await w.refused("caf\u00e9");
    await w.refused("cafe\u0301", "EPERM", "ENOENT");
  },
  "a folder that is named like `..` with a backslash": (w) => {
    w.guest.mkdir("..\\");
    w.guest.writeFile("..\\/planted", "mine");
    assert.equal(failure(() => w.guest.stat("..\\/../../outside")), "EPERM");
  },
};
