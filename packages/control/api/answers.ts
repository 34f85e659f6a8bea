/** What the admin API gives: records without what nobody is to see, in shapes that its document tells. */

import * as v from "valibot";
import type { EntryRecord } from "../entry_tables.ts";
import type { Acknowledgement } from "../ports.ts";
import type { ServiceRecord, TenantRecord, VersionRecord } from "../records.ts";
import { scopes } from "../scopes.ts";
import type { TokenRecord } from "../token_table.ts";
import {
  canarySchema,
  digestSchema,
  nameSchema,
  tenantSettingsSchema,
  versionSettingsSchema,
  wholeNumber,
} from "./schemas.ts";

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const anything = v.record(v.string(), v.unknown());

/** How many cells have a change, of how many there are. */
export const cellsSchema = v.strictObject({ acknowledged: count, of: count });

export const tenantSchema = v.strictObject({
  name: nameSchema,
  settings: tenantSettingsSchema,
  revision: count,
  createdMs: count,
});

export const serviceSchema = v.strictObject({
  tenant: nameSchema,
  name: nameSchema,
  revision: count,
  createdMs: count,
  newest: count,
  active: v.optional(count),
  previous: v.optional(count),
  canary: v.optional(canarySchema),
});

export const diagnosticSchema = v.strictObject({
  message: v.string(),
  at: v.exactOptional(v.union([
    v.strictObject({ kind: v.literal("text"), line: count, column: count }),
    v.strictObject({ kind: v.literal("binary"), offset: count }),
  ])),
});

export const versionSchema = v.strictObject({
  number: count,
  state: v.picklist(["received", "preparing", "ready", "failed"]),
  module: digestSchema,
  artifact: v.optional(digestSchema),
  settings: versionSettingsSchema,
  note: v.optional(v.string()),
  createdMs: count,
  createdBy: v.string(),
  activatedMs: v.optional(count),
  diagnostics: v.array(diagnosticSchema),
  facts: v.optional(anything),
});

export const moduleSchema = v.strictObject({
  digest: digestSchema,
  bytes: count,
  receivedMs: count,
});

export const entryInfoSchema = v.strictObject({ name: v.string(), changedMs: count });
export const configEntrySchema = v.strictObject({ ...entryInfoSchema.entries, value: v.string() });

export const tokenInfoSchema = v.strictObject({
  id: v.string(),
  name: v.string(),
  tenant: v.optional(nameSchema),
  scopes: v.array(v.picklist(scopes)),
  createdMs: count,
  createdBy: v.string(),
  expiresMs: v.optional(count),
  usedMs: v.optional(count),
});

export const auditSchema = v.strictObject({
  id: count,
  atMs: count,
  actor: v.string(),
  action: v.string(),
  tenant: v.optional(v.string()),
  service: v.optional(v.string()),
  details: anything,
});

export const statusSchema = anything;

export const addressesSchema = v.strictObject({
  http: v.string(),
  https: v.optional(v.string()),
});

export const problemSchema = v.strictObject({
  type: v.string(),
  title: v.string(),
  status: wholeNumber(400, 599),
  detail: v.string(),
  code: v.string(),
  remedy: v.optional(v.string()),
  version: v.optional(count),
  mistakes: v.optional(v.array(v.strictObject({ path: v.string(), message: v.string() }))),
  diagnostics: v.optional(v.array(diagnosticSchema)),
});

export function tenantAnswer({ name, settings, revision, createdMs }: TenantRecord) {
  return { name, settings, revision, createdMs };
}

export function serviceAnswer(service: ServiceRecord) {
  const { tenant, name, revision, createdMs, newest, active, previous, canary } = service;
  return { tenant, name, revision, createdMs, newest, active, previous, canary };
}

export function versionAnswer(version: VersionRecord) {
  const { number, state, module, artifact, settings, note, createdMs, createdBy } = version;
  const { activatedMs, diagnostics, facts } = version;
  return {
    ...{ number, state, module, artifact, settings, note, createdMs, createdBy },
    ...{ activatedMs, diagnostics, facts },
  };
}

export function entryAnswer({ name, changedMs }: EntryRecord) {
  return { name, changedMs };
}

export function tokenAnswer(token: TokenRecord) {
  const { id, name, tenant, scopes, createdMs, createdBy, expiresMs, usedMs } = token;
  return { id, name, tenant, scopes, createdMs, createdBy, expiresMs, usedMs };
}

/** A service after a change. */
export function changedAnswer(changed: { service: ServiceRecord; cells: Acknowledgement }) {
  return { service: serviceAnswer(changed.service), cells: changed.cells };
}

export const changedSchema = v.strictObject({ service: serviceSchema, cells: cellsSchema });
