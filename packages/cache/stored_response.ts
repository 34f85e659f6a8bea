/** What is kept of a response besides its body. It is never changed: what freshens it takes its place. */

import type { ContentRange, Field, Validators } from "@skerry/http";

/** Which bytes of the representation are kept. */
export type Extent =
  | { readonly kind: "whole" }
  /** One range of it, as a 206 has it (RFC 9111 §3.3): for requests that ask for no more. */
  | { readonly kind: "part"; readonly range: ContentRange };

/** A response that may be served again. Times are milliseconds. */
export interface StoredResponse {
  readonly status: number;
  /** All that are kept: what a validation updates. */
  readonly fields: readonly Field[];
  /** Those of them that every client gets; written out once, since hits are many. */
  readonly served: readonly Field[];
  /** RFC 9111 §4.1: the fields that chose it, and what its request said in them. */
  readonly vary: readonly string[];
  readonly variant: string;
  readonly validators: Validators;
  readonly extent: Extent;
  readonly responseMs: number;
  readonly initialAgeMs: number;
  readonly lifetimeMs: number;
  /** How long after its lifetime it may still do, for whom is told by the names; 0 where it may not. */
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly disconnectedMs: number;
  /** Whether a client may take it when stale (RFC 9111 §4.2.4). */
  readonly mayBeStale: boolean;
  /** RFC 9111 §5.2.2.4: never without validation. */
  readonly isValidatedAlways: boolean;
  /** RFC 8246. */
  readonly isImmutable: boolean;
  /** By which it is purged, besides its resource, host and service. */
  readonly surrogateKeys: readonly string[];
  /** The purge epoch when its request went forward. */
  readonly epoch: number;
  /** After which it is of no use to anybody. */
  readonly keptUntilMs: number;
}

/** Whether a validator is there, so that the origin can be asked whether it still holds. */
export function hasValidator({ fields }: Pick<StoredResponse, "fields">): boolean {
  return fields.some(([name]) => /^(?:etag|last-modified)$/i.test(name));
}
