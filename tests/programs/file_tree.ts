/** Files by their paths, in a file system that guests use: what a test puts there, and what it finds. */

import type { DirectoryNode, FileSystem } from "@skerry/wasi";

/** Makes a file, and the directories above it where they are missing. */
export function putFile(files: FileSystem, path: string, content: Uint8Array): void {
  const parts = partsOf(path);
  const name = parts.pop() ?? "";
  const directory = directoryOf(files, parts.join("/"));
  const file = directory.createFile(name, "write");
  if (content.length > 0 && file.write(content, 0) !== content.length) {
    throw new Error(`${path} does not fit`);
  }
  file.close();
  directory.release();
}

/** What a file holds; undefined where there is none. */
export function fileAt(files: FileSystem, path: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = partsOf(path);
  const name = parts.pop() ?? "";
  const directory = directoryOf(files, parts.join("/"));
  const node = directory.lookup(name);
  if (node?.type !== "regularFile") return undefined;
  const file = node.open("read");
  const bytes = new Uint8Array(Number(file.stat().bytes));
  if (file.read(bytes, 0) !== bytes.length) throw new Error(`${path} was read in part`);
  file.close();
  node.release();
  directory.release();
  return bytes;
}

/** A directory, made where it is missing; the caller releases it. */
export function directoryOf(files: FileSystem, path: string): DirectoryNode {
  let directory = files.root();
  for (const name of partsOf(path)) {
    if (directory.lookup(name) === undefined) directory.makeDirectory(name);
    const next = directory.lookup(name);
    directory.release();
    if (next?.type !== "directory") throw new Error(`${path} is no directory`);
    directory = next;
  }
  return directory;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
