/** What holds for every change of a service. */

import type { ServiceRecord, TenantRecord } from "./records.ts";
import { Refusal } from "./refusal.ts";
import type { Store } from "./store.ts";

/** @throws Refusal SKERRY_REVISION_CHANGED where the service is not at the revision that its changer has seen */
export function checkRevision(
  service: ServiceRecord | undefined,
  revision: number | undefined,
): void {
  if (revision === undefined || service?.revision === revision) return;
  const why = service === undefined
    ? "there is no such service yet"
    : `the service is at revision ${service.revision}`;
  throw new Refusal("SKERRY_REVISION_CHANGED", why);
}

/** Adds a service that has no versions yet, within a transaction, where its tenant may have one more. */
export function addService(store: Store, tenant: TenantRecord, name: string): ServiceRecord {
  const servicesMax = tenant.settings.servicesMax ?? store.limits.servicesMax;
  if (store.services.count(tenant) >= servicesMax) {
    throw new Refusal("SKERRY_QUOTA_USED_UP", `the tenant may have ${servicesMax} services`);
  }
  store.onServiceAdded(tenant.name, name);
  return store.services.add(tenant, name, store.nextRevision(), store.nowMs);
}
