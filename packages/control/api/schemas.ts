/** What the admin API takes: the one source of its checks, its types and its document. Messages are for people. */

import { originForm } from "@skerry/http";
import * as v from "valibot";
import { controlLimits as limits } from "../limits.ts";
import { digestPattern, nameForm, namePattern } from "../names.ts";
import { scopes } from "../scopes.ts";
import { cacheRulesSchema } from "./cache_schemas.ts";
import { wholeNumber } from "./whole_number.ts";

const gib = 2 ** 30;

export const nameSchema = v.pipe(v.string(), v.regex(namePattern, `expected ${nameForm}`));

export const digestSchema = v.pipe(
  v.string(),
  v.regex(digestPattern, "expected sha256: and 64 hexadecimal digits"),
);

/** A line for people. */
const sentence = v.pipe(
  v.string(),
  v.maxLength(limits.textLengthMax),
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  v.regex(/^[^\x00-\x1f\x7f]*$/, "expected a line without control characters"),
);

/** Milliseconds, with fractions. */
const durationMs = v.pipe(v.number(), v.gtValue(0), v.maxValue(24 * 24 * 3_600_000));

const timeMs = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** A port of an address block (RFC 4632, RFC 4291 §2.3), as backends' addresses are told. */
const addressBlock = v.pipe(
  v.string(),
  v.regex(
    /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]{2,45}\])(?:\/\d{1,3})?$/,
    "expected addresses such as 10.0.0.0/8 or [fd00::]/8",
  ),
);

export const tenantSettingsSchema = v.strictObject({
  weight: v.exactOptional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(1_000))),
  sandboxesMax: v.exactOptional(wholeNumber(1, 100_000)),
  memoryBytesMax: v.exactOptional(wholeNumber(65_536, 1_024 * gib)),
  servicesMax: v.exactOptional(wholeNumber(0, 100_000)),
  keyValueBytesMax: v.exactOptional(wholeNumber(0, 1_024 * gib)),
  privateBackends: v.exactOptional(v.pipe(v.array(addressBlock), v.maxLength(64))),
});

const askedPath = v.pipe(
  v.string(),
  v.regex(/^\/[!-"$-~]{0,999}$/, 'expected a path such as "/healthz"'),
);

const askedStatus = wholeNumber(200, 599);

const routeSchema = v.strictObject({
  host: v.pipe(v.string(), v.maxLength(300)),
  prefix: v.pipe(v.string(), v.maxLength(limits.prefixLengthMax + 1)),
  backend: v.exactOptional(nameSchema),
});

const backendSchema = v.strictObject({
  origin: v.pipe(v.string(), v.regex(/^https?:\/\//, originForm), v.maxLength(300)),
  host: v.exactOptional(v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9.\-_~[\]:]{1,260}$/, 'expected what "Host" is to say'),
  )),
  connectMsMax: v.exactOptional(durationMs),
  firstByteMsMax: v.exactOptional(durationMs),
  betweenBytesMsMax: v.exactOptional(durationMs),
  http2: v.exactOptional(v.boolean()),
  cache: v.exactOptional(v.picklist(["cache", "pass"])),
  retriesMax: v.exactOptional(wholeNumber(0, 5)),
  connectionsMax: v.exactOptional(wholeNumber(1, 10_000)),
  health: v.exactOptional(v.strictObject({
    path: askedPath,
    everyMs: v.exactOptional(durationMs),
    status: v.exactOptional(askedStatus),
  })),
});

const variableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/, "expected a name of letters, digits and _"),
);

const withoutNul = v.pipe(v.string(), v.regex(/^[^\0]*$/, "expected no NUL"));

export const versionSettingsSchema = v.strictObject({
  about: v.exactOptional(sentence),
  env: v.pipe(v.record(variableName, withoutNul), v.maxEntries(limits.variablesMax)),
  clock: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  compress: v.exactOptional(v.boolean()),
  cache: v.exactOptional(cacheRulesSchema),
  memoryBytesMax: v.exactOptional(wholeNumber(65_536, 16 * gib)),
  wallMsMax: v.exactOptional(durationMs),
  cpuMsMax: v.exactOptional(durationMs),
  routes: v.pipe(v.array(routeSchema), v.minLength(1), v.maxLength(limits.routesMax)),
  backends: v.pipe(v.record(nameSchema, backendSchema), v.maxEntries(limits.backendsMax)),
  health: v.exactOptional(v.strictObject({ path: askedPath, status: askedStatus })),
});

export const deploySchema = v.strictObject({
  module: digestSchema,
  settings: versionSettingsSchema,
  note: v.exactOptional(sentence),
  activate: v.optional(v.boolean(), true),
});

/** RFC 9110 §5.6.2: what cookies and fields are called. */
const tokenName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/, "expected a name such as visitor"),
);

export const stickySchema = v.union([
  v.strictObject({ cookie: tokenName }),
  v.strictObject({ field: tokenName }),
]);

export const canarySchema = v.strictObject({
  version: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  percent: v.pipe(v.number(), v.minValue(0.01), v.maxValue(99.99)),
  sticky: v.exactOptional(stickySchema),
});

export const entrySchema = v.strictObject({
  value: v.pipe(v.string(), v.maxBytes(limits.entryBytesMax)),
});

export const tokenSchema = v.strictObject({
  name: v.pipe(sentence, v.minLength(1), v.maxLength(100)),
  scopes: v.pipe(v.array(v.picklist(scopes)), v.minLength(1), v.maxLength(scopes.length)),
  expiresMs: v.exactOptional(timeMs),
});

export { wholeNumber };
