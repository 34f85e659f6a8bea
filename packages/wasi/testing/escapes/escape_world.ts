/**
 * A directory of the host with a guest in it, and what lies beside: canaries that no attack may change, read, or
 * tell anything of.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fs from "node:fs";
import type { ErrnoName } from "@skerry/base";
import { hostDirectory, type HostWalk } from "@skerry/platform";
import { overlayFileSystem } from "../../overlay_file_system.ts";
import { rights } from "../../rights.ts";
import { failure, failureLater, TestClock, type TestGuest, testGuest } from "../guest.ts";

const canary = "canary-5d1f0c";

/** One attempt to get out: a line that says what is tried, and the attempt. */
export type Attacks = Readonly<Record<string, (world: EscapeWorld) => void | Promise<void>>>;

/** What is allowed to come of a path that would lead out. */
const refusals: readonly ErrnoName[] = [
  ...["EPERM", "ENOENT", "ENOTDIR", "ELOOP", "EINVAL", "EILSEQ", "ENAMETOOLONG", "EACCES"] as const,
];

/**
 * Beside each other: `inside` (with the file `plain` and the folders `a/b`, where a file `deep` is), which the
 * guest has, and `outside` (with `secret` and `folder/file`), which it has not.
 */
export class EscapeWorld {
  readonly walk: HostWalk;
  readonly base: string;
  readonly inside: string;
  readonly guest: TestGuest;
  #before: string[];

  readonly #layered: boolean;

  constructor(walk: HostWalk, way: "directly" | "through a layer" = "directly") {
    this.walk = walk;
    this.#layered = way === "through a layer";
    this.base = fs.realpathSync(Deno.makeTempDirSync({ prefix: "skerry-escape-" }));
    this.inside = `${this.base}/inside`;
    fs.mkdirSync(`${this.inside}/a/b`, { recursive: true });
    fs.mkdirSync(`${this.base}/outside/folder`, { recursive: true });
    for (const path of ["plain", "a/b/deep"]) fs.writeFileSync(`${this.inside}/${path}`, "mine");
    for (const path of ["secret", "folder/file"]) {
      fs.writeFileSync(`${this.base}/outside/${path}`, canary);
      // A read would be seen: where times of access are kept at all, one before the last change is renewed.
      fs.utimesSync(`${this.base}/outside/${path}`, 1_000, 2_000);
    }
    this.guest = this.another();
    this.#before = tree(`${this.base}/outside`);
  }

  /** Another guest with the same directory. */
  another(): TestGuest {
    const bounds = { bytesMax: 1 << 20, filesMax: 1000, clock: new TestClock() };
    const directory = hostDirectory(this.inside, { walk: this.walk });
    const fileSystem = this.#layered ? overlayFileSystem(directory, bounds) : directory;
    return testGuest({ preopens: [{ guestPath: "/data", fileSystem }] });
  }

  /**
   * None of these paths leads anywhere by any call. The errors that may be given are EPERM, or those named; calls
   * that may well succeed on the name itself, such as removing a link, are made too.
   */
  async refused(
    paths: string | Uint8Array | readonly (string | Uint8Array)[],
    ...errnos: ErrnoName[]
  ) {
    const all = typeof paths === "string" || paths instanceof Uint8Array ? [paths] : paths;
    const expected = errnos.length === 0 ? ["EPERM"] : errnos;
    for (const path of all) {
      for (const [name, errno] of await this.#follow(path)) {
        assert.ok(expected.includes(errno), `${name} ${String(path).slice(0, 80)} gives ${errno}`);
      }
    }
    this.unharmed();
    for (const path of all) this.#everything(path);
    this.unharmed();
  }

