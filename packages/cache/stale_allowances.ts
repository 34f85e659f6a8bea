/** For how long, and for whom, a response may be served after its lifetime (RFC 9111 §4.2.4, RFC 5861). */

import type { HeardDirectives } from "@skerry/http";
import type { CacheSettings } from "./settings.ts";

/** Milliseconds after the lifetime; all 0 and false where it is forbidden. */
export interface StaleAllowances {
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly disconnectedMs: number;
  readonly mayBeStale: boolean;
}

const nothing: StaleAllowances = {
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  disconnectedMs: 0,
  mayBeStale: false,
};

/** What a response and the settings of its service allow. */
export function staleAllowances(
  { directives }: HeardDirectives,
  settings: CacheSettings,
): StaleAllowances {
  // §5.2.2.2, §5.2.2.8, §5.2.2.4: in no circumstances.
  const { mustRevalidate, proxyRevalidate, noCache, sharedMaxAge } = directives;
  if (mustRevalidate || proxyRevalidate || noCache === "whole") return nothing;
  const ownMs = (seconds: number | undefined, otherwiseMs: number) =>
    seconds === undefined ? otherwiseMs : seconds * 1000;
  // §5.2.2.10: s-maxage forbids it too, save where an extension beside it says the contrary (§5.2.3).
  const isForbidden = sharedMaxAge !== undefined;
  return {
    staleWhileRevalidateMs: ownMs(
      directives.staleWhileRevalidate,
      isForbidden ? 0 : settings.staleWhileRevalidateMs,
    ),
    staleIfErrorMs: ownMs(directives.staleIfError, isForbidden ? 0 : settings.staleIfErrorMs),
    disconnectedMs: isForbidden ? 0 : settings.disconnectedMs,
    mayBeStale: !isForbidden,
  };
}
