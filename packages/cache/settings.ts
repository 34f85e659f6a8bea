/** What a service says of its cache, and what holds where it says nothing. */

/** What makes two requests ask for the same. */
export interface KeySettings {
  /** Whether the order of a query's parameters counts; `ignored` where the whole query does not. */
  readonly query: "as-is" | "sorted" | "ignored";
  /** Parameters that are left out of the key; a star at the end stands for anything: `utm_*`. */
  readonly ignoredParameters: readonly string[];
  /** Where there are any, the only parameters in the key. */
  readonly keptParameters: readonly string[];
  /** Request fields and cookies that are part of the key, in lower case and as written. */
  readonly fields: readonly string[];
  readonly cookies: readonly string[];
  /** What else parts two keys of one resource, which is purged as one: whose answer it is, such as a version's. */
  readonly partition?: string;
}

/** The rules of one service. Times are in milliseconds. */
export interface CacheSettings {
  /** `pass` where nothing is looked up or kept. */
  readonly mode: "cache" | "pass";
  readonly key: KeySettings;
  /** Fields that speak to this cache instead of `Cache-Control`, the most special first (RFC 9213 §2.2). */
  readonly targets: readonly string[];
  /** Whether a client may ask for more, or less, than what is kept (RFC 9111 §5.2.1). */
  readonly requestDirectives: "heeded" | "ignored";
  /** A lifetime in place of whatever the response says, where it may be kept at all. */
  readonly lifetimeMsForced: number | undefined;
  /** A lifetime for responses that say none, by a status: negative caching too. */
  readonly lifetimeMsByStatus: ReadonlyMap<number, number>;
  /** RFC 9111 §4.2.2: this share of the time since Last-Modified, up to a bound; 0 is never. */
  readonly heuristic: { readonly fraction: number; readonly msMax: number };
  readonly lifetimeMsMax: number;
  /** How long a stale response may do where its own directives say nothing (RFC 5861). */
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  /** How long where the origin cannot be reached at all (RFC 9111 §4.2.4). */
  readonly disconnectedMs: number;
  /** How long a stale response is kept to be validated. */
  readonly validatedMs: number;
  /** What becomes of a response with Set-Cookie that does not say itself that it is for all. */
  readonly setCookie: "refused" | "kept" | "stripped";
  /** Whether what asks for a part, or on a condition, goes forward as it is where nothing is kept. */
  readonly partialMisses: "forwarded" | "fetched whole";
  /** How long it is known of a request that its answer could not be kept. */
  readonly hitForMissMs: number;
  readonly bodyBytesMax: number;
  /** Responses of one key, which differ by what they vary in. */
  readonly variantsMax: number;
  /** Fields of a response that are not for clients. */
  readonly strippedFields: ReadonlySet<string>;
}

const secondMs = 1000;
const hourMs = 3600 * secondMs;
const dayMs = 24 * hourMs;

/** What holds where nothing is said: what the RFCs have, and no heuristics. */
export const defaultCacheSettings: CacheSettings = {
  mode: "cache",
  key: { query: "as-is", ignoredParameters: [], keptParameters: [], fields: [], cookies: [] },
  targets: ["skerry-cache-control", "cdn-cache-control", "surrogate-control"],
  requestDirectives: "heeded",
  lifetimeMsForced: undefined,
  lifetimeMsByStatus: new Map(),
  heuristic: { fraction: 0, msMax: dayMs },
  lifetimeMsMax: 2 ** 31 * secondMs,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  disconnectedMs: dayMs,
  validatedMs: dayMs,
  setCookie: "refused",
  partialMisses: "forwarded",
  hitForMissMs: 120 * secondMs,
  bodyBytesMax: 64 * 1024 * 1024,
  variantsMax: 64,
  strippedFields: new Set([
    "cache-tag",
    "skerry-cache-control",
    "surrogate-control",
    "surrogate-key",
  ]),
};
