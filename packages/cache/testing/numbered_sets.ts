/** Sets that are told apart by a number, and can be checked for being whole: for tests of stores. */

import { bodyOf } from "../encoding/kept_set.ts";
import type { KeptSet } from "../kept.ts";
import type { StoredResponse } from "../stored_response.ts";

const nothing: StoredResponse = {
  status: 200,
  fields: [],
  served: [],
  vary: [],
  variant: "",
  validators: { etag: undefined, lastModifiedMs: undefined, dateMs: 0 },
  extent: { kind: "whole" },
  responseMs: 0,
  initialAgeMs: 0,
  lifetimeMs: 0,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  disconnectedMs: 0,
  mayBeStale: false,
  isValidatedAlways: false,
  isImmutable: false,
  surrogateKeys: [],
  epoch: 0,
  keptUntilMs: 0,
};

/** A set with a body of so many bytes, all of which follow from the number and the name. */
export function numberedSet(number: number, name: string, bodyBytes: number): KeptSet {
  const body = new Uint8Array(bodyBytes);
  for (let at = 0; at < bodyBytes; at += 1) body[at] = byteOf(number, at);
  const stored: StoredResponse = { ...nothing, responseMs: number, variant: name };
  return { variants: [{ stored, body: bodyOf(body) }], hitForMissUntilMs: number };
}

/** The number of a set that was kept under a name; undefined where it is any other, or not as it was. */
export function numberOf(set: KeptSet, name: string): number | undefined {
  const [only, ...others] = set.variants;
  const number = set.hitForMissUntilMs;
  if (only === undefined || others.length > 0) return undefined;
  if (only.stored.variant !== name || only.stored.responseMs !== number) return undefined;
  let at = 0;
  for (const slice of only.body.slices(0, only.body.bytes - 1)) {
    for (const byte of slice) {
      if (byte !== byteOf(number, at)) return undefined;
      at += 1;
    }
  }
  return at === only.body.bytes ? number : undefined;
}

function byteOf(number: number, at: number): number {
  return Math.imul(number * 31 + at, 0x9e3779b1) >>> 24;
}
