/**
 * The purges of a node, in a file that its processes have mapped: they outlive every process of it, and are known again by
 * the node that comes after. What the system had not written when it broke down is lost: then nothing is taken over, and
 * what was stored by purges of before is told from what is stored now by their lineage.
 */

import { encodeUtf8 } from "@skerry/base";
import {
  formatPurges,
  isPurgeTable,
  PurgeTable,
  purgeTableBytes,
  SharedWords,
} from "@skerry/cache";
import {
  bootId,
  makeSharedMemory,
  mapFile,
  openSharedMemory,
  readText,
  type SharedMemory,
  systemRandom,
  writePrivateFile,
} from "@skerry/platform";
import type { PurgesPlace } from "./messages.ts";

/** Purges as the supervisor has them. */
export interface NodePurges {
  readonly table: PurgeTable;
  /** How its cells come to them; undefined where the system has no memory that processes share. */
  readonly place: PurgesPlace | undefined;
  /** Processes that `act` starts before it returns can come to them. */
  lend<Result>(act: () => Result): Result;
  /** Says that all is written, once nobody else has them any more. */
  end(): Promise<void>;
}

/** Records for a quarter of a million scopes: 7 MB. */
const buckets = 1 << 14;
const tableBytes = purgeTableBytes(buckets);

/**
 * Opens the purges of a folder, or begins anew.
 *
 * @param onProblem told where they will not outlive the node
 */
export async function openPurgeFile(
  folder: string,
  onProblem: (problem: string) => void,
): Promise<NodePurges> {
  const path = `${folder}/purges`;
  const lifePath = `${folder}/life`;
  try {
    const words = await isTrusted(lifePath) && await found(path) || await made(path);
    if (words === undefined) return inMemory();
    await writePrivateFile(lifePath, encodeUtf8(running()));
    const table = new PurgeTable(words);
    table.settle();
    return {
      table,
      place: { kind: "file", path },
      lend: (act) => act(),
      async end() {
        await syncFile(path);
        await writePrivateFile(lifePath, encodeUtf8(ended));
      },
    };
  } catch (error) {
    // On a disk that is full all that is deployed is served all the same.
    const why = error instanceof Error ? error.message : String(error);
    onProblem(`purges will be forgotten when the node ends: ${why}`);
    return inMemory();
  }
}

/** The purges of a place, for this thread. Undefined where there are none that are shared. */
export function openPurges(place: PurgesPlace): PurgeTable | undefined {
  switch (place.kind) {
    case "file": {
      const memory = mapFile(place.path, tableBytes);
      return memory && new PurgeTable(new SharedWords(memory));
    }
    case "memory":
      return new PurgeTable(new SharedWords(openSharedMemory(place.handle)));
  }
}

/**
 * Whether what is in files is what was written to their memory: by a node that ended well, or since when the system has not
 * broken down.
 */
async function isTrusted(lifePath: string): Promise<boolean> {
  const life = await readText(lifePath, 1_000).catch(() => "");
  return life === ended || bootId() !== undefined && life === running();
}

const ended = "ended\n";

function running(): string {
  return `runs since ${bootId() ?? "an unknown start"}\n`;
}

/** The table that is there; undefined where there is none, or none that is whole. */
async function found(path: string): Promise<SharedWords | undefined> {
  const size = await Deno.stat(path).then(({ size }) => size, () => 0);
  if (size !== tableBytes) return undefined;
  const memory = mapFile(path, tableBytes);
  const words = memory && new SharedWords(memory);
  return words !== undefined && isPurgeTable(words) ? words : undefined;
}

/** A new table, in a file of its own: whoever has the old one mapped keeps that. */
async function made(path: string): Promise<SharedWords | undefined> {
  // All of it is on the disk before it is mapped: a page for which there is no space would end the process.
  await writePrivateFile(path, new Uint8Array(tableBytes));
  const memory = mapFile(path, tableBytes);
  return memory && formatted(memory);
}

/** Purges that end with the node: cells inherit their memory. */
function inMemory(): NodePurges {
  const memory: SharedMemory = makeSharedMemory("skerry-purges", tableBytes);
  const words = formatted(openSharedMemory(memory.handle));
  return {
    table: new PurgeTable(words),
    place: memory.handle.kind === "buffer" ? undefined : { kind: "memory", handle: memory.handle },
    lend: (act) => memory.lend(act),
    end: () => Promise.resolve(memory.close()),
  };
}

function formatted(memory: ArrayBufferLike): SharedWords {
  const words = new SharedWords(memory);
  const key = new Uint32Array(2);
  systemRandom.fill(new Uint8Array(key.buffer));
  formatPurges(words, buckets, { low: key[0] ?? 0, high: key[1] ?? 0 });
  return words;
}

async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.sync();
}
