/**
 * Files in memory, as a disk has them: every operation that takes time is done when the test says so, may fail, and a
 * process that is killed leaves what was written as it was.
 */

import type { ObjectDigests, ObjectFile, ObjectFiles, PartialFile } from "../disk/object_files.ts";

/** A file's bytes: names come and go, who has it open keeps it. */
interface Content {
  bytes: Uint8Array;
}

/** What a machine's disk has, whoever is running. */
export class SimulatedDisk {
  readonly files = new Map<string, Content>();
  /** Files without a name, which a process that was killed has left behind. */
  readonly partials = new Set<Content>();
  /** Operations fail with this, where it is set. */
  failure: Error | undefined;
  /** How many files are open. */
  opened = 0;
}

/** One process's view of a disk. */
export class SimulatedFiles implements ObjectFiles {
  readonly #disk: SimulatedDisk;
  readonly #delay: () => Promise<void>;
  #isKilled = false;

  /** @param delay resolves when an operation is done */
  constructor(disk: SimulatedDisk, delay: () => Promise<void> = () => Promise.resolve()) {
    this.#disk = disk;
    this.#delay = delay;
  }

  /** From now on nothing that this process does has any effect. */
  kill(): void {
    this.#isKilled = true;
  }

  has(path: string): boolean {
    return this.#disk.files.has(path);
  }

  async open(path: string): Promise<ObjectFile | undefined> {
    await this.#operation();
    const content = this.#disk.files.get(path);
    return content && this.#opened(content);
  }

  async create(): Promise<PartialFile> {
    await this.#operation();
    const content: Content = { bytes: new Uint8Array(0) };
    this.#disk.partials.add(content);
    return {
      ...this.#opened(content),
      commit: (path) => {
        this.#check();
        const old = this.#disk.files.get(path)?.bytes.length;
        this.#disk.partials.delete(content);
        this.#disk.files.set(path, content);
        return old;
      },
      discard: () => {
        if (!this.#isKilled) this.#disk.partials.delete(content);
      },
    };
  }

  remove(path: string): number | undefined {
    this.#check();
    const old = this.#disk.files.get(path)?.bytes.length;
    this.#disk.files.delete(path);
    return old;
  }

  async touch(): Promise<void> {
    await this.#operation();
  }

  #opened(content: Content): ObjectFile {
    let isOpen = true;
    this.#disk.opened += 1;
    return {
      read: async (into, offset) => {
        await this.#operation();
        const part = content.bytes.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      write: async (bytes, offset) => {
        await this.#operation();
        const grown = new Uint8Array(Math.max(content.bytes.length, offset + bytes.length));
        grown.set(content.bytes);
        grown.set(bytes, offset);
        content.bytes = grown;
      },
      close: () => {
        if (isOpen && !this.#isKilled) this.#disk.opened -= 1;
        isOpen = false;
      },
    };
  }

  async #operation(): Promise<void> {
    await this.#delay();
    this.#check();
  }

  #check(): void {
    if (this.#isKilled) throw new Error("the process was killed");
    if (this.#disk.failure !== undefined) throw this.#disk.failure;
  }
}

/** Names and checksums that are quick, and no secret. */
export function simulatedDigests(): ObjectDigests {
  let numbers = 0;
  return {
    name: (text) =>
      [1, 2, 3, 4, 5].map((start) =>
        checksum(new TextEncoder().encode(text), start).toString(16).padStart(8, "0")
      ).join(""),
    checksum,
    random: () => Math.imul(numbers++, 0x9e3779b1) >>> 0,
  };
}

/** FNV-1a, mixed. */
function checksum(bytes: Uint8Array, start: number): number {
  let hash = 0x811c9dc5 ^ start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d);
  return (hash ^ hash >>> 12) >>> 0;
}
