/** Unpacks an archive into a file system that guests use: regular files and directories (POSIX.1-1988, "ustar"). */

import { decodeUtf8 } from "@skerry/base";
import type { FileSystem } from "@skerry/wasi";
import { directoryOf, putFile } from "./file_tree.ts";

const blockBytes = 512;

/** Puts the archive's files below a directory, by their paths. */
export function unpack(tar: Uint8Array, files: FileSystem, under: string): void {
  for (let at = 0; at + blockBytes <= tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + blockBytes);
    const bytes = Number.parseInt(textOf(header, 124, 12), 8);
    const path = [under, textOf(header, 345, 155), textOf(header, 0, 100)].join("/");
    const content = tar.subarray(at + blockBytes, at + blockBytes + bytes);
    switch (textOf(header, 156, 1)) {
      case "0":
      case "":
        putFile(files, path, content);
        break;
      case "5":
        directoryOf(files, path).release();
        break;
      default:
        throw new Error(`the archive has something else under ${path}`);
    }
    at += blockBytes * (1 + Math.ceil(bytes / blockBytes));
  }
}

function textOf(header: Uint8Array, start: number, length: number): string {
  return decodeUtf8(header.subarray(start, start + length)).split("\0")[0]?.trim() ?? "";
}
