/**
 * The folder of a cache's objects: whose they are, and what is in it. One process of a node has it in its care, others read
 * and write in it.
 */

import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { ListedObject, ObjectFolders } from "@skerry/cache";
import { openPrivateFolder, writePrivateFile } from "./durable_files.ts";
import { makeObjectFolder, partialFolder } from "./object_files.ts";

const secretBytes = 32;
const secretName = "secret";

/** Where objects are, and by which secret they are named. */
export interface ObjectHome {
  /** An absolute path. */
  readonly folder: string;
  readonly secret: Uint8Array;
  /** Removes what is of no use: objects that are not to be trusted any more, and what was not written to its end. */
  sweep(): Promise<void>;
}

/**
 * Opens a folder of objects, and makes it where it is missing; before anybody else of the node does. Objects are found
 * again by who opens it with the same identity; others never see them.
 *
 * @param identity of what says which of them were purged
 * @throws SkerryError SKERRY_FILE_UNWRITABLE
 */
export async function openObjectHome(folder: string, identity: string): Promise<ObjectHome> {
  const home = await openPrivateFolder(folder);
  const secret = await secretOf(`${home}/${secretName}`);
  const generation = createHash("sha256").update(secret).update(identity).digest("hex").slice(
    0,
    16,
  );
  const objects = `${home}/${generation}`;
  await makeObjectFolder(objects);
  const gone = [...await useless(home, generation), ...await discarded(folder)];
  return {
    folder: objects,
    secret,
    async sweep() {
      for (const path of gone) await Deno.remove(path, { recursive: true }).catch(() => {});
    },
  };
}

/** Removes all objects, if there are any. From its return on none of them is found; their files go in the background. */
export async function removeObjectHome(folder: string): Promise<void> {
  // Whoever makes the folder anew meanwhile has one of their own.
  await Deno.rename(folder, `${folder}${discardedMark}${crypto.randomUUID()}`).catch(() => {});
  for (const path of await discarded(folder)) {
    void Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/** Stands in the names of folders that are being removed. */
const discardedMark = ".gone-";

/** Folders that were to be removed, beside the one that is in use. */
async function discarded(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  const [parent, own] = [dirname(folder), basename(folder)];
  try {
    for await (const { name } of Deno.readDir(parent)) {
      if (name.startsWith(`${own}${discardedMark}`)) paths.push(`${parent}/${name}`);
    }
  } catch {
    // Where nothing can be read, nothing was left.
  }
  return paths;
}

/** All that is in a folder of objects. */
export function objectFolders(folder: string): ObjectFolders {
  return {
    async *list() {
      for await (const tenant of Deno.readDir(folder)) {
        if (!tenant.isDirectory || tenant.name === partialFolder) continue;
        for await (const fan of Deno.readDir(`${folder}/${tenant.name}`)) {
          if (fan.isDirectory) yield `${tenant.name}/${fan.name}`;
        }
      }
    },
    files: (path) => filesIn(folder, path),
    remove(path) {
      try {
        Deno.removeSync(`${folder}/${path}`);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

/** How many files are looked at together. */
const lookedAtOnce = 32;

async function filesIn(folder: string, path: string): Promise<readonly ListedObject[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(`${folder}/${path}`)) {
      if (isFile) names.push(name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const files: ListedObject[] = [];
  for (let at = 0; at < names.length; at += lookedAtOnce) {
    const looked = await Promise.all(
      names.slice(at, at + lookedAtOnce).map((name) => lookedAt(folder, `${path}/${name}`)),
    );
    files.push(...looked.filter((file) => file !== undefined));
  }
  return files;
}

/** Undefined where it has gone meanwhile. */
async function lookedAt(folder: string, path: string): Promise<ListedObject | undefined> {
  const found = await Deno.stat(`${folder}/${path}`).catch(() => undefined);
  return found && { path, bytes: found.size, usedMs: found.mtime?.getTime() ?? 0 };
}

async function secretOf(path: string): Promise<Uint8Array> {
  const found = await Deno.readFile(path).catch(() => undefined);
  if (found?.length === secretBytes) return found;
  const made = crypto.getRandomValues(new Uint8Array(secretBytes));
  await writePrivateFile(path, made);
  return made;
}

/** What is there before anybody writes: other folders of objects, and files without a name. */
async function useless(home: string, generation: string): Promise<readonly string[]> {
  const gone: string[] = [];
  for await (const { name } of Deno.readDir(home)) {
    if (name !== generation && name !== secretName) gone.push(`${home}/${name}`);
  }
  const partials = `${home}/${generation}/${partialFolder}`;
  for await (const { name } of Deno.readDir(partials)) gone.push(`${partials}/${name}`);
  return gone;
}
