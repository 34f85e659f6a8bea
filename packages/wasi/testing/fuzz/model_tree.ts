/**
 * The model's files: nodes in maps, and paths followed by the letter of the rules. It is written to be read, and
 * shares nothing with what it is compared to.
 */

/** A regular file; bytes that are not in the map are zero. */
export interface ModelFile {
  readonly kind: "file";
  links: number;
  size: number;
  readonly bytes: Map<number, number>;
  modifiedNs?: bigint;
}

/** A symbolic link. */
export interface ModelLink {
  readonly kind: "link";
  links: number;
  readonly target: string;
  modifiedNs?: bigint;
}

/** A directory; one that was removed takes no more names. */
export interface ModelDirectory {
  readonly kind: "directory";
  readonly entries: Map<string, ModelNode>;
  parent: ModelDirectory | undefined;
  removed: boolean;
  modifiedNs?: bigint;
}

export type ModelNode = ModelFile | ModelLink | ModelDirectory;

/** A call that the model refuses. */
export class Refused extends Error {
  readonly errno: string;

  constructor(errno: string) {
    super(errno);
    this.errno = errno;
  }
}

export function refuse(errno: string): never {
  throw new Refused(errno);
}

export function newDirectory(parent?: ModelDirectory): ModelDirectory {
  return { kind: "directory", entries: new Map(), parent, removed: false };
}

export function newFile(): ModelFile {
  return { kind: "file", links: 1, size: 0, bytes: new Map() };
}

/** Where a path leads: a name in a directory, or a directory that was walked through. */
export type Spot =
  | {
    readonly kind: "name";
    readonly directory: ModelDirectory;
    readonly name: string;
    readonly node: ModelNode | undefined;
    readonly slash: boolean;
  }
  | { readonly kind: "dots"; readonly node: ModelDirectory; readonly dots: string };

export type Follow = "always" | "slashed" | "never";

/** Follows a path from a directory. */
export function resolve(start: ModelDirectory, path: string, follow: Follow): Spot {
  return new Resolution(follow).walk([start], path, true, false) as Spot;
}

class Resolution {
  readonly #follow: Follow;
  #links = 0;
  #lookups = 0;

  constructor(follow: Follow) {
    this.#follow = follow;
  }

  /** Answers with the spot at the end of the whole path; inside of it, with the directories walked down to. */
  walk(
    trail: ModelDirectory[],
    text: string,
    last: boolean,
    slashBefore: boolean,
  ): Spot | ModelDirectory[] {
    if (text === "") refuse("ENOENT");
    if (text.startsWith("/")) refuse("EPERM");
    const slash = last && (slashBefore || text.endsWith("/"));
    const names = text.split("/").filter((name) => name !== "");
    let here = trail;
    let dots = ".";
    for (const [index, name] of names.entries()) {
      const end = last && index === names.length - 1;
      const directory = here.at(-1) ?? refuse("no directory");
      if (name === "." || name === "..") {
        dots = name;
        if (name === "..") here = here.length > 1 ? here.slice(0, -1) : refuse("EPERM");
        continue;
      }
      dots = ".";
      if (new TextEncoder().encode(name).length > 255) refuse("ENAMETOOLONG");
      this.#lookups += 1;
      if (this.#lookups > 4096) refuse("ELOOP");
      const node = directory.entries.get(name);
      const follows = !end || this.#follow === "always" || (this.#follow === "slashed" && slash);
      if (node?.kind === "link" && follows) {
        this.#links += 1;
        if (this.#links > 40) refuse("ELOOP");
        const led = this.walk(here, node.target, end, slash);
        if (end) return led;
        here = led as ModelDirectory[];
      } else if (end) {
        return { kind: "name", directory, name, node, slash };
      } else if (node === undefined) {
        refuse("ENOENT");
      } else if (node.kind !== "directory") {
        refuse("ENOTDIR");
      } else {
        here = [...here, node];
      }
    }
    const node = here.at(-1) ?? refuse("no directory");
    return last ? { kind: "dots", node, dots } : here;
  }
}

/** Gives a node a name. */
export function addName(directory: ModelDirectory, name: string, node: ModelNode): void {
  if (directory.removed) refuse("ENOENT");
  directory.entries.set(name, node);
  if (node.kind === "directory") node.parent = directory;
  delete directory.modifiedNs;
}

/** Takes a name away. */
export function dropName(directory: ModelDirectory, name: string): void {
  const node = directory.entries.get(name);
  directory.entries.delete(name);
  delete directory.modifiedNs;
  if (node?.kind === "directory") node.removed = true;
  else if (node !== undefined) node.links -= 1;
}

/** Moves a name as rename(2) does. */
export function rename(
  from: Extract<Spot, { kind: "name" }>,
  to: Extract<Spot, { kind: "name" }>,
): void {
  const node = from.node ?? refuse("ENOENT");
  if (to.directory.removed) refuse("ENOENT");
  if (node.kind === "directory" && isWithin(to.directory, node)) refuse("EINVAL");
  const victim = to.node;
  if (victim?.kind === "directory" && isWithin(from.directory, victim)) refuse("ENOTEMPTY");
  if (victim === node) return;
  if (victim !== undefined) {
    if (node.kind === "directory" && victim.kind !== "directory") refuse("ENOTDIR");
    if (node.kind !== "directory" && victim.kind === "directory") refuse("EISDIR");
    if (victim.kind === "directory" && victim.entries.size > 0) refuse("ENOTEMPTY");
    dropName(to.directory, to.name);
  }
  from.directory.entries.delete(from.name);
  delete from.directory.modifiedNs;
  addName(to.directory, to.name, node);
}

function isWithin(inner: ModelDirectory, outer: ModelDirectory): boolean {
  for (let at: ModelDirectory | undefined = inner; at !== undefined; at = at.parent) {
    if (at === outer) return true;
  }
  return false;
}

/** Cuts or lengthens a file. */
export function setSize(file: ModelFile, size: number): void {
  for (const offset of [...file.bytes.keys()]) if (offset >= size) file.bytes.delete(offset);
  file.size = size;
  delete file.modifiedNs;
}

/** Writes bytes at an offset. */
export function write(file: ModelFile, offset: number, bytes: Uint8Array): void {
  for (const [index, byte] of bytes.entries()) file.bytes.set(offset + index, byte);
  file.size = Math.max(file.size, offset + bytes.length);
  delete file.modifiedNs;
}

/** Reads bytes from an offset. */
export function read(file: ModelFile, offset: number, length: number): Uint8Array {
  const count = Math.max(0, Math.min(length, file.size - offset));
  return Uint8Array.from({ length: count }, (_, index) => file.bytes.get(offset + index) ?? 0);
}
