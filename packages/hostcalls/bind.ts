/** All that guests may call beyond WASI, together. */

import type { Clock } from "@skerry/base";
import { bind, type HostBinding, type HostInterface } from "@skerry/sandbox";
import type { WasiContext } from "@skerry/wasi";
import type { Fragments } from "@skerry/cache";
import { CacheAccess, type LookResult } from "./cache_access.ts";
import { cacheInterface } from "./cache_interface.ts";
import { KeyValueAccess } from "./key_value_access.ts";
import { keyValueInterface } from "./key_value_interface.ts";
import type { Failed, KeyValueBudget, KeyValues } from "./key_values_port.ts";
import { SubrequestAccess } from "./subrequest_access.ts";
import { subrequestInterface } from "./subrequest_interface.ts";
import type { Subrequests } from "./subrequests_port.ts";

/** What stands behind the calls of one request. */
export interface HostcallOptions {
  /** Whose request it is. */
  readonly tenant: string;
  /** Which of the tenant's services it is for: what is cached is a service's own. */
  readonly service: string;
  readonly keyValues: KeyValues;
  readonly keyValueBudget?: KeyValueBudget;
  readonly fragments: Fragments;
  /** Told what became of each look for a fragment. */
  readonly onLook?: (result: LookResult) => void;
  readonly subrequests: Subrequests;
  /** Who says which `Host` a subrequest has; its backend's settings unless told. */
  readonly host?: "backend" | "guest";
  /** Whether the service was removed since: what has its names may be another's by now. Never, unless told. */
  readonly isGone?: () => boolean;
  /** The host's own: guests may be shown another. */
  readonly clock: Clock;
  /** Hears of a store that has failed. */
  readonly onFailure?: (failed: Failed) => void;
}

/** What a program may import besides WASI. */
export const hostcallInterfaces: readonly HostInterface<never>[] = [
  keyValueInterface as HostInterface<never>,
  subrequestInterface as HostInterface<never>,
  cacheInterface as HostInterface<never>,
];

/** Binds {@link hostcallInterfaces} for one lease, whose descriptors are in `context`. */
export function bindHostcalls(options: HostcallOptions, context: WasiContext): HostBinding[] {
  const { tenant, keyValues, clock, keyValueBudget, onFailure, isGone } = options;
  const access = new KeyValueAccess({
    ...{ tenant, keyValues, clock },
    ...(keyValueBudget !== undefined && { budget: keyValueBudget }),
    ...(onFailure !== undefined && { onFailure }),
    ...(isGone !== undefined && { isGone }),
  });
  const { subrequests, fragments, service, onLook, host = "backend" } = options;
  const cache = new CacheAccess({
    ...{ fragments, owner: { tenant, service }, context },
    ...(onLook !== undefined && { onLook }),
    ...(isGone !== undefined && { isGone }),
  });
  return [
    bind(keyValueInterface, access),
    bind(subrequestInterface, new SubrequestAccess({ subrequests, context, host })),
    bind(cacheInterface, cache),
  ];
}
