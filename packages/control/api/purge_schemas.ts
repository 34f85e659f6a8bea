/** What may be purged, as the admin API takes it. */

import { surrogateKeyLimits } from "@skerry/http";
import * as v from "valibot";
import { purgedAtOnceMax } from "../purging.ts";

/** As responses have them; a space may stand in one that came by `Cache-Tag`. */
export const surrogateKeySchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(surrogateKeyLimits.keyCharactersMax),
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  v.regex(/^[^\x00-\x1f\x7f]*$/, "expected a surrogate key"),
);

/** One that requests can ask for. */
export const urlSchema = v.pipe(
  v.string(),
  v.maxLength(8_192),
  v.regex(
    /^https?:\/\/[^\s/?#@]+(?:[/?][^\s#]*)?$/,
    "expected a URL such as https://example.com/a?b=c",
  ),
);

const host = v.pipe(
  v.string(),
  v.maxLength(300),
  v.regex(/^[^\s/?#@,]+$/, "expected a host such as example.com or example.com:8080"),
);

export const purgeSchema = v.strictObject({
  urls: v.exactOptional(some(urlSchema)),
  keys: v.exactOptional(some(surrogateKeySchema)),
  hosts: v.exactOptional(some(host)),
  everything: v.exactOptional(v.boolean()),
  soft: v.exactOptional(v.boolean()),
});

/** Fastly's own. */
export const fastlyKeysSchema = v.strictObject({
  surrogate_keys: v.pipe(some(surrogateKeySchema), v.minLength(1)),
});

function some<S extends v.GenericSchema<unknown, string>>(schema: S) {
  return v.pipe(v.array(schema), v.maxLength(purgedAtOnceMax));
}
