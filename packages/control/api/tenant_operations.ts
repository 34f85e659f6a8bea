/** Tenants, their modules, and the audit log. */

import * as v from "valibot";
import type { Control } from "../control.ts";
import { notFound } from "../refusal.ts";
import { auditSchema, cellsSchema, moduleSchema, tenantAnswer, tenantSchema } from "./answers.ts";
import { answer, type Call, type Operation, pageQuery, taking } from "./operation.ts";
import { failure } from "./key_operations.ts";
import type { KeyValues } from "./ports.ts";
import { tenantSettingsSchema } from "./schemas.ts";

const tenantPath = "/v1/tenants/{tenant}";
/** A tenant after a change. */
export const changedTenant = v.strictObject({ tenant: tenantSchema, cells: cellsSchema });
const audited = v.strictObject({ entries: v.array(auditSchema), next: v.optional(v.string()) });

/** Keys that are removed in one turn. */
const forgottenKeysMax = 1_000;

/** What there is to do with tenants. */
export function tenantOperations(
  { store, tenancy, modules }: Control,
  keyValues: KeyValues,
): Operation[] {
  // Keys are kept by their tenant's name: the next one of that name must not find them.
  const forgetKeys = async (tenant: string) => {
    while (store.tenants.get(tenant) === undefined) {
      const step = keyValues.forget(tenant, forgottenKeysMax);
      if (step.kind !== "ok") throw failure(step);
      if (step.removed === 0) return;
      await store.pause();
    }
  };
  const page = (call: Call) => {
    const limit = Math.min(call.count("limit") ?? 100, store.limits.listMax);
    return { after: call.text("after") ?? "", limit: Math.max(1, limit) };
  };
  const audit = (call: Call, tenant: string | undefined) => {
    const { limit } = page(call);
    const before = call.count("after") ?? Number.MAX_SAFE_INTEGER;
    const entries = store.audit.list(tenant, before, limit);
    const next = entries.length === limit ? String(entries.at(-1)?.id) : undefined;
    return answer({ entries, next });
  };
  return [
    {
      ...{ id: "listTenants", method: "GET", path: "/v1/tenants", access: "operator" },
      about: "Lists tenants by name.",
      query: pageQuery,
      answers: {
        200: {
          about: "A piece of the list.",
          schema: v.strictObject({
            tenants: v.array(tenantSchema),
            next: v.optional(v.string()),
          }),
        },
      },
      act(call) {
        const { after, limit } = page(call);
        const found = store.tenants.list(after, limit);
        const next = found.length === limit ? found.at(-1)?.name : undefined;
        return answer({ tenants: found.map(tenantAnswer), next });
      },
    },
    {
      ...{ id: "getTenant", method: "GET", path: tenantPath, access: "read" },
      about: "Tells of a tenant.",
      answers: { 200: { about: "The tenant.", schema: tenantSchema } },
      act(call) {
        const tenant = store.tenant(call.part("tenant"));
        return answer(tenantAnswer(tenant), 200, tenant.revision);
      },
    },
    {
      ...{ id: "putTenant", method: "PUT", path: tenantPath, access: "operator" },
      about: "Makes a tenant, or gives it other settings.",
      fields: ["If-Match"],
      answers: {
        200: { about: "It has these settings.", schema: changedTenant },
        201: { about: "It was made.", schema: changedTenant },
      },
      ...taking(tenantSettingsSchema, async ({ caller, part, revision }, settings) => {
        // Also where a node ended between a tenant's removal and that of its keys.
        await forgetKeys(part("tenant"));
        const put = await tenancy.putTenant(caller, part("tenant"), settings, revision);
        const { tenant, cells, isNew } = put;
        const value = { tenant: tenantAnswer(tenant), cells };
        return answer(value, isNew ? 201 : 200, tenant.revision);
      }),
    },
    {
      ...{ id: "removeTenant", method: "DELETE", path: tenantPath, access: "operator" },
      about: "Removes a tenant with all its services, secrets, tokens and keys.",
      fields: ["If-Match"],
      answers: { 200: { about: "It is gone.", schema: v.strictObject({ cells: cellsSchema }) } },
      async act({ caller, part, revision }) {
        const cells = await tenancy.removeTenant(caller, part("tenant"), revision);
        await forgetKeys(part("tenant"));
        return answer({ cells });
      },
    },
    {
      ...{ id: "putModule", method: "PUT", path: `${tenantPath}/modules/{digest}` },
      access: "deploy",
      about: "Uploads a module, to be deployed within the hour.",
      body: { kind: "bytes", media: ["application/wasm", "application/octet-stream"] },
      answers: { 200: { about: "The module is kept.", schema: moduleSchema } },
      async act({ caller, part, bytes }) {
        return answer(await modules.receive(caller, part("tenant"), part("digest"), bytes()));
      },
    },
    {
      ...{ id: "getModule", method: "GET", path: `${tenantPath}/modules/{digest}` },
      access: "deploy",
      about: "Tells whether the tenant has uploaded a module.",
      answers: { 200: { about: "It has.", schema: moduleSchema } },
      act({ part }) {
        const found = store.modules.get(store.tenant(part("tenant")), part("digest"));
        if (found === undefined) throw notFound("such module of this tenant");
        return answer(found);
      },
    },
    {
      ...{ id: "listAudit", method: "GET", path: "/v1/audit", access: "operator" },
      about: "Tells who did what, the latest first.",
      query: pageQuery,
      answers: { 200: { about: "A piece of the log.", schema: audited } },
      act: (call) => audit(call, undefined),
    },
    {
      ...{ id: "listTenantAudit", method: "GET", path: `${tenantPath}/audit`, access: "audit" },
      about: "Tells who did what to a tenant and its services, the latest first.",
      query: pageQuery,
      answers: { 200: { about: "A piece of the log.", schema: audited } },
      act: (call) => audit(call, call.part("tenant")),
    },
  ];
}
