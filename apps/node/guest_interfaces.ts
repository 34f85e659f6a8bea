/** What a node offers to programs, and binds for each request of those that import it. */

import type { Clock } from "@skerry/base";
import {
  KeyValueAccess,
  type KeyValueBudget,
  keyValueInterface,
  type KeyValues,
  SubrequestAccess,
  subrequestInterface,
  type Subrequests,
} from "@skerry/hostcalls";
import { bind, type HostBinding, type HostInterface, type Program } from "@skerry/sandbox";
import { type WasiContext, wasiInterfaces } from "@skerry/wasi";

/** Every interface that a program may import. */
export const guestInterfaces: readonly HostInterface<never>[] = [
  ...wasiInterfaces,
  keyValueInterface as unknown as HostInterface<never>,
  subrequestInterface as unknown as HostInterface<never>,
];

/** What the calls of a tenant's guests come to. */
export interface GuestCalls {
  readonly keyValues: KeyValues;
  readonly keyValueBudget?: KeyValueBudget;
  readonly subrequests: Subrequests;
  readonly clock: Clock;
}

/** Binds for a request what its program imports besides WASI; undefined where that is nothing. */
export function callsOf(
  program: Program,
  tenant: string,
  calls: GuestCalls,
): ((context: WasiContext) => readonly HostBinding[]) | undefined {
  const modules = new Set(program.interfaces.map(({ module }) => module));
  const { keyValues, keyValueBudget: budget, subrequests, clock } = calls;
  const makers: ((context: WasiContext) => HostBinding)[] = [];
  if (modules.has(keyValueInterface.module)) {
    makers.push(() => {
      const access = { keyValues, tenant, clock, ...(budget !== undefined && { budget }) };
      return bind(keyValueInterface, new KeyValueAccess(access));
    });
  }
  if (modules.has(subrequestInterface.module)) {
    makers.push((context) =>
      bind(subrequestInterface, new SubrequestAccess({ subrequests, context }))
    );
  }
  return makers.length === 0 ? undefined : (context) => makers.map((make) => make(context));
}
