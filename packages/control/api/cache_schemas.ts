/** What the admin API takes of a service's cache. */

import { spanMsMax } from "@skerry/base";
import * as v from "valibot";
import { controlLimits as limits } from "../limits.ts";
import { wholeNumber } from "./whole_number.ts";

/** Milliseconds, none at all among them. */
const spanMs = v.pipe(v.number(), v.minValue(0), v.maxValue(spanMsMax));

/** RFC 9110 §5.6.2. */
const cookieName = v.pipe(v.string(), v.regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/));

const fieldName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+\-.^_`|~0-9a-z]{1,64}$/, "expected a name in lower case, such as x-market"),
);

const parameter = v.pipe(
  v.string(),
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  v.regex(/^[^\x00-\x20&=#\x7f*]{1,100}\*?$/, "expected a name such as page or utm_*"),
);

function listOf<Schema extends v.GenericSchema<unknown, string>>(schema: Schema) {
  return v.pipe(v.array(schema), v.maxLength(32));
}

export const cacheRulesSchema = v.strictObject({
  mode: v.exactOptional(v.picklist(["cache", "pass"])),
  ttlMs: v.exactOptional(spanMs),
  ttlMsMax: v.exactOptional(spanMs),
  ttlMsByStatus: v.exactOptional(
    v.record(v.pipe(v.string(), v.regex(/^[2-5]\d\d$/, "expected a status")), spanMs),
  ),
  heuristicFraction: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  heuristicMsMax: v.exactOptional(spanMs),
  staleWhileRevalidateMs: v.exactOptional(spanMs),
  staleIfErrorMs: v.exactOptional(spanMs),
  staleIfUnreachableMs: v.exactOptional(spanMs),
  hitForMissMs: v.exactOptional(spanMs),
  bodyBytesMax: v.exactOptional(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
  setCookie: v.exactOptional(v.picklist(["refused", "kept", "stripped"])),
  requestDirectives: v.exactOptional(v.picklist(["heeded", "ignored"])),
  partialMisses: v.exactOptional(v.picklist(["forwarded", "fetched-whole"])),
  key: v.exactOptional(v.strictObject({
    query: v.exactOptional(v.picklist(["as-is", "sorted", "ignored"])),
    ignoredParameters: v.exactOptional(listOf(parameter)),
    keptParameters: v.exactOptional(listOf(parameter)),
    fields: v.exactOptional(listOf(fieldName)),
    cookies: v.exactOptional(listOf(cookieName)),
  })),
  pass: v.exactOptional(v.pipe(
    v.array(v.strictObject({
      prefix: v.exactOptional(v.pipe(v.string(), v.maxLength(limits.prefixLengthMax + 1))),
      field: v.exactOptional(fieldName),
      cookie: v.exactOptional(cookieName),
    })),
    v.maxLength(64),
  )),
});
