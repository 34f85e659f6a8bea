/** What a manifest may say of the cache: `[cache]`, and what it comes to. */

import { parseSize, parseSpan } from "@skerry/base";
import * as v from "valibot";

/** A request that passes the cache: all that is told must hold of it. */
export interface ManifestCachePass {
  /** As a route's: `/admin` for it and all below it, the empty one for every path. */
  readonly prefix?: string;
  /** A field that it has, in lower case. */
  readonly field?: string;
  readonly cookie?: string;
}

/** What is part of a request's key. */
export interface ManifestCacheKey {
  readonly query?: "as-is" | "sorted" | "ignored";
  readonly ignoredParameters?: readonly string[];
  readonly keptParameters?: readonly string[];
  readonly fields?: readonly string[];
  readonly cookies?: readonly string[];
}

/** The rules of a service's cache. What is not told has a default. */
export interface ManifestCache {
  /** `cache`: what the program answers is kept too; `pass`: nothing is. Backends' answers are kept where nothing is told. */
  readonly mode?: "cache" | "pass";
  readonly ttlMs?: number;
  readonly ttlMsMax?: number;
  readonly ttlMsByStatus?: Readonly<Record<string, number>>;
  readonly heuristicFraction?: number;
  readonly heuristicMsMax?: number;
  readonly staleWhileRevalidateMs?: number;
  readonly staleIfErrorMs?: number;
  readonly staleIfUnreachableMs?: number;
  readonly hitForMissMs?: number;
  readonly bodyBytesMax?: number;
  readonly setCookie?: "refused" | "kept" | "stripped";
  readonly requestDirectives?: "heeded" | "ignored";
  readonly partialMisses?: "forwarded" | "fetched-whole";
  readonly key?: ManifestCacheKey;
  readonly pass?: readonly ManifestCachePass[];
}

const span = v.pipe(
  v.string('expected a duration such as "10m"'),
  v.check(
    (text) => parseSpan(text) !== undefined,
    'expected a duration such as "10m", "30d" or "0s", of at most ten years',
  ),
  v.transform((text) => parseSpan(text) ?? 0),
);

const bodySize = v.pipe(
  v.string('expected a size such as "16MiB"'),
  v.check((text) => parseSize(text) !== undefined, 'expected a size such as "16MiB"'),
  v.transform((text) => parseSize(text) ?? 0),
);

/** RFC 9110 §5.6.2. */
const tokenName = v.pipe(
  v.string("expected a name"),
  v.regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/, 'expected a name such as "x-market"'),
);

const fieldName = v.pipe(tokenName, v.transform((name) => name.toLowerCase()));

const parameter = v.pipe(
  v.string("expected the name of a parameter"),
  v.regex(/^[^\0-\x20&=#\x7f*]{1,100}\*?$/, 'expected a name such as "page" or "utm_*"'),
);

function listOf<Schema extends v.GenericSchema<unknown, string>>(schema: Schema) {
  return v.pipe(
    v.array(schema, "expected a list of names"),
    v.maxLength(32, "expected at most 32 names"),
  );
}

const prefix = v.pipe(
  v.string('expected a path such as "/admin/..."'),
  v.regex(
    /^\/(?:\.\.\.|(?:[A-Za-z0-9\-_~!$&'()*+,;=:@]|\.(?!\.)|\/(?!\/))*(?:\/\.\.\.)?)$/,
    'expected a path that begins with "/", such as "/admin" or "/admin/..."',
  ),
  v.transform((path) => path.replace(/\/?(\.\.\.)?$/, "").replace(/\/$/, "")),
);

const pass = v.pipe(
  v.strictObject({
    path: v.exactOptional(prefix),
    header: v.exactOptional(fieldName),
    cookie: v.exactOptional(tokenName),
  }),
  v.check(
    (rule) => Object.keys(rule).length > 0,
    'expected "path", "header" or "cookie": whatever is told must hold',
  ),
);

const fraction = v.pipe(
  v.number("expected a number such as 0.1"),
  v.minValue(0, "expected a number from 0 to 1"),
  v.maxValue(1, "expected a number from 0 to 1"),
);

const statuses = v.record(
  v.pipe(v.string(), v.regex(/^[2-5]\d\d$/, "expected a status such as 404")),
  span,
  'expected a table such as { 404 = "30s" }',
);

/** The table, as its TOML is read. */
export const cacheSchema = v.strictObject({
  mode: v.exactOptional(v.picklist(["cache", "pass"], 'expected "cache" or "pass"')),
  ttl: v.exactOptional(span),
  "ttl-max": v.exactOptional(span),
  "ttl-by-status": v.exactOptional(statuses),
  heuristic: v.exactOptional(fraction),
  "heuristic-max": v.exactOptional(span),
  "stale-while-revalidate": v.exactOptional(span),
  "stale-if-error": v.exactOptional(span),
  "stale-if-unreachable": v.exactOptional(span),
  "hit-for-miss": v.exactOptional(span),
  "body-max": v.exactOptional(bodySize),
  "set-cookie": v.exactOptional(
    v.picklist(["refused", "kept", "stripped"], 'expected "refused", "kept" or "stripped"'),
  ),
  "request-directives": v.exactOptional(
    v.picklist(["heeded", "ignored"], 'expected "heeded" or "ignored"'),
  ),
  "partial-misses": v.exactOptional(
    v.picklist(["forwarded", "fetched-whole"], 'expected "forwarded" or "fetched-whole"'),
  ),
  key: v.exactOptional(v.strictObject({
    query: v.exactOptional(
      v.picklist(["as-is", "sorted", "ignored"], 'expected "as-is", "sorted" or "ignored"'),
    ),
    "ignored-parameters": v.exactOptional(listOf(parameter)),
    "kept-parameters": v.exactOptional(listOf(parameter)),
    headers: v.exactOptional(listOf(fieldName)),
    cookies: v.exactOptional(listOf(tokenName)),
  })),
  pass: v.exactOptional(v.pipe(
    v.array(pass, "expected [[cache.pass]] tables"),
    v.maxLength(64, "expected at most 64 rules"),
  )),
});

/** The table, as others have it. */
export function cacheOf(table: v.InferOutput<typeof cacheSchema>): ManifestCache {
  const { key } = table;
  return told({
    mode: table.mode,
    ttlMs: table.ttl,
    ttlMsMax: table["ttl-max"],
    ttlMsByStatus: table["ttl-by-status"],
    heuristicFraction: table.heuristic,
    heuristicMsMax: table["heuristic-max"],
    staleWhileRevalidateMs: table["stale-while-revalidate"],
    staleIfErrorMs: table["stale-if-error"],
    staleIfUnreachableMs: table["stale-if-unreachable"],
    hitForMissMs: table["hit-for-miss"],
    bodyBytesMax: table["body-max"],
    setCookie: table["set-cookie"],
    requestDirectives: table["request-directives"],
    partialMisses: table["partial-misses"],
    key: key && told({
      query: key.query,
      ignoredParameters: key["ignored-parameters"],
      keptParameters: key["kept-parameters"],
      fields: key.headers,
      cookies: key.cookies,
    }),
    pass: table.pass?.map(({ path, header, cookie }) =>
      told({ prefix: path, field: header, cookie })
    ),
  });
}

/** What is not undefined: as JSON has it. */
function told<T extends Record<string, unknown>>(
  values: T,
): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
