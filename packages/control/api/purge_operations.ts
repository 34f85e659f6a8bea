/** Purges of the cache: by URL, by surrogate key, by host, of everything; and in the shapes that clients of Fastly send. */

import { type Field, fieldValue, fieldValues } from "@skerry/http";
import * as v from "valibot";
import { isName } from "../names.ts";
import { purgedAtOnceMax, type PurgeOrder, type Purging } from "../purging.ts";
import { mistaken } from "../refusal.ts";
import { answer, type Call, type Operation, taking } from "./operation.ts";
import { fastlyKeysSchema, purgeSchema, surrogateKeySchema } from "./purge_schemas.ts";

/** What a purge is answered with. */
export const purgeReceipt = v.strictObject({
  id: v.string(),
  nodes: v.record(v.string(), v.number()),
  pending: v.array(v.string()),
});

const accepted = v.strictObject({ status: v.literal("ok"), id: v.string() });
const nothing = { urls: [], keys: [], hosts: [], everything: false } as const;

/** What there is to purge. */
export function purgeOperations(purging: Purging): Operation[] {
  return [
    {
      ...{ id: "purge", method: "POST", path: "/v1/tenants/{tenant}/services/{service}/purge" },
      access: "purge",
      about: "Purges what the cache keeps of a service; once this answers, no thread serves it.",
      answers: { 200: { about: "It is purged.", schema: purgeReceipt } },
      ...taking(purgeSchema, async (call, { soft, ...wanted }) => {
        const order = { ...nothing, ...wanted };
        if (!order.everything && order.urls.length + order.keys.length + order.hosts.length === 0) {
          throw mistaken("", "expected urls, keys, hosts or everything");
        }
        return answer(
          await purging.purge({ ...order, ...serviceOf(call), mode: soft ? "soft" : "hard" }),
        );
      }),
    },
    {
      ...{ id: "fastlyPurgeKey", method: "POST", path: "/service/{id}/purge/{key}" },
      access: "purge",
      about: "Purges by a surrogate key, as clients of Fastly ask for it.",
      fields: ["Fastly-Key", "Fastly-Soft-Purge"],
      answers: { 200: { about: "It is purged.", schema: accepted } },
      async act(call) {
        const key = call.part("key");
        if (!v.is(surrogateKeySchema, key)) throw mistaken("key", "expected a surrogate key");
        const { id } = await purging.purge(orderOf(call, { keys: [key] }));
        return answer({ status: "ok", id });
      },
    },
    {
      ...{ id: "fastlyPurge", method: "POST", path: "/service/{id}/purge" },
      access: "purge",
      about: "Purges by surrogate keys, in a field or as JSON, as clients of Fastly ask for it.",
      fields: ["Fastly-Key", "Fastly-Soft-Purge", "Surrogate-Key"],
      body: { kind: "json", schema: fastlyKeysSchema, isOptional: true },
      answers: {
        200: { about: "They are purged.", schema: v.record(v.string(), v.string()) },
      },
      async act(call) {
        const keys = fieldKeys(call.request.fields) ??
          (await call.json(fastlyKeysSchema)).surrogate_keys;
        const { id } = await purging.purge(orderOf(call, { keys }));
        return answer(Object.fromEntries(keys.map((key) => [key, id])));
      },
    },
    {
      ...{ id: "fastlyPurgeAll", method: "POST", path: "/service/{id}/purge_all" },
      access: "purge",
      about: "Purges everything of a service, as clients of Fastly ask for it.",
      fields: ["Fastly-Key", "Fastly-Soft-Purge"],
      answers: { 200: { about: "It is purged.", schema: accepted } },
      async act(call) {
        const { id } = await purging.purge(orderOf(call, { everything: true }));
        return answer({ status: "ok", id });
      },
    },
  ];
}

/**
 * A service by one name, as Fastly's clients have it: `TENANT--SERVICE`, or `TENANT/SERVICE` with its slash encoded, which is
 * the only way where a name has two hyphens in a row itself.
 */
export function serviceById(
  id: string,
): { readonly tenant: string; readonly service: string } | undefined {
  const names = id.includes("/") ? id.split("/") : id.split("--");
  const [tenant = "", service = ""] = names;
  return names.length === 2 && isName(tenant) && isName(service) ? { tenant, service } : undefined;
}

function serviceOf({ part }: Call) {
  return { tenant: part("tenant"), service: part("service") };
}

function orderOf(call: Call, wanted: Partial<PurgeOrder>): PurgeOrder {
  const isSoft = fieldValue(call.request.fields, "fastly-soft-purge")?.trim() === "1";
  return { ...nothing, ...wanted, ...serviceOf(call), mode: isSoft ? "soft" : "hard" };
}

/** Keys of a field, which are parted by spaces; undefined where there is none. */
function fieldKeys(fields: readonly Field[]): string[] | undefined {
  const values = fieldValues(fields, "surrogate-key");
  if (values.length === 0) return undefined;
  const keys = new Set(values.flatMap((value) => value.split(/[ \t]+/)));
  keys.delete("");
  const isWell = [...keys].every((key) => v.is(surrogateKeySchema, key));
  if (isWell && keys.size > 0 && keys.size <= purgedAtOnceMax) return [...keys];
  throw mistaken("Surrogate-Key", `expected 1 to ${purgedAtOnceMax} keys`);
}
