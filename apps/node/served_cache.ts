/** The cache of a thread: what it keeps in, and which purges it heeds. */

import type { Clock, RandomSource } from "@skerry/base";
import {
  CacheServer,
  Fragments,
  HttpCache,
  type KeptSet,
  type ObjectStore,
  type PurgeRecords,
  S3Fifo,
  servingLimits,
  type SetStore,
  SharedStore,
} from "@skerry/cache";

import type { CacheFigures } from "./messages.ts";

/** A store that tells what it holds. */
type CountedStore = SetStore & Omit<CacheFigures, "bytesMax">;

/** What a cache is opened with. */
export interface CacheParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** What all threads of the node keep in; undefined where each keeps its own. */
  readonly shared: CountedStore | undefined;
  /** Of what a thread keeps alone. */
  readonly bytesMax: number;
  readonly purges: PurgeRecords;
  /** What outlives the node; undefined where nothing does. */
  readonly objects: ObjectStore | undefined;
  /** Told of a mistake of ours that no client waits for. */
  readonly onFault: (error: unknown) => void;
}

/** No response takes more of the whole. */
const valueShare = 1 / 8;

/** What may be under way to be kept besides, as a part of the whole. */
const fillShare = 1 / 4;

/** A cache: what serves responses from it, and what programs have computed, in one store and under the same purges. */
export interface OpenCache {
  readonly server: CacheServer;
  readonly fragments: Fragments;
  /** What is in it now. */
  readonly figures: () => CacheFigures;
}

/** Opens an empty cache. */
export function openCache(parts: CacheParts): OpenCache {
  const { clock, random, shared, bytesMax, purges, objects, onFault } = parts;
  const store: CountedStore = shared ?? new SharedStore<KeptSet>({
    bytesMax,
    valueBytesMax: bytesMax * valueShare,
    weightOf: () => 1,
    newPolicy: () => new S3Fifo<KeptSet>(),
  });
  const newBoundary = () => {
    const bytes = new Uint8Array(16);
    random.fill(bytes);
    return bytes.toHex();
  };
  const cache = new HttpCache({
    ...{ store, purges, newBoundary },
    ...(objects !== undefined && { objects }),
  });
  return {
    server: new CacheServer({
      ...{ cache, clock, onFault },
      limits: { ...servingLimits, fillBytesMax: bytesMax * fillShare },
    }),
    fragments: new Fragments({ store, purges, clock }),
    figures: () => ({ bytes: store.bytes, bytesMax, evictions: store.evictions }),
  };
}
