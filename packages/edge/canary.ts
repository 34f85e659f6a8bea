/**
 * Which of two versions a request gets: a share of a hundred buckets, to each of which clients belong for good. A
 * share that grows takes further clients along and gives none back.
 */

import { type Field, fieldValue, fieldValues } from "@skerry/http";

/** What keeps a client with the version that it had: a cookie of the edge's, or the value of a field of its own. */
export type StickyBy = { readonly cookie: string } | { readonly field: string };

/** A choice. */
export interface CanaryChoice {
  readonly isCanary: boolean;
  /** Fields that its response gets. */
  readonly fields: readonly Field[];
}

/** Shares requests out between a version and its canary. */
export class CanaryShare {
  readonly #percent: number;
  readonly #sticky: StickyBy | undefined;
  /** Where the next request without a bucket of its own goes: steps by 61, which is prime to 100, go through all of them. */
  #next: number;

  /**
   * @param percent of a hundred requests
   * @param start any number, so that nodes and threads do not all begin with the same bucket
   */
  constructor(percent: number, sticky: StickyBy | undefined, start = 0) {
    this.#percent = percent;
    this.#sticky = sticky;
    this.#next = Math.abs(Math.trunc(start)) % 100;
  }

  /** The version that a request gets. */
  choose(fields: readonly Field[]): CanaryChoice {
    const sticky = this.#sticky;
    if (sticky === undefined) return this.#inBucket(this.#turn());
    if ("field" in sticky) {
      const value = fieldValue(fields, sticky.field.toLowerCase());
      return this.#inBucket(value === undefined ? this.#turn() : bucketOf(value));
    }
    const known = bucketOfCookie(fields, sticky.cookie);
    if (known !== undefined) return this.#inBucket(known);
    const bucket = this.#turn();
    const cookie = `${sticky.cookie}=${bucket}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000`;
    return this.#inBucket(bucket, [["set-cookie", cookie]]);
  }

  #inBucket(bucket: number, fields: readonly Field[] = []): CanaryChoice {
    return { isCanary: bucket < this.#percent, fields };
  }

  #turn(): number {
    this.#next = (this.#next + 61) % 100;
    return this.#next;
  }
}

/** A bucket for any text: FNV-1a (draft-eastlake-fnv), which spreads texts that are alike. */
function bucketOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % 100;
}

/** The bucket that a cookie of ours names (RFC 6265 §4.2.1). */
function bucketOfCookie(fields: readonly Field[], name: string): number | undefined {
  for (const value of fieldValues(fields, "cookie")) {
    for (const pair of value.split(";")) {
      const [found, bucket = ""] = pair.trim().split("=");
      if (found === name && /^\d{1,2}$/.test(bucket)) return Number(bucket);
    }
  }
  return undefined;
}