  /** Nothing outside has changed, been read, been added or become known. */
  unharmed(): void {
    assert.deepEqual(tree(`${this.base}/outside`), this.#before, "something outside has changed");
    assert.deepEqual(fs.readdirSync(this.base).sort(), ["inside", "outside"]);
    const { memory } = this.guest;
    const known = Buffer.from(memory.view(0, memory.byteLength)).indexOf(canary);
    assert.equal(known, -1, "the guest has read what is outside");
  }

  /** What is outside has been changed by the host itself: from now on it is to stay like this. */
  changedOutside(): void {
    this.#before = tree(`${this.base}/outside`);
  }

  /** Ends the guest, and looks once more at what is outside. */
  end(): void {
    this.unharmed();
    this.guest.context.close();
    for (const path of ["secret", "folder/file"]) {
      assert.equal(fs.readFileSync(`${this.base}/outside/${path}`, "utf8"), canary);
    }
    fs.rmSync(this.base, { recursive: true });
  }

  /** Takes everything away, whatever has happened. */
  remove(): void {
    fs.rmSync(this.base, { recursive: true, force: true });
  }

  /** Every call that goes where a path leads. */
  async #follow(path: string | Uint8Array): Promise<[string, ErrnoName][]> {
    const { guest } = this;
    const put = () => guest.put(path);
    const result = guest.room(64);
    const open = (oflags: number, base: number) =>
      guest.errno("path_open", 3, 1, ...put(), oflags, BigInt(base), 0n, 0, result);
    const done: [string, ErrnoName][] = [
      ["stat", guest.errno("path_filestat_get", 3, 1, ...put(), result)],
      ["open", open(0, rights.fdRead)],
      ["open to write", open(0, rights.fdWrite)],
      ["open to cut", open(8, rights.fdWrite)],
      ["open a directory", open(2, rights.fdReaddir)],
      ["set times", guest.errno("path_filestat_set_times", 3, 1, ...put(), 1n, 1n, 5)],
    ];
    if (typeof path === "string") {
      const listed = await failureLater(() => guest.list(path));
      done.push(["list", listed === "ok" ? "ESUCCESS" : listed]);
    }
    return done;
  }

  /** Every other call with the path in each place; what comes of it is for {@link unharmed} to see. */
  #everything(path: string | Uint8Array): void {
    const { guest } = this;
    const at = () => [3, ...guest.put(path)];
    const into = () => [3, ...guest.put(typeof path === "string" ? `${path}/planted` : "planted")];
    const named = (name: string) => [3, ...guest.put(name)];
    const [result, write] = [guest.room(64), BigInt(rights.fdWrite)];
    const open = (lookup: number, [fd = 3, ...text]: number[], oflags: number) =>
      guest.errno("path_open", fd, lookup, ...text, oflags, write, 0n, 0, result);
    open(1, at(), 1);
    open(0, at(), 5);
    open(1, into(), 1);
    const [fd = 3, ...text] = at();
    guest.errno("path_filestat_get", fd, 0, ...text, result);
    guest.errno("path_filestat_set_times", fd, 0, ...text, 1n, 1n, 5);
    guest.errno("path_readlink", ...at(), guest.room(64), 64, result);
    guest.errno("path_link", 3, 0, ...guest.put(path), ...named("linked"));
    for (const target of [at, into]) {
      guest.errno("path_create_directory", ...target());
      guest.errno("path_symlink", ...guest.put("x"), ...target());
      guest.errno("path_link", 3, 0, ...guest.put("plain"), ...target());
    }
    guest.errno("path_rename", ...named("plain"), ...into());
    guest.errno("path_rename", ...at(), ...named("renamed"));
    guest.errno("path_rename", ...named("renamed"), ...at());
    guest.errno("path_unlink_file", ...into());
    guest.errno("path_remove_directory", ...at());
    guest.errno("path_unlink_file", ...at());
  }
}

/** The refusals that may come of a path that would lead out, as text. */
export function isRefusal(errno: string): boolean {
  return (refusals as readonly string[]).includes(errno);
}

/** The error of an action that must not succeed. */
export function refusal(act: () => unknown): string {
  const errno = failure(act);
  assert.ok(isRefusal(errno), `gives ${errno}`);
  return errno;
}

/** Whether a read of a file is seen by its time of access here; not where the disk is mounted with noatime. */
export function readsAreSeen(): boolean {
  const path = Deno.makeTempFileSync();
  fs.writeFileSync(path, "read me");
  fs.utimesSync(path, 1_000, 2_000);
  fs.readFileSync(path);
  const { atimeMs } = fs.statSync(path);
  fs.rmSync(path);
  return atimeMs !== 1_000_000;
}

/** All that can be known of a tree without reading its files, so that times of access stay. */
function tree(path: string): string[] {
  const { dev, ino, mode, nlink, size, atimeNs, mtimeNs, ctimeNs } = fs.lstatSync(path, {
    bigint: true,
  });
  const isDirectory = fs.lstatSync(path).isDirectory();
  // Listing a directory, as this does, is a read of it.
  const told = [dev, ino, mode, nlink, size, isDirectory ? "" : atimeNs, mtimeNs, ctimeNs].join();
  const below = isDirectory ? fs.readdirSync(path).sort() : [];
  return [`${path} ${told}`, ...below.flatMap((name) => tree(`${path}/${name}`))];
}
