/** A folder of files that never change, made of values. */

import { encodeUtf8, SkerryError } from "@skerry/base";
import type { FileSystemImage } from "./frozen_nodes.ts";
import { FrozenSlice } from "./frozen_pages.ts";
import { FrozenTree } from "./frozen_tree.ts";
import { nameBytesMax } from "./limits.ts";

/**
 * A file system with one folder that holds these files. It can be shared by any number of contexts.
 *
 * @param files contents by name; the bytes must not change any more
 * @param modifiedNs when they were changed, as guests are told, in nanoseconds since 1970
 * @throws SkerryError SKERRY_USAGE where a name is none that a file can have
 *
 * @example
 * ```ts
 * import { frozenFiles } from "@skerry/wasi";
 * const folder = frozenFiles([["greeting", new TextEncoder().encode("hello")]]);
 * if (folder.root().lookup("greeting") === undefined) throw new Error("there is a greeting");
 * ```
 */
export function frozenFiles(
  files: Iterable<readonly [name: string, content: Uint8Array]>,
  modifiedNs = 0n,
): FileSystemImage {
  const tree = new FrozenTree();
  tree.root.modifiedNs = modifiedNs;
  for (const [name, content] of files) {
    checkName(name);
    if (tree.root.entries.has(name)) throw wrong(name, "there are two of it");
    tree.add(tree.root, name, new FrozenSlice(content), modifiedNs);
  }
  return tree.finish();
}

function checkName(name: string): void {
  if (name === "" || name === "." || name === "..") throw wrong(name, "it is not a name");
  if (/[/\0]/.test(name)) throw wrong(name, "it holds a slash or a NUL");
  if (!name.isWellFormed()) throw wrong(name, "it is not Unicode");
  if (encodeUtf8(name).length > nameBytesMax) throw wrong(name, "it is too long");
}

function wrong(name: string, why: string): SkerryError {
  const shown = JSON.stringify(name.slice(0, nameBytesMax));
  return new SkerryError("SKERRY_USAGE", `${shown} cannot name a file: ${why}`, {
    remedy: "give it another name",
  });
}
