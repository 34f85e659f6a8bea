/**
 * Parts of one representation, put together (RFC 9111 §3.4, RFC 9110 §15.3.7.3).
 *
 * What always holds: bytes meet only where one strong entity tag names them all, and what is made of them is no fresher, no
 * more stale and purged no later than any of them may be.
 */

import { bug } from "@skerry/base";
import { type Field, strongMatch } from "@skerry/http";
import { GrowingBody } from "./body.ts";
import type { KeptCandidate, KeptVariant } from "./kept.ts";
import type { CacheSettings } from "./settings.ts";
import { servedFields } from "./stored_fields.ts";
import type { Extent, StoredResponse } from "./stored_response.ts";

/** What is put together is copied; above this many bytes parts stay apart. */
export const combinedBytesMax = 8 * 1024 * 1024;

interface Part extends KeptVariant {
  readonly first: number;
  readonly last: number;
}

/**
 * A part with those that are kept and touch it; as it is where none does.
 *
 * @param kept what is kept under its key and was not purged
 */
export function combined(
  added: KeptVariant,
  kept: readonly KeptCandidate[],
  settings: CacheSettings,
): KeptVariant {
  const own = partOf(added);
  if (own === undefined) return added;
  const others = kept.flatMap(({ stored, body, staleFromMs }) => {
    const part = partOf({ stored, body });
    // What was purged softly would make all of it stale.
    const isOfIt = part !== undefined && staleFromMs === Infinity && isSame(added.stored, stored);
    return isOfIt ? [part] : [];
  });
  const parts = touching(own, others);
  const [first, last] = [parts[0]?.first ?? own.first, Math.max(...parts.map((one) => one.last))];
  const bytesMax = Math.min(combinedBytesMax, settings.bodyBytesMax);
  if (parts.length === 1 || last - first + 1 > bytesMax) return added;
  const body = new GrowingBody(bytesMax);
  for (const part of parts) {
    const from = first + body.bytes;
    if (part.last < from) continue;
    for (const bytes of part.body.slices(from - part.first, part.last - part.first)) {
      body.append(bytes);
    }
  }
  // What lacks bytes is none of them all.
  if (body.bytes !== last - first + 1) return added;
  return { stored: headOf(own, parts, first, last, settings), body: body.finish() };
}

function partOf({ stored, body }: KeptVariant): Part | undefined {
  // What is not in memory is large: it stays as it is.
  if (stored.extent.kind === "whole" || body.read !== undefined) return undefined;
  const { first, last } = stored.extent.range;
  return { stored, body, first, last };
}

/** Whether both are parts of what one strong entity tag names. */
export function isSame(one: StoredResponse, other: StoredResponse): boolean {
  const [left, right] = [one.validators.etag, other.validators.etag];
  if (one.extent.kind === "whole" || other.extent.kind === "whole") return false;
  return one.variant === other.variant && one.vary.join() === other.vary.join() &&
    one.extent.range.complete === other.extent.range.complete &&
    left !== undefined && right !== undefined && strongMatch(left, right);
}

/** Those that overlap or adjoin it, or each other on the way to it, from the first byte on. */
function touching(own: Part, others: readonly Part[]): readonly Part[] {
  const sorted = [own, ...others].toSorted((one, other) => one.first - other.first);
  let run: Part[] = [];
  let end = -1;
  for (const part of sorted) {
    if (run.length > 0 && part.first > end + 1) {
      if (run.includes(own)) return run;
      run = [];
    }
    run.push(part);
    end = Math.max(run.length === 1 ? -1 : end, part.last);
  }
  return run;
}

/** The most recent head; fields that it has not, the others give (RFC 9111 §3.2). */
function headOf(
  own: Part,
  parts: readonly Part[],
  first: number,
  last: number,
  settings: CacheSettings,
): StoredResponse {
  // Of several that came within one millisecond it is the one that is added.
  const heads = [own, ...parts.filter((part) => part !== own)].map(({ stored }) => stored)
    .toSorted((one, other) => other.responseMs - one.responseMs);
  const [newest = heads[0]] = heads;
  if (newest?.extent.kind !== "part") bug("parts alone are combined");
  const { complete } = newest.extent.range;
  const isWhole = first === 0 && last + 1 === complete;
  const extent: Extent = isWhole
    ? { kind: "whole" }
    : { kind: "part", range: { first, last, complete } };
  const fields = mergedFields(heads, isWhole ? undefined : `bytes ${first}-${last}/${complete}`);
  const least = (of: (one: StoredResponse) => number) => Math.min(...heads.map(of));
  return {
    ...newest,
    status: isWhole ? 200 : 206,
    fields,
    served: servedFields(fields, extent, settings),
    extent,
    staleWhileRevalidateMs: least((one) => one.staleWhileRevalidateMs),
    staleIfErrorMs: least((one) => one.staleIfErrorMs),
    disconnectedMs: least((one) => one.disconnectedMs),
    mayBeStale: heads.every((one) => one.mayBeStale),
    isValidatedAlways: heads.some((one) => one.isValidatedAlways),
    isImmutable: heads.every((one) => one.isImmutable),
    surrogateKeys: [...new Set(heads.flatMap((one) => one.surrogateKeys))],
    epoch: least((one) => one.epoch),
  };
}

function mergedFields(
  heads: readonly StoredResponse[],
  contentRange: string | undefined,
): readonly Field[] {
  const taken = new Set(["content-length", "content-range"]);
  const fields: Field[] = contentRange === undefined ? [] : [["content-range", contentRange]];
  for (const head of heads) {
    const rest = head.fields.filter(([name]) => !taken.has(name.toLowerCase()));
    fields.push(...rest);
    for (const [name] of rest) taken.add(name.toLowerCase());
  }
  return fields;
}
