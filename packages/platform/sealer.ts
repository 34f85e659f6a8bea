/**
 * Secrets under seal: AES-256-GCM (NIST SP 800-38D) with keys from a file that only its owner reads. A seal is a random
 * vector of 12 bytes, the ciphertext, and the tag of 16 bytes; whose it is, is authenticated with it.
 */

import { concatBytes, decodeUtf8, encodeUtf8, SkerryError } from "@skerry/base";
import type { Sealed, Sealer } from "@skerry/control";
import { writePrivateFile } from "./durable_files.ts";
import { readFile } from "./files.ts";

const algorithm = "AES-GCM";
const keyBytes = 32;
const vectorBytes = 12;
const keyFileBytesMax = 64 * 1024;

/** A key by its id. */
interface Key {
  readonly id: string;
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly usable: CryptoKey;
}

/** Opens a file of keys; makes it, with one key, where it is missing. */
export async function openSealer(path: string): Promise<Sealer> {
  const isNew = await Deno.lstat(path).then(() => false, (error) => {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  });
  const keys = isNew ? [await newKey()] : await readKeys(path);
  if (isNew) await writeKeys(path, keys);
  return new FileSealer(path, keys);
}

class FileSealer implements Sealer {
  readonly #path: string;
  /** The last one is sealed with. */
  #keys: readonly Key[];
  #changes: Promise<void> = Promise.resolve();

  constructor(path: string, keys: readonly Key[]) {
    this.#path = path;
    this.#keys = keys;
  }

  get key(): string {
    return this.#current.id;
  }

  async seal(plain: Uint8Array, owner: string): Promise<Sealed> {
    const { id, usable } = this.#current;
    const iv = crypto.getRandomValues(new Uint8Array(vectorBytes));
    const parameters = { name: algorithm, iv, additionalData: encodeUtf8(owner) };
    const sealed = await crypto.subtle.encrypt(parameters, usable, plain.slice());
    return { key: id, bytes: concatBytes([iv, new Uint8Array(sealed)]) };
  }

  async open({ key: id, bytes }: Sealed, owner: string): Promise<Uint8Array> {
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw this.#unopened(`its key ${id} is not in the file of keys`);
    const iv = bytes.slice(0, vectorBytes);
    const parameters = { name: algorithm, iv, additionalData: encodeUtf8(owner) };
    try {
      const sealed = bytes.slice(vectorBytes);
      return new Uint8Array(await crypto.subtle.decrypt(parameters, key.usable, sealed));
    } catch (cause) {
      throw this.#unopened("its seal is broken, or another's", cause);
    }
  }

  rotate(): Promise<void> {
    return this.#change(async (keys) => [...keys, await newKey()]);
  }

  forget(unused: (key: string) => boolean): Promise<void> {
    return this.#change((keys) =>
      keys.filter((key, index) => index === keys.length - 1 || !unused(key.id))
    );
  }

  /** One change of the file after the other: none loses another's key. */
  #change(act: (keys: readonly Key[]) => readonly Key[] | Promise<readonly Key[]>): Promise<void> {
    const change = this.#changes.then(async () => {
      const keys = await act(this.#keys);
      await writeKeys(this.#path, keys);
      this.#keys = keys;
    });
    this.#changes = change.catch(() => {});
    return change;
  }

  get #current(): Key {
    const current = this.#keys.at(-1);
    if (current === undefined) throw malformed(this.#path);
    return current;
  }

  #unopened(why: string, cause?: unknown): SkerryError {
    return new SkerryError("SKERRY_FILE_UNREADABLE", `a secret cannot be opened: ${why}`, {
      where: this.#path,
      remedy: "restore the file of keys that belongs to this state, or put the secret again",
      cause,
    });
  }
}

async function newKey(): Promise<Key> {
  const id = crypto.getRandomValues(new Uint8Array(8)).toHex();
  return await keyOf(id, crypto.getRandomValues(new Uint8Array(keyBytes)));
}

async function keyOf(id: string, raw: Uint8Array<ArrayBuffer>): Promise<Key> {
  const uses: KeyUsage[] = ["encrypt", "decrypt"];
  return { id, raw, usable: await crypto.subtle.importKey("raw", raw, algorithm, false, uses) };
}

/** A line for each key: its id and its digits. */
async function readKeys(path: string): Promise<Key[]> {
  const text = decodeUtf8(await readFile(path, keyFileBytesMax));
  const lines = text.split("\n").filter((line) => line !== "");
  const keys = await Promise.all(lines.map((line) => {
    const [, id, digits] = /^([0-9a-f]{16}) ([0-9a-f]{64})$/.exec(line) ?? [];
    if (id === undefined || digits === undefined) throw malformed(path);
    return keyOf(id, Uint8Array.fromHex(digits));
  }));
  if (keys.length === 0) throw malformed(path);
  return keys;
}

async function writeKeys(path: string, keys: readonly Key[]): Promise<void> {
  const text = keys.map(({ id, raw }) => `${id} ${raw.toHex()}\n`).join("");
  await writePrivateFile(path, encodeUtf8(text));
}

function malformed(path: string): SkerryError {
  return new SkerryError("SKERRY_FILE_UNREADABLE", "this is no file of keys", {
    where: path,
    remedy: "restore the file of keys that belongs to this state",
  });
}
