/** What the host tells of its files, as WASI puts it. */

import type fs from "node:fs";
import type { FileStat, FileTimes, FileType } from "@skerry/wasi";

/** What is used of what the host tells of a node. */
export type HostStats = Pick<
  fs.BigIntStats,
  | ("dev" | "ino" | "nlink" | "size" | "atimeNs" | "mtimeNs" | "ctimeNs")
  | (
    | "isFile"
    | "isDirectory"
    | "isSymbolicLink"
    | "isBlockDevice"
    | "isCharacterDevice"
    | "isSocket"
  )
>;

/** What kind of node this is. */
export function typeOf(entry: HostStats): FileType {
  if (entry.isFile()) return "regularFile";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "symbolicLink";
  if (entry.isBlockDevice()) return "blockDevice";
  if (entry.isCharacterDevice()) return "characterDevice";
  return entry.isSocket() ? "socketStream" : "unknown";
}

/** An entry of a directory, as Deno lists them or as `node:fs` does. */
export type HostEntry = Deno.DirEntry | fs.Dirent;

/** What a listing says of a name; it tells no pipe from a device. */
export function entryType(entry: HostEntry): FileType {
  const [isDirectory, isFile, isSymlink] = "isSymlink" in entry
    ? [entry.isDirectory, entry.isFile, entry.isSymlink]
    : [entry.isDirectory(), entry.isFile(), entry.isSymbolicLink()];
  if (isDirectory) return "directory";
  if (isFile) return "regularFile";
  return isSymlink ? "symbolicLink" : "unknown";
}

/** All that is known of a node. */
export function fileStat(stat: HostStats): FileStat {
  return {
    device: stat.dev,
    inode: stat.ino,
    type: typeOf(stat),
    links: stat.nlink,
    bytes: stat.size,
    accessedNs: stat.atimeNs,
    modifiedNs: stat.mtimeNs,
    changedNs: stat.ctimeNs,
  };
}

/** Times as `utimes` takes them; those that are left out stay as they are `now`. */
export function seconds(
  times: FileTimes,
  now: HostStats,
): [accessedS: number, modifiedS: number] {
  const { accessedNs = now.atimeNs, modifiedNs = now.mtimeNs } = times;
  return [Number(accessedNs) / 1e9, Number(modifiedNs) / 1e9];
}
