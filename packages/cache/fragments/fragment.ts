/**
 * Fragments: what a program has computed and keeps under a key of its own, as a stored response of a special kind.
 *
 * What always holds: a fragment's key is never that of an HTTP request, nor of another service's fragment. The rest is as
 * for responses: what purges these (their key, surrogate keys, service) purges fragments, by the same epochs.
 */

import { type Field, fieldValue, variantOf } from "@skerry/http";
import type { CacheKey } from "../key.ts";
import type { Owner } from "../request.ts";
import type { StoredResponse } from "../stored_response.ts";
import { fragmentLimits as limits } from "./limits.ts";

/** Which fragment is meant. */
export interface FragmentName {
  readonly owner: Owner;
  readonly key: Uint8Array;
  /** Of the request on whose behalf it is: what fragments may vary in. */
  readonly fields: readonly Field[];
}

/** What a program says of a fragment. Times are in milliseconds. */
export interface FragmentTerms {
  readonly lifetimeMs: number;
  readonly staleWhileRevalidateMs: number;
  /** How old it is already. */
  readonly initialAgeMs: number;
  readonly surrogateKeys: readonly string[];
  readonly metadata: Uint8Array;
  /** Names of request fields, in lower case, sorted (RFC 9111 §4.1). */
  readonly vary: readonly string[];
}

/** Whether there is any use in keeping what is said to live so long. */
export function isKeepable(
  { lifetimeMs, initialAgeMs, staleWhileRevalidateMs }: Pick<
    StoredResponse,
    "lifetimeMs" | "initialAgeMs" | "staleWhileRevalidateMs"
  >,
): boolean {
  return lifetimeMs - initialAgeMs + staleWhileRevalidateMs > 0;
}

/** The key of a fragment. Those of requests have `http` or `https` where this has another word. */
export function fragmentKey({ owner, key }: Omit<FragmentName, "fields">): CacheKey {
  const resource = `${owner.tenant}\n${owner.service}\nfragment://${readable(key)}`;
  return { owner, host: "", resource, text: resource };
}

/**
 * A fragment as it is kept.
 *
 * @param epoch the purge epoch when its computation began
 * @param nowMs milliseconds since 1970
 */
export function fragmentOf(
  terms: FragmentTerms,
  fields: readonly Field[],
  epoch: number,
  nowMs: number,
): StoredResponse {
  const { lifetimeMs, initialAgeMs, staleWhileRevalidateMs, surrogateKeys, vary } = terms;
  const variant = variantOf(fields, vary);
  const afterMs = Math.max(staleWhileRevalidateMs, limits.updatableMs);
  return {
    status: 200,
    fields: [[metadataField, terms.metadata.toHex()]],
    served: [],
    vary,
    variant,
    validators: { etag: undefined, lastModifiedMs: undefined, dateMs: nowMs },
    extent: { kind: "whole" },
    responseMs: nowMs,
    initialAgeMs,
    lifetimeMs,
    staleWhileRevalidateMs,
    staleIfErrorMs: 0,
    disconnectedMs: 0,
    mayBeStale: true,
    isValidatedAlways: false,
    isImmutable: false,
    surrogateKeys,
    epoch,
    keptUntilMs: nowMs + Math.max(0, lifetimeMs - initialAgeMs) + afterMs,
  };
}

/** What its program has said of a fragment. */
export function metadataOf({ fields }: StoredResponse): Uint8Array {
  return Uint8Array.fromHex(fieldValue(fields, metadataField) ?? "");
}

/** Bytes stand in a field as text that no store has to escape. */
const metadataField = "skerry-metadata";

/** Visible ASCII as it is, all else as `%` and two digits: no two keys have one text. */
function readable(key: Uint8Array): string {
  let text = "";
  for (const byte of key) {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x25;
    text += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`;
  }
  return text;
}
