/**
 * Objects of a cache in files below one folder. A file has its name when it is whole; it is not brought to the disk by force:
 * after a loss of power nothing in the folder is trusted, and what is damaged is known by its checksums.
 */

import { createHash } from "node:crypto";
import fs from "node:fs";
import { crc32 } from "node:zlib";
import type { ObjectDigests, ObjectFile, ObjectFiles, PartialFile } from "@skerry/cache";
import { openPrivateFolder } from "./durable_files.ts";

/** Where files are that have no name yet, below the folder. */
export const partialFolder = "partial";

/**
 * Makes the folder where it is missing.
 *
 * @throws SkerryError SKERRY_FILE_UNWRITABLE
 */
export async function makeObjectFolder(folder: string): Promise<void> {
  await openPrivateFolder(`${folder}/${partialFolder}`);
}

/** Files of a folder that was made. Nothing is opened before it is asked for. */
export function openObjectFiles(folder: string): ObjectFiles {
  return new FolderFiles(folder);
}

/** Names that only those who have the secret can tell; CRC-32 (RFC 1952 §8) against damage. */
export function objectDigests(secret: Uint8Array): ObjectDigests {
  const keyed = createHash("sha256").update(secret);
  const random = new Uint32Array(1);
  return {
    name: (text) => keyed.copy().update(text).digest("hex"),
    checksum: (bytes, start) => crc32(bytes, start),
    random: () => crypto.getRandomValues(random)[0] ?? 0,
  };
}

class FolderFiles implements ObjectFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A call of 2 µs: a filter in memory would have to be told of by all processes, for little. */
  has(path: string): boolean {
    return fs.existsSync(`${this.#folder}/${path}`);
  }

  async open(path: string, access: "read" | "write"): Promise<ObjectFile | undefined> {
    try {
      const options = { read: true, write: access === "write" };
      return new OpenFile(await Deno.open(`${this.#folder}/${path}`, options));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  async create(): Promise<PartialFile> {
    const path = `${this.#folder}/${partialFolder}/${crypto.randomUUID()}`;
    const options = { read: true, write: true, createNew: true, mode: 0o600 };
    return new NamelessFile(await Deno.open(path, options), path, this.#folder);
  }

  remove(path: string): number | undefined {
    const whole = `${this.#folder}/${path}`;
    const bytes = sizeOf(whole);
    if (bytes === undefined) return undefined;
    try {
      Deno.removeSync(whole);
      return bytes;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  async touch(path: string): Promise<void> {
    const now = new Date();
    try {
      await Deno.utime(`${this.#folder}/${path}`, now, now);
    } catch (error) {
      // Another thread has removed it meanwhile: that is no failure of the disk.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** A file whose operations go one after another: each first moves to its place. */
class OpenFile implements ObjectFile {
  readonly #file: Deno.FsFile;
  #last: Promise<unknown> = Promise.resolve();
  #place = 0;
  #isClosed = false;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  read(into: Uint8Array, offset: number): Promise<number> {
    return this.#inTurn(async () => {
      let done = 0;
      this.#move(offset);
      while (done < into.length) {
        const count = await this.#file.read(into.subarray(done));
        if (count === null) break;
        done += count;
        this.#place += count;
      }
      return done;
    });
  }

  write(bytes: Uint8Array, offset: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#move(offset);
      for (let at = 0; at < bytes.length;) {
        const count = await this.#file.write(bytes.subarray(at));
        at += count;
        this.#place += count;
      }
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void this.#last.finally(() => this.#file.close());
  }

  #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(act);
    // Who comes next does not have this one's error.
    this.#last = done.catch(() => {});
    return done;
  }

  #move(offset: number): void {
    if (this.#place !== offset) this.#file.seekSync(offset, Deno.SeekMode.Start);
    this.#place = offset;
  }
}

class NamelessFile extends OpenFile implements PartialFile {
  readonly #folder: string;
  /** Undefined once it has a name, or will have none. */
  #path: string | undefined;

  constructor(file: Deno.FsFile, path: string, folder: string) {
    super(file);
    this.#path = path;
    this.#folder = folder;
  }

  commit(path: string): number | undefined {
    const [partial, whole] = [this.#path, `${this.#folder}/${path}`];
    if (partial === undefined) throw new TypeError("it has a name already, or none for ever");
    const replaced = sizeOf(whole);
    try {
      Deno.renameSync(partial, whole);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(whole.slice(0, whole.lastIndexOf("/")), { recursive: true, mode: 0o700 });
      Deno.renameSync(partial, whole);
    }
    this.#path = undefined;
    return replaced;
  }

  discard(): void {
    if (this.#path === undefined) return;
    try {
      Deno.removeSync(this.#path);
    } catch {
      // What is left is removed when the node starts.
    }
    this.#path = undefined;
  }
}

function sizeOf(path: string): number | undefined {
  return fs.statSync(path, { throwIfNoEntry: false })?.size;
}
