/** Files that are there whole or not at all, also after a loss of power. */

import { SkerryError } from "@skerry/base";
import { folderOf } from "./files.ts";

/** Writes all of the bytes at where the file stands. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** Brings a folder's names to the disk: a new name is there for good once this is done (fsync(2)). */
export async function syncFolder(folder: string): Promise<void> {
  using opened = await Deno.open(folder);
  await opened.sync();
}

/**
 * Writes a file for its owner's eyes alone, in place of the one that was there.
 *
 * @throws SkerryError SKERRY_FILE_UNWRITABLE; what was there is there then
 */
export async function writePrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    using file = await Deno.open(partial, { write: true, createNew: true, mode: 0o600 });
    await writeAll(file, bytes);
    await file.sync();
    await Deno.rename(partial, path);
    await syncFolder(folderOf(path));
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw unwritable(path, error);
  }
}

/**
 * Opens a folder for its owner's eyes alone, and makes it where it is missing.
 *
 * @returns its absolute path
 * @throws SkerryError SKERRY_FILE_UNWRITABLE
 */
export async function openPrivateFolder(path: string): Promise<string> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    return await Deno.realPath(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** A folder that is this process's alone. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process alone, until it ends or releases it.
 *
 * @throws SkerryError SKERRY_FILE_UNWRITABLE where another has it, or nobody can
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  const file = await Deno.open(`${path}/lock`, { write: true, create: true, mode: 0o600 })
    .catch((error) => {
      throw unwritable(path, error);
    });
  if (await file.tryLock(true)) return { release: () => file.close() };
  file.close();
  throw new SkerryError("SKERRY_FILE_UNWRITABLE", "another process has this folder", {
    where: path,
    remedy: "stop the other one, or name another folder",
  });
}

/** What the disk has thrown, without the call that Deno adds. */
export function unwritable(path: string, cause: unknown): SkerryError {
  const why = cause instanceof Error ? cause.message.replace(/: \w+ '.*'$/, "") : String(cause);
  return new SkerryError("SKERRY_FILE_UNWRITABLE", `cannot write the file: ${why}`, {
    where: path,
    cause,
  });
}
