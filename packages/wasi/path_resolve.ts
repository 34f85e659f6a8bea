/**
 * From a path to a place in a file system: the one place where paths are taken apart.
 *
 * What always holds: the walk never leaves the directory that it started from. It goes name by name, holding
 * every directory on its way; `..` goes back along what it holds, so it means the same however the tree is
 * moved about meanwhile, and at the start it is refused. Symbolic links are read and followed here, never by
 * the file system; an absolute one, like an absolute path, is refused. (WASI's rule that resolution stays
 * beneath the descriptor; as in Linux's RESOLVE_BENEATH.)
 */

import { encodeUtf8, fail } from "@skerry/base";
import type { DirectoryNode, FileStat, FsNode } from "./file_system.ts";
import { lookupsMax, nameBytesMax, symlinksMax } from "./limits.ts";

/** When a symbolic link at the very end of a path is followed; `slashed` is where a slash comes after it. */
export type LastLink = "always" | "slashed" | "never";

/** Where a path leads. Its nodes are held only during the call that it is passed to. */
export type Place =
  | {
    readonly kind: "name";
    readonly parent: DirectoryNode;
    readonly name: string;
    /** Whether the path ends in a slash: what the name stands for must then be a directory. */
    readonly slash: boolean;
    /** What is there now. */
    readonly node: FsNode | undefined;
  }
  | {
    /** The path's last component is a dot, or two: it is a directory that was walked through. */
    readonly kind: "directory";
    readonly dots: "." | "..";
    readonly node: DirectoryNode;
  };

/**
 * Resolves a path and hands its place to `use`.
 *
 * @param start where the path begins, and what it may not leave
 * @param path a relative path
 */
export function atPath<T>(
  start: DirectoryNode,
  path: string,
  lastLink: LastLink,
  use: (place: Place) => T,
): T {
  const walk = new Walk(start, lastLink);
  try {
    return use(walk.to(path));
  } finally {
    walk.release();
  }
}

/** Resolves a path to a node that must exist, and be a directory where the path ends in a slash. */
export function atNode<T>(
  start: DirectoryNode,
  path: string,
  lastLink: "always" | "slashed",
  use: (node: FsNode) => T,
): T {
  return atPath(start, path, lastLink, (place) => {
    const { node } = place;
    if (node === undefined) return fail("ENOENT");
    if (place.kind === "name" && place.slash && node.type !== "directory") fail("ENOTDIR");
    return use(node);
  });
}

/** What is to be told of the node that a path leads to, and that must exist. */
export function statAt(
  start: DirectoryNode,
  path: string,
  lastLink: "always" | "slashed",
): FileStat {
  const walk = new Walk(start, lastLink, "stat");
  try {
    const place = walk.to(path);
    const stat = walk.stat ?? place.node?.stat() ?? fail("ENOENT");
    if (place.kind === "name" && place.slash && stat.type !== "directory") fail("ENOTDIR");
    return stat;
  } finally {
    walk.release();
  }
}

class Walk {
  readonly #start: DirectoryNode;
  readonly #lastLink: LastLink;
  readonly #wants: "node" | "stat";
  /** Directories from below the start to where the walk is now. */
  readonly #held: DirectoryNode[] = [];
  /** Components still to come, the next one last. */
  readonly #pending: string[] = [];
  #slash = false;
  #links = 0;
  #lookups = 0;
  #last: FsNode | undefined;
  #stat: FileStat | undefined;

  /** @param wants what of the path's end: where a stat can be had without the node, its place has none */
  constructor(start: DirectoryNode, lastLink: LastLink, wants: "node" | "stat" = "node") {
    this.#start = start;
    this.#lastLink = lastLink;
    this.#wants = wants;
  }

  /** What is told of the path's end, where it was had without the node. */
  get stat(): FileStat | undefined {
    return this.#stat;
  }

  to(path: string): Place {
    if (path === "") fail("ENOENT");
    this.#push(path);
    let dots: "." | ".." = ".";
    for (let name = this.#pending.pop(); name !== undefined; name = this.#pending.pop()) {
      if (name === ".") {
        dots = ".";
      } else if (name === "..") {
        dots = "..";
        this.#up();
      } else {
        const place = this.#into(name);
        if (place !== undefined) return place;
        dots = ".";
      }
    }
    return { kind: "directory", dots, node: this.#here() };
  }

  release(): void {
    this.#last?.release();
    for (const directory of this.#held) directory.release();
  }

  #here(): DirectoryNode {
    return this.#held.at(-1) ?? this.#start;
  }

  #push(path: string): void {
    if (path.startsWith("/")) fail("EPERM");
    if (this.#pending.length === 0) this.#slash ||= path.endsWith("/");
    if (!path.includes("/")) this.#pending.push(path);
    else this.#pending.push(...path.split("/").filter((name) => name !== "").reverse());
  }

  #up(): void {
    const left = this.#held.pop() ?? fail("EPERM");
    left.release();
  }

  /** Goes on to a name; answers with the place where that is the end of the path. */
  #into(name: string): Place | undefined {
    checkName(name);
    this.#lookups += 1;
    if (this.#lookups > lookupsMax) fail("ELOOP");
    const parent = this.#here();
    const last = this.#pending.length === 0;
    if (last && this.#wants === "stat" && this.#tells(parent, name)) {
      return { kind: "name", parent, name, slash: this.#slash, node: undefined };
    }
    const node = parent.lookup(name);
    this.#last = node;
    if (node?.type === "symbolicLink" && (!last || this.#follows())) {
      this.#links += 1;
      if (this.#links > symlinksMax) fail("ELOOP");
      const target = node.target();
      if (target === "") fail("ENOENT");
      this.#last = undefined;
      node.release();
      this.#push(target);
      return undefined;
    }
    if (last) return { kind: "name", parent, name, slash: this.#slash, node };
    if (node === undefined) return fail("ENOENT");
    if (node.type !== "directory") return fail("ENOTDIR");
    this.#last = undefined;
    this.#held.push(node);
    return undefined;
  }

  /** Whether a directory tells of a name without holding its node; not of a link that is to be followed. */
  #tells(parent: DirectoryNode, name: string): boolean {
    const stat = parent.statOf?.(name);
    if (stat === undefined || (stat.type === "symbolicLink" && this.#follows())) return false;
    this.#stat = stat;
    return true;
  }

  #follows(): boolean {
    return this.#lastLink === "always" || (this.#lastLink === "slashed" && this.#slash);
  }
}

function checkName(name: string): void {
  // A UTF-16 unit takes at most three bytes.
  if (name.length * 3 > nameBytesMax && encodeUtf8(name).length > nameBytesMax) {
    fail("ENAMETOOLONG");
  }
}
