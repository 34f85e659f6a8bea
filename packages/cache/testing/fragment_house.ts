/** Fragments with a store of their own and a clock that is moved by hand, for tests. */

import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import type { Field } from "@skerry/http";
import type { FragmentBody } from "../fragments/fragment_body.ts";
import type { FragmentName, FragmentTerms } from "../fragments/fragment.ts";
import { Fragments } from "../fragments/fragments.ts";
import type { KeptSet } from "../kept.ts";
import { Purges } from "../purges.ts";
import type { Owner } from "../request.ts";
import { S3Fifo } from "../s3_fifo.ts";
import { SharedStore } from "../shared_store.ts";
import { owner } from "./simulation.ts";
import { SimulatedClock } from "./simulated_clock.ts";

export class FragmentHouse {
  readonly clock = new SimulatedClock();
  readonly purges: Purges;
  readonly store: SharedStore<KeptSet>;
  readonly fragments: Fragments;

  constructor(bytesMax = 100_000_000, recordsMax = 1000) {
    this.purges = new Purges(recordsMax);
    this.store = new SharedStore<KeptSet>({
      bytesMax,
      valueBytesMax: bytesMax,
      weightOf: () => 1,
      newPolicy: () => new S3Fifo<KeptSet>(),
    });
    const { store, purges, clock } = this;
    this.fragments = new Fragments({ store, purges, clock });
  }

  /** Keeps a text. */
  set(name: FragmentName, text: string, terms: Partial<FragmentTerms> = {}): string {
    const filling = this.fragments.insert(name, termsOf(terms), this.fragments.epoch);
    filling.write(encodeUtf8(text));
    return filling.finish();
  }

  /** The text that is kept, with how fresh it is. */
  async get(name: FragmentName): Promise<string | undefined> {
    const found = this.fragments.find(name);
    return found && `${await textOf(found.body)} ${found.freshness}`;
  }
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
