/** What the cache of a node would do with a request, and what it keeps: for whoever wonders why. */

import * as v from "valibot";
import type { Control } from "../control.ts";
import { notFound } from "../refusal.ts";
import { answer, type Operation, taking } from "./operation.ts";
import { urlSchema } from "./purge_schemas.ts";

/** A request that may be asked. */
export interface CacheQuestion {
  /** Of whose services alone anything is told. */
  readonly tenant: string;
  readonly url: string;
  readonly method: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Explains: a port, since only those who serve know what is kept. */
export interface CacheExplainer {
  /** Undefined where no cache is asked for it: nothing of the tenant's answers it, or what does is not kept. */
  explain(question: CacheQuestion): Promise<v.InferOutput<typeof explanationSchema> | undefined>;
}

const token = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/, "expected a name such as accept-language"),
);

const questionSchema = v.strictObject({
  url: urlSchema,
  method: v.exactOptional(token),
  fields: v.exactOptional(v.pipe(
    v.array(v.strictObject({
      name: token,
      // deno-lint-ignore no-control-regex -- control characters are what is looked for
      value: v.pipe(v.string(), v.maxLength(8_192), v.regex(/^[^\x00-\x08\x0a-\x1f\x7f]*$/)),
    })),
    v.maxLength(64),
  )),
});

const count = v.pipe(v.number(), v.minValue(0));
const names = v.array(v.string());

/** What is told. Times are milliseconds. */
export const explanationSchema = v.strictObject({
  service: v.string(),
  resource: v.string(),
  decision: v.picklist(["hit", "stale", "revalidate", "miss", "pass", "refuse"]),
  why: v.string(),
  ttlMs: v.exactOptional(v.number()),
  hitForMissMs: v.exactOptional(count),
  variants: v.array(v.strictObject({
    status: count,
    state: v.picklist(["fresh", "stale", "purged", "outlived"]),
    isAsked: v.boolean(),
    vary: names,
    ageMs: count,
    ttlMs: v.number(),
    staleWhileRevalidateMs: count,
    staleIfErrorMs: count,
    bytes: count,
    surrogateKeys: names,
  })),
});

/** What there is to ask of the cache. */
export function cacheOperations({ store }: Control, cache: CacheExplainer): Operation[] {
  return [{
    ...{ id: "explain", method: "POST", path: "/v1/tenants/{tenant}/cache/explain" },
    access: "read",
    about: "Tells what the cache would do with a request, why, and what it keeps for it.",
    answers: { 200: { about: "What would become of it.", schema: explanationSchema } },
    ...taking(questionSchema, async ({ part }, { url, method = "GET", fields = [] }) => {
      const { name: tenant } = store.tenant(part("tenant"));
      const asked = fields.map(({ name, value }) => [name, value] as const);
      const explained = await cache.explain({ tenant, url, method, fields: asked });
      if (explained === undefined) throw notFound("cache of this tenant's for this URL");
      return answer(explained);
    }),
  }];
}
