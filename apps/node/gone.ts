/** What a change of what is served takes away: the one place that says it, for all that is known by services' names. */

import type { Change, Control } from "@skerry/control";
import type { CountedService } from "@skerry/telemetry";
import { serviceName } from "./service_of.ts";

/** Whether a service, by its full name, is gone with a change; undefined where none is. */
export function goneWith(change: Change): ((service: string) => boolean) | undefined {
  switch (change.kind) {
    case "service removed": {
      const name = serviceName(change);
      return (service) => service === name;
    }
    case "tenant removed": {
      const { name } = change;
      return (service) => isOf(name, service);
    }
    case "service":
    case "tenant":
      return undefined;
  }
}

/** Whether a service is one of those that there are now, and not one before it that had its name. */
export function isThere({ services }: Control["store"], { name, key }: CountedService): boolean {
  const [tenant = "", service = "", ...rest] = name.split("/");
  return rest.length === 0 && key !== undefined && services.get(tenant, service)?.key === key;
}

/** Whether a service is a tenant's, by its full name. */
export function isOf(tenant: string, service: string): boolean {
  return service.startsWith(`${tenant}/`);
}
