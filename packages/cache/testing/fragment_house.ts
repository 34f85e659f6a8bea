/** Fragments with a store of their own and a clock that is moved by hand, for tests. */

import { bug, decodeUtf8, encodeUtf8 } from "@skerry/base";
import type { Field } from "@skerry/http";
import type { FragmentBody } from "../fragments/fragment_body.ts";
import type { FragmentName, FragmentTerms } from "../fragments/fragment.ts";
import { Fragments } from "../fragments/fragments.ts";
import type { PurgeRecords } from "../purge_records.ts";
import { Purges } from "../purges.ts";
import type { Owner } from "../request.ts";
import type { SetStore } from "../set_store.ts";
import { heapStore, owner } from "./simulation.ts";
import { SimulatedClock } from "./simulated_clock.ts";

/** What a house is built on. */
export interface HouseParts {
  /** One for each thread. */
  readonly stores: readonly SetStore[];
  readonly purges: PurgeRecords;
}

/** Fragments of some threads under one clock. */
export class FragmentHouse {
  readonly clock = new SimulatedClock();
  readonly threads: readonly Fragments[];

  /** @param parts a thread with a store in the heap unless told */
  constructor({ stores, purges }: HouseParts = heapParts()) {
    const { clock } = this;
    this.threads = stores.map((store) => new Fragments({ store, purges, clock }));
  }

  /** The first thread's. */
  get fragments(): Fragments {
    return this.thread(0);
  }

  /** One thread's, by any number. */
  thread(which: number): Fragments {
    return this.threads[which % this.threads.length] ?? bug("there is no thread");
  }

  /** Keeps a text. */
  set(
    name: FragmentName,
    text: string,
    terms: Partial<FragmentTerms> = {},
    fragments = this.fragments,
  ): string {
    const filling = fragments.insert(name, termsOf(terms), fragments.epoch);
    filling.write(encodeUtf8(text));
    return filling.finish();
  }

  /** The text that is kept, with how fresh it is. */
  async get(name: FragmentName): Promise<string | undefined> {
    const found = this.fragments.find(name);
    return found && `${await textOf(found.body)} ${found.freshness}`;
  }
}

/** One thread, its store in the heap. */
export function heapParts(bytesMax = 100_000_000, recordsMax = 1000): HouseParts {
  return { stores: [heapStore(bytesMax)], purges: new Purges(recordsMax) };
}

export function nameOf(key: string, fields: readonly Field[] = [], whose: Owner = owner) {
  return { owner: whose, key: encodeUtf8(key), fields };
}

export function termsOf(terms: Partial<FragmentTerms> = {}): FragmentTerms {
  return {
    lifetimeMs: 10_000,
    staleWhileRevalidateMs: 0,
    initialAgeMs: 0,
    surrogateKeys: [],
    metadata: new Uint8Array(0),
    vary: [],
    ...terms,
  };
}

/** All of a body, read in small pieces. Rejects where it is cut short. */
export async function textOf(body: FragmentBody, from = 0): Promise<string> {
  let text = "";
  for (let at = from;;) {
    const piece = await body.read(at, 7);
    if (piece.length === 0) return text;
    text += decodeUtf8(piece);
    at += piece.length;
  }
}
