/** What is kept under one key: its variants with their bodies, or that nothing can be. */

import type { KeptBody } from "./body.ts";
import type { CacheKey } from "./key.ts";
import type { PurgeRecords } from "./purge_records.ts";
import { scopesOf } from "./purge_scope.ts";
import type { Candidate } from "./select.ts";
import type { StoredResponse } from "./stored_response.ts";

/** A variant with its body. */
export interface KeptVariant {
  readonly stored: StoredResponse;
  readonly body: KeptBody;
}

/** All that a store has under a key. */
export interface KeptSet {
  readonly variants: readonly KeptVariant[];
  /** Until when it is known that the answer cannot be kept, and no request waits for another's; 0 is never. */
  readonly hitForMissUntilMs: number;
}

/** A variant that may be decided over. */
export interface KeptCandidate extends Candidate {
  readonly body: KeptBody;
}

/** A set without anything. */
export const emptySet: KeptSet = { variants: [], hitForMissUntilMs: 0 };

/** What of a set was neither purged nor outlived. */
export function candidatesOf(
  key: CacheKey,
  set: KeptSet,
  purges: PurgeRecords,
  nowMs: number,
): readonly KeptCandidate[] {
  const candidates: KeptCandidate[] = [];
  for (const variant of set.variants) {
    if (variant.stored.keptUntilMs < nowMs) continue;
    const candidate = judged(key, variant, purges);
    if (candidate !== undefined) candidates.push(candidate);
  }
  return candidates;
}

/** A variant as of all purges so far; undefined where one of them took it. */
export function judged(
  key: CacheKey,
  { stored, body }: KeptVariant,
  purges: PurgeRecords,
): KeptCandidate | undefined {
  // Most were fetched since their tenant's last purge: no scope has to be written out for them.
  if (stored.epoch >= purges.lastOf(key.owner.tenant)) {
    return { stored, body, staleFromMs: Infinity };
  }
  const verdict = purges.judge(stored.epoch, scopesOf(key, stored.surrogateKeys));
  if (verdict.kind === "purged") return undefined;
  return { stored, body, staleFromMs: verdict.kind === "stale" ? verdict.sinceMs : Infinity };
}

/**
 * A set with another variant in it, in place of the one that answers the same requests; what was purged or
 * outlived is left out, and of more than the bound the oldest.
 */
export function withVariant(
  key: CacheKey,
  set: KeptSet,
  added: KeptVariant,
  purges: PurgeRecords,
  nowMs: number,
  variantsMax: number,
): KeptSet {
  const others = candidatesOf(key, set, purges, nowMs)
    .filter(({ stored }) => !takesPlaceOf(added.stored, stored))
    .map(({ stored, body }) => ({ stored, body }));
  const variants = fewParts([...others, added]).slice(-Math.max(1, variantsMax));
  return { variants, hitForMissUntilMs: 0 };
}

/** Parts that are kept of one resource: so that nobody drives out its variants by asking for one range after another. */
const partsMax = 8;

/** Without the oldest parts beyond the bound. */
function fewParts(variants: readonly KeptVariant[]): readonly KeptVariant[] {
  let excess = variants.filter(({ stored }) => stored.extent.kind === "part").length - partsMax;
  if (excess <= 0) return variants;
  return variants.filter(({ stored }) => stored.extent.kind === "whole" || --excess < 0);
}

/** How many bytes the representation has of which all or a part is kept. */
export function representationBytes({ extent }: StoredResponse, body: KeptBody): number {
  return extent.kind === "part" ? extent.range.complete ?? body.bytes : body.bytes;
}

/** A body whose bytes are known by their places in the representation. */
export function placedBody({ extent }: StoredResponse, body: KeptBody): KeptBody {
  if (extent.kind === "whole") return body;
  const { first: offset } = extent.range;
  return {
    bytes: body.bytes,
    slices: (first, last) => body.slices(first - offset, last - offset),
  };
}

/** What an entry costs in memory, its body included: an estimate that errs above. */
export function setBytes(key: CacheKey, set: KeptSet): number {
  let bytes = fixedBytes + textBytes(key.text);
  for (const { stored, body } of set.variants) bytes += variantBytes(stored) + body.bytes;
  return bytes;
}

/** Map entry, node, and set. */
const fixedBytes = 250;
/** The stored response's own object, its body's, and the arrays in them. */
const variantFixedBytes = 900;

function variantBytes(stored: StoredResponse): number {
  let bytes = variantFixedBytes + textBytes(stored.variant);
  for (const [name, value] of stored.fields) bytes += 40 + textBytes(name) + textBytes(value);
  for (const key of stored.surrogateKeys) bytes += textBytes(key);
  return bytes;
}

/** One byte for each character, in words, after a header. */
function textBytes(text: string): number {
  return 24 + text.length;
}

/** A part takes no whole one's place, and a whole one takes every part's. */
function takesPlaceOf(added: StoredResponse, old: StoredResponse): boolean {
  const isSame = added.variant === old.variant && added.vary.join() === old.vary.join();
  if (!isSame || added.extent.kind === "whole") return isSame;
  if (old.extent.kind === "whole") return false;
  const [one, other] = [added.extent.range, old.extent.range];
  return one.first <= other.first && one.last >= other.last;
}
