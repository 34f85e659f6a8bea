/**
 * Opens a tar archive as a file system that is only read, and whose contents are views of the archive's bytes.
 *
 * What always holds: a name leads to one place, below the top, through directories alone; a link leads to where the
 * archive has put something or could have, never above its top. (The resolution of paths would refuse it too:
 * path_resolve.ts. Here whoever packed it hears of it.)
 */

import { encodeUtf8, isSkerryError, printable } from "@skerry/base";
import { tarEntries, type TarEntry } from "./bundle_entries.ts";
import { BundleProblem } from "./bundle_problem.ts";
import type { FileSystemImage } from "./frozen_nodes.ts";
import { FrozenSlice } from "./frozen_pages.ts";
import { type Draft, FrozenTree, type TreeBudget } from "./frozen_tree.ts";
import { nameBytesMax, pathBytesMax } from "./limits.ts";

/**
 * Opens a bundle: a tar archive (ustar, with the long names of pax and of GNU tar).
 *
 * @param archive must not change any more: contents are read from it when they are asked for
 * @param where what an error names the archive by
 * @param budget shared by bundles that are held together: a few bytes of an archive can name many folders
 * @throws SkerryError SKERRY_BUNDLE_REFUSED with the entry, where it is, and what to do about it
 *
 * @example
 * ```ts
 * import { openBundle } from "@skerry/wasi";
 * const nothing = openBundle(new Uint8Array(1024));
 * if (nothing.root().lookup("file") !== undefined) throw new Error("the archive is empty");
 * ```
 */
export function openBundle(
  archive: Uint8Array,
  where = "the bundle",
  budget?: TreeBudget,
): FileSystemImage {
  const tree = new FrozenTree(budget);
  let reading: TarEntry | undefined;
  try {
    for (reading of tarEntries(archive)) addEntry(tree, reading);
    return tree.finish();
  } catch (error) {
    const { name, at = 0 } = reading ?? {};
    if (isSkerryError(error)) {
      throw new BundleProblem(at, error.message, error.remedy).toError(where);
    }
    if (!(error instanceof BundleProblem)) throw error;
    // What is wrong before an entry is known stands where it stands, behind the entry that was read last.
    if (error.at === at && reading !== undefined) error.entry ??= name;
    throw error.toError(where);
  }
}

function addEntry(tree: FrozenTree, entry: TarEntry): void {
  const names = namesOf(entry);
  const isDirectory = entry.type === "5" ||
    ("0\0".includes(entry.type) && entry.name.endsWith("/"));
  const name = names.pop();
  if (name === undefined) {
    if (!isDirectory) throw problem(entry, "its name is empty", "leave it out");
    tree.root.modifiedNs = entry.modifiedNs;
    return;
  }
  const parent = names.reduce((above, each) => folderIn(tree, above, each, entry), tree.root);
  if (isDirectory) {
    folderIn(tree, parent, name, entry).modifiedNs = entry.modifiedNs;
  } else if (parent.entries.has(name)) {
    throw problem(entry, "the archive has this name twice", "keep one of the two");
  }
  if (!"0\x007".includes(entry.type) && entry.contents.length > 0) {
    throw problem(entry, "only a file can have contents", "pack it again");
  }
  if (!isDirectory) addFile(tree, parent, name, names.length, entry);
}

function addFile(
  tree: FrozenTree,
  parent: Draft,
  name: string,
  depth: number,
  entry: TarEntry,
): void {
  const { contents, linkName, modifiedNs } = entry;
  switch (entry.type) {
    case "0":
    case "\0":
    case "7":
      tree.add(parent, name, new FrozenSlice(contents), modifiedNs);
      return;
    case "1":
      return tree.link(parent, name, linkedFile(tree, entry));
    case "2":
      checkTarget(entry, depth);
      tree.add(parent, name, { target: linkName, bytes: encodeUtf8(linkName).length }, modifiedNs);
      return;
    case "3":
    case "4":
    case "6":
      throw problem(entry, "it is a device or a pipe", "leave it out");
    default: {
      const type = printable(entry.type);
      throw problem(
        entry,
        `it is of a kind that is not known, "${type}"`,
        "pack it as ustar or pax",
      );
    }
  }
}

/** The names on the way to an entry. */
function namesOf(entry: TarEntry, path: string = entry.name): string[] {
  if (path.startsWith("/")) {
    throw problem(entry, "its path is absolute", "pack it with relative paths");
  }
  if (path.includes("\0")) throw problem(entry, "its path holds a NUL", "rename it");
  if (isLonger(path, pathBytesMax)) {
    throw problem(entry, "its path is too long", "shorten it");
  }
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  for (const name of names) {
    if (name === "..") throw problem(entry, 'its path holds ".."', "pack it with plain paths");
    if (isLonger(name, nameBytesMax)) {
      throw problem(entry, `a name in its path is longer than ${nameBytesMax} bytes`, "shorten it");
    }
  }
  return names;
}

function isLonger(text: string, bytesMax: number): boolean {
  // A UTF-16 unit takes at most three bytes.
  return text.length * 3 > bytesMax && encodeUtf8(text).length > bytesMax;
}

/** A directory in another; made where the archive has not named it yet. */
function folderIn(tree: FrozenTree, parent: Draft, name: string, entry: TarEntry): Draft {
  const found = parent.entries.get(name);
  if (found === undefined) return tree.add(parent, name, "directory", entry.modifiedNs);
  if (found.what === "directory") return found;
  const what = `"${printable(name)}" is no folder, and there cannot be a folder in its place`;
  throw problem(entry, what, "keep one of the two");
}

function linkedFile(tree: FrozenTree, entry: TarEntry): Draft {
  const found = namesOf(entry, entry.linkName)
    .reduce<Draft | undefined>((above, name) => above?.entries.get(name), tree.root);
  if (found === undefined || found.what === "directory") {
    const target = printable(entry.linkName, 200);
    throw problem(
      entry,
      `it is a link to "${target}", which no file before it is`,
      "pack that too",
    );
  }
  return found;
}

/** Refuses a symbolic link that would lead out of the bundle. */
function checkTarget(entry: TarEntry, depth: number): void {
  const { linkName } = entry;
  const target = printable(linkName, 200);
  if (linkName === "" || linkName.includes("\0") || isLonger(linkName, pathBytesMax)) {
    throw problem(entry, "it is a link to nothing that can be meant", "leave it out");
  }
  let above = depth;
  const leaves = linkName.startsWith("/") || linkName.split("/").some((name) => {
    if (name === "..") above -= 1;
    else if (name !== "" && name !== ".") above += 1;
    return above < 0;
  });
  if (leaves) {
    const remedy = "make it a relative link to what is bundled, or leave it out";
    throw problem(entry, `it is a link to "${target}", which leads out of the bundle`, remedy);
  }
}

function problem({ at, name }: TarEntry, message: string, remedy: string): BundleProblem {
  return new BundleProblem(at, message, remedy, name);
}
