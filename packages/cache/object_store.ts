/** What a cache keeps beside its memory: a port. It is slower, larger, and there after a restart. */

import type { Field } from "@skerry/http";
import type { KeptBody } from "./body.ts";
import type { CacheKey } from "./key.ts";
import type { KeptVariant } from "./kept.ts";
import type { StoredResponse } from "./stored_response.ts";

/** A body on its way to be kept, appended by one and read by many meanwhile. */
export interface StoringBody extends KeptBody {
  /** Takes bytes, whose memory is the caller's again afterwards. False where that fails: `bytes` says how many it took. */
  append(bytes: Uint8Array): Promise<boolean>;
  /** Some of what came, from a place to another, both included: at least one byte. Only by who has entered. */
  some(first: number, last: number): Promise<Uint8Array>;
  /** Somebody reads, until they leave. */
  enter(): void;
  leave(): void;
  /** All has come. False where it cannot be kept. */
  finish(): Promise<boolean>;
  /** It is not kept, if it was not yet. Harmless when done twice. */
  end(): void;
}

/** Whether memory has just this response. */
export type IsCurrent = (key: CacheKey, stored: StoredResponse) => boolean;

/** Responses by key and variant, shared by all threads of a node. Nothing that it does fails for those who ask. */
export interface ObjectStore {
  /** Whether something may be there: known at once. */
  mayHave(key: CacheKey): boolean;
  /** What is there for a request with these fields, whole and undamaged; purged or outlived it may be. */
  find(key: CacheKey, fields: readonly Field[]): Promise<KeptVariant | undefined>;
  /**
   * Keeps, in the background, what is in memory and was used.
   *
   * @param isCurrent whether it is still what memory has: asked before and after it is put in its place
   */
  used(key: CacheKey, variant: KeptVariant, isCurrent: IsCurrent): void;
  /** Begins with a body that is too large for memory; undefined where none can be taken now. */
  begin(key: CacheKey, stored: StoredResponse): Promise<StoringBody | undefined>;
  /** Keeps what {@link begin} began with and is finished, or a large body with another head. */
  put(key: CacheKey, variant: KeptVariant): "kept" | "dropped";
  /** Whether it is this store that a body is read from. */
  has(body: KeptBody): boolean;
  /** Whether what answers the same requests as a response is there: true until it is let go of. */
  holds(key: CacheKey, stored: StoredResponse): boolean;
  /** Lets go of what answers the same requests as a response: it is gone, or another is newer. */
  forget(key: CacheKey, stored: StoredResponse): void;
}
