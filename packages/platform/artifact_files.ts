/**
 * Contents in files that are named by their SHA-256. A file is there whole or not at all, also after a loss of power:
 * it is written beside its place, brought to the disk, and then renamed.
 */

import { createHash } from "node:crypto";
import { type ByteSource, SkerryError } from "@skerry/base";
import type { ArtifactStore, PutRefused, StoredContent } from "@skerry/control";
import { syncFolder, unwritable, writeAll } from "./durable_files.ts";
import { readFile } from "./files.ts";

/** How much is read of a source at once. */
const pieceBytes = 64 * 1024;

/** What is written, and not there yet. Beside it nothing in the folder begins with a dot. */
const partialPrefix = ".partial-";

/** A partial file that nobody has written to for so long belongs to a process that is gone. */
const abandonedMs = 3_600_000;

/** Opens a folder of contents, and makes it where it is missing; what a process that died has left in it goes. */
export async function openArtifactFiles(folder: string, bytesMax: number): Promise<ArtifactStore> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 }).catch((error) => {
    throw unwritable(folder, error);
  });
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(partialPrefix)) await removeAbandoned(`${folder}/${name}`);
  }
  return new ArtifactFiles(folder, bytesMax);
}

/** Others of the node write to the folder meanwhile: what they are done with is not there any more. */
async function removeAbandoned(partial: string): Promise<void> {
  try {
    const { mtime } = await Deno.stat(partial);
    if (Date.now() - (mtime?.getTime() ?? 0) > abandonedMs) await Deno.remove(partial);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw unwritable(partial, error);
  }
}

class ArtifactFiles implements ArtifactStore {
  readonly #folder: string;
  readonly #bytesMax: number;

  constructor(folder: string, bytesMax: number) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
  }

  async has(digest: string): Promise<boolean> {
    return await Deno.stat(this.#path(digest)).then(() => true, () => false);
  }

  async read(digest: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!await this.has(digest)) return undefined;
    const bytes = await readFile(this.#path(digest), this.#bytesMax);
    if (createHash("sha256").update(bytes).digest("hex") === hexOf(digest)) return bytes;
    throw new SkerryError("SKERRY_FILE_UNREADABLE", "the file is damaged: its digest is another", {
      where: this.#path(digest),
      remedy: "remove the file, and deploy what it belongs to again",
    });
  }

  async put(
    source: ByteSource,
    bytesMax: number,
    digest?: string,
  ): Promise<StoredContent | PutRefused> {
    const partial = `${this.#folder}/${partialPrefix}${crypto.randomUUID()}`;
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      using file = await this.#write(() => Deno.open(partial, { write: true, createNew: true }));
      for (;;) {
        const piece = await source.read(pieceBytes);
        if (piece.length === 0) break;
        bytes += piece.length;
        if (bytes > bytesMax) return "too large";
        hash.update(piece);
        await this.#write(() => writeAll(file, piece));
      }
      const found = `sha256:${hash.digest("hex")}`;
      if (digest !== undefined && found !== digest) return "other content";
      await this.#write(async () => {
        await file.sync();
        await Deno.rename(partial, this.#path(found));
        await syncFolder(this.#folder);
      });
      return { digest: found, bytes, putMs: Date.now() };
    } finally {
      await Deno.remove(partial).catch(() => {});
    }
  }

  async *list(): AsyncIterable<StoredContent> {
    for await (const { name } of Deno.readDir(this.#folder)) {
      if (!/^[0-9a-f]{64}$/.test(name)) continue;
      const info = await Deno.stat(`${this.#folder}/${name}`).catch(() => undefined);
      if (info === undefined) continue;
      const putMs = info.mtime?.getTime() ?? 0;
      yield { digest: `sha256:${name}`, bytes: info.size, putMs };
    }
  }

  /** Between the look and the removal nothing else of this process can come. */
  remove(digest: string, putBeforeMs: number): Promise<boolean> {
    const path = this.#path(digest);
    try {
      const { mtime } = Deno.statSync(path);
      if ((mtime?.getTime() ?? 0) >= putBeforeMs) return Promise.resolve(false);
      Deno.removeSync(path);
      return Promise.resolve(true);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return Promise.resolve(false);
      return Promise.reject(unwritable(path, error));
    }
  }

  /** What a source throws is its own; what the disk throws is told as that. */
  async #write<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw unwritable(this.#folder, error);
    }
  }

  #path(digest: string): string {
    return `${this.#folder}/${hexOf(digest)}`;
  }
}

/** The digits of a digest: nothing else becomes part of a path. */
function hexOf(digest: string): string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hex === undefined) throw new TypeError(`no digest: ${digest}`);
  return hex;
}
