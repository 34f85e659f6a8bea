/**
 * The disk tier as the supervisor has it: where objects are, and that they stay within their bounds. Cells read and write
 * them; each second they tell how folders have grown.
 */

import { type DiskFigures, DiskKeeper } from "@skerry/cache";
import { objectFolders, openObjectHome, removeObjectHome, systemClock } from "@skerry/platform";
import type { DiskTierFigures } from "@skerry/telemetry";
import type { ObjectsPlace } from "./messages.ts";

/** Responses that are kept on a disk, for a node. */
export interface DiskTier {
  /** How cells come to it. */
  readonly place: ObjectsPlace;
  readonly figures: DiskTierFigures;
  /** What a cell has done. Throws where no cell of ours would say so. */
  told(figures: DiskFigures): void;
  /** Looks after it no more. */
  stop(): void;
}

/** What it is opened with. */
export interface DiskTierParts {
  readonly folder: string;
  /** Of the purges that objects are judged by: what others were judged by is not found. */
  readonly lineage: string;
  readonly bytesMax: number;
  readonly onProblem: (problem: string) => void;
}

/** No object is smaller than a block of most file systems: a bound for names, which take memory of the system. */
const fileBytesLeast = 4096;
const filesMax = 1_000_000;

/** How often it is made smaller, where that is needed, in milliseconds. */
const tidyEveryMs = 1_000;

/** Opens the tier; undefined where it is switched off, or the disk does not let us. */
export async function openDiskTier(parts: DiskTierParts): Promise<DiskTier | undefined> {
  const { folder, lineage, bytesMax, onProblem } = parts;
  if (bytesMax === 0) {
    // Whoever is switched on again is not to find what is old by then.
    await removeObjectHome(folder);
    return undefined;
  }
  let isStopped = false;
  const failed = (error: unknown) => {
    if (isStopped) return;
    const why = error instanceof Error ? error.message : String(error);
    onProblem(`responses are not kept on the disk: ${why}`);
  };
  const home = await openObjectHome(folder, lineage).catch(failed);
  if (home === undefined) return undefined;
  const keeper = new DiskKeeper({
    ...{ folders: objectFolders(home.folder), clock: systemClock, bytesMax },
    filesMax: Math.min(filesMax, Math.ceil(bytesMax / fileBytesLeast)),
    weightOf: () => 1,
  });
  const counts = { hits: 0, misses: 0, writtenBytes: 0, damaged: 0 };
  // It serves meanwhile: what is there counts once it is known.
  void home.sweep().then(() => keeper.count()).catch(failed);
  const timer = setInterval(() => void keeper.tidy().catch(failed), tidyEveryMs);
  return {
    place: { folder: home.folder, secret: home.secret.toHex() },
    get figures() {
      return { ...keeper.usage, bytesMax, evictions: keeper.evicted, ...counts };
    },
    told({ growth, ...added }) {
      keeper.grown(checked(growth));
      for (const name of countNames) counts[name] += checkedCount(added[name]);
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
      keeper.stop();
    },
  };
}

const countNames = ["hits", "misses", "writtenBytes", "damaged"] as const;

function checkedCount(count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new TypeError(`no count: ${count}`);
  return count;
}

/** What is looked into, and removed, are folders of objects, whatever a cell says that was broken into. */
function checked(growth: DiskFigures["growth"]): DiskFigures["growth"] {
  for (const [folder, { bytes, files }] of Object.entries(growth)) {
    const isFolder = /^[0-9a-f]{16}\/[0-9a-f]{2}$/.test(folder);
    if (!isFolder || !Number.isSafeInteger(bytes) || !Number.isSafeInteger(files)) {
      throw new TypeError(`no folder of objects grows like that: ${folder}`);
    }
  }
  return growth;
}
