/** Files of this machine, with errors that say what, where and what to do. */

import { formatSize, SkerryError } from "@skerry/base";

/** Reads a file that may be at most `bytesMax` long, whatever length it claims to have. */
export async function readFile(path: string, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    using file = await Deno.open(path);
    const { size, isDirectory } = await file.stat();
    if (isDirectory) throw unreadable(path, "it is a folder");
    if (size > bytesMax) throw tooLong(path, formatSize(size), bytesMax);
    return await readUpTo(file, path, size, bytesMax);
  } catch (error) {
    throw error instanceof SkerryError ? error : unreadable(path, reason(error), error);
  }
}

/** Reads a text that may be at most `bytesMax` long. */
export async function readText(path: string, bytesMax: number): Promise<string> {
  return new TextDecoder().decode(await readFile(path, bytesMax));
}

/** Writes a file whole or not at all: beside its place first, then renamed. Makes its folder. */
export async function writeFile(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    await Deno.mkdir(folderOf(path), { recursive: true });
    await Deno.writeFile(partial, bytes);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw new SkerryError("SKERRY_FILE_UNWRITABLE", `cannot write the file: ${reason(error)}`, {
      where: path,
      cause: error,
    });
  }
}

/** Whether something exists at a path. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Whether two paths lead to one file, through whatever links; never where either leads nowhere. */
export async function isSameFile(left: string, right: string): Promise<boolean> {
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  const [found, other] = await Promise.all([real(left), real(right)]);
  return found !== undefined && found === other;
}

/** Whether a path is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

/** Whether nobody but its owner may read or write a file (POSIX modes). */
export async function isOwnersAlone(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ mode }) => ((mode ?? 0) & 0o077) === 0, () => false);
}

/** The names in a folder, in order. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
  } catch (error) {
    throw unreadable(path, reason(error), error);
  }
}

/** When a file was last written, in milliseconds since 1970; undefined where there is none. */
export async function modifiedMs(path: string): Promise<number | undefined> {
  return await Deno.stat(path).then(({ mtime }) => mtime?.getTime(), () => undefined);
}

/**
 * All files below a folder, as paths relative to it, sorted.
 *
 * @param skip names of folders that are not entered
 * @param filesMax more than this is an error
 */
export async function listFiles(
  folder: string,
  skip: ReadonlySet<string>,
  filesMax: number,
): Promise<string[]> {
  const found: string[] = [];
  const visit = async (below: string): Promise<void> => {
    for await (const entry of Deno.readDir(`${folder}/${below}`)) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory && !skip.has(entry.name)) await visit(path);
      if (entry.isFile) found.push(path);
      if (found.length > filesMax) throw unreadable(folder, `it holds more than ${filesMax} files`);
    }
  };
  await visit("").catch((error) => {
    throw error instanceof SkerryError ? error : unreadable(folder, reason(error), error);
  });
  return found.sort();
}

/**
 * A folder and all folders below it, as their paths from here, sorted. What is made or removed meanwhile may be
 * among them or not.
 *
 * @param skip names of folders that are left out
 * @param foldersMax more than this is an error
 */
export async function listFolders(
  folder: string,
  skip: ReadonlySet<string>,
  foldersMax: number,
): Promise<string[]> {
  const found: string[] = [];
  const visit = async (path: string): Promise<void> => {
    found.push(path);
    if (found.length > foldersMax) {
      throw unreadable(folder, `it holds more than ${foldersMax} folders`);
    }
    for await (const entry of Deno.readDir(path)) {
      if (!entry.isDirectory || skip.has(entry.name)) continue;
      await visit(`${path}/${entry.name}`).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
  };
  await visit(folder).catch((error) => {
    throw error instanceof SkerryError ? error : unreadable(folder, reason(error), error);
  });
  return found.sort();
}

/** The folder that a path lies in. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "." : slash === 0 ? "/" : path.slice(0, slash);
}

/** Devices, pipes and what `/proc` holds claim no size, and files grow: only the end tells where it is. */
async function readUpTo(
  file: Deno.FsFile,
  path: string,
  sizeClaimed: number,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // One byte more than is claimed, so that the end is found without growing.
  let buffer = new Uint8Array(sizeClaimed + 1);
  let filled = 0;
  for (;;) {
    const length = await file.read(buffer.subarray(filled));
    if (length === null) return buffer.subarray(0, filled);
    filled += length;
    if (filled > bytesMax) throw tooLong(path, `more than ${formatSize(bytesMax)}`, bytesMax);
    if (filled < buffer.length) continue;
    const longer = new Uint8Array(Math.min(bytesMax + 1, Math.max(4_096, filled * 2)));
    longer.set(buffer);
    buffer = longer;
  }
}

function tooLong(path: string, size: string, bytesMax: number): SkerryError {
  return unreadable(path, `it has ${size}, and at most ${formatSize(bytesMax)} are read`);
}

function unreadable(path: string, why: string, cause?: unknown): SkerryError {
  return new SkerryError("SKERRY_FILE_UNREADABLE", `cannot read the file: ${why}`, {
    where: path,
    ...(cause !== undefined && { cause }),
  });
}

/** The operating system's reason, without the call that Deno adds. */
function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  return error instanceof Error ? error.message.replace(/: \w+ '.*'$/, "") : String(error);
}
