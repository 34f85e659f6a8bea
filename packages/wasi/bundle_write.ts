/**
 * Packs an image into a tar archive: the same bytes for the same files, wherever they came from.
 *
 * Names are in the order of their UTF-16 units, owners and permissions are the same for all, and of times there is
 * only what is asked for. (POSIX.1-2017 pax, "ustar Interchange Format" and "pax Extended Header".)
 */

import { concatBytes, encodeUtf8 } from "@skerry/base";
import { tarBlockBytes } from "./bundle_header.ts";
import type { DirectoryNode, FileSystem, FsNode } from "./file_system.ts";
import type { FileSystemImage } from "./frozen_nodes.ts";
import { takeImage, tooMuch } from "./image.ts";
import { treeBytesMax } from "./limits.ts";

/** Whether the times of the last change are packed; without, all are 1970, and do not depend on who packs. */
export type PackedTimes = "kept" | "none";

/**
 * Packs all that a file system holds, as a tar archive that `openBundle` opens.
 *
 * @throws SkerryError SKERRY_BUNDLE_REFUSED where it holds too much, or what is neither file, folder nor link
 */
export async function packBundle(
  fileSystem: FileSystem,
  times: PackedTimes = "none",
): Promise<Uint8Array<ArrayBuffer>> {
  const packing = new Packing(times);
  const image: FileSystemImage = await takeImage(fileSystem);
  packing.below(image.root() as DirectoryNode, "");
  return packing.finish();
}

class Packing {
  readonly #times: PackedTimes;
  readonly #parts: Uint8Array[] = [];
  #bytesLeft = treeBytesMax;
  /** The first name of each file that has several. */
  readonly #names = new Map<bigint, string>();

  constructor(times: PackedTimes) {
    this.#times = times;
  }

  below(directory: DirectoryNode, path: string): void {
    const names = [...directory.entries() as Iterable<{ readonly name: string }>]
      .map(({ name }) => name).sort();
    for (const name of names) {
      const node = directory.lookup(name);
      if (node !== undefined) this.#add(node, `${path}${name}`);
    }
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#parts.push(new Uint8Array(2 * tarBlockBytes));
    return concatBytes(this.#parts);
  }

  #add(node: FsNode, path: string): void {
    const { inode, modifiedNs } = node.stat();
    const timeNs = this.#times === "kept" && modifiedNs > 0n ? modifiedNs : 0n;
    const first = this.#names.get(inode);
    if (first !== undefined) return this.#entry("1", path, timeNs, { linkName: first });
    this.#names.set(inode, path);
    switch (node.type) {
      case "directory":
        this.#entry("5", `${path}/`, timeNs);
        return this.below(node, `${path}/`);
      case "symbolicLink":
        return this.#entry("2", path, timeNs, { linkName: node.target() });
      case "regularFile": {
        const frozen = node.frozen?.();
        const bytes = frozen?.bytes ?? 0;
        // Holes take nothing where they come from, and all of their room here.
        if (bytes > this.#bytesLeft) throw tooMuch(path);
        this.#bytesLeft -= bytes;
        const contents = new Uint8Array(bytes);
        frozen?.read(contents, 0);
        return this.#entry("0", path, timeNs, { contents });
      }
    }
  }

  #entry(
    type: string,
    path: string,
    timeNs: bigint,
    { linkName = "", contents = new Uint8Array(0) }: {
      readonly linkName?: string;
      readonly contents?: Uint8Array;
    } = {},
  ): void {
    const records = [
      ...(fits(path) ? [] : [record("path", path)]),
      ...(fits(linkName) ? [] : [record("linkpath", linkName)]),
      ...(timeNs % 1_000_000_000n === 0n ? [] : [record("mtime", secondsOf(timeNs))]),
    ];
    if (records.length > 0) this.#parts.push(...header("x", "pax", 0n, concatBytes(records), ""));
    const short = fits(path) ? path : "pax";
    this.#parts.push(...header(type, short, timeNs, contents, fits(linkName) ? linkName : ""));
  }
}

/** Whether a name can stand in a header: more than a hundred bytes, or other than ASCII, cannot for all readers. */
function fits(name: string): boolean {
  return name.length <= 100 && /^[\x20-\x7e]*$/.test(name);
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function record(key: string, value: string): Uint8Array {
  const rest = encodeUtf8(` ${key}=${value}\n`);
  let length = rest.length;
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length;
  }
  return concatBytes([encodeUtf8(String(length)), rest]);
}

function secondsOf(ns: bigint): string {
  const fraction = String(ns % 1_000_000_000n).padStart(9, "0").replace(/0+$/, "");
  return `${ns / 1_000_000_000n}.${fraction}`;
}

/** A header, its contents, and zeros to the end of their last block. */
function header(
  type: string,
  name: string,
  timeNs: bigint,
  contents: Uint8Array,
  linkName: string,
): Uint8Array[] {
  const block = new Uint8Array(tarBlockBytes);
  const put = (text: string, at: number) => block.set(encodeUtf8(text), at);
  const octal = (value: number | bigint, digits: number) => value.toString(8).padStart(digits, "0");
  put(name, 0);
  put(type === "5" ? "0000755" : "0000644", 100);
  put("0000000", 108);
  put("0000000", 116);
  put(octal(contents.length, 11), 124);
  put(octal(timeNs / 1_000_000_000n, 11), 136);
  put("        ", 148);
  put(type, 156);
  put(linkName, 157);
  put("ustar\0" + "00", 257);
  put(`${octal(block.reduce((sum, byte) => sum + byte, 0), 6)}\0 `, 148);
  const padding = new Uint8Array(-contents.length & (tarBlockBytes - 1));
  return [block, contents, padding];
}
