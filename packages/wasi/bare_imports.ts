/** The functions of an interface as an instance without a sandbox imports them. */

import { type HostInterface, suspendingImport } from "@skerry/sandbox";
import type { BareGuest } from "./bare_guest.ts";
import type { WasiContext } from "./context.ts";
import { detourModule, detoursOf, mustWait } from "./detour.ts";

type Interface = HostInterface<WasiContext>;

/** The functions that never wait. */
export function immediateFunctions(
  guest: BareGuest,
  { functions }: Interface,
): WebAssembly.ModuleImports {
  const immediate = Object.entries(functions).filter(([, { suspends }]) => !suspends);
  return Object.fromEntries(immediate.map(([name, declared]) => [name, guest.bound(declared)]));
}

/** The functions that may wait, which suspend the guest only where they do. */
export function detours(guest: BareGuest, { functions }: Interface): WebAssembly.ModuleImports {
  let waiting: Promise<unknown> | undefined;
  const now: WebAssembly.ModuleImports = {};
  const later: WebAssembly.ModuleImports = {};
  const list = detoursOf(functions);
  for (const { name, declared } of list) {
    now[name] = guest.bound(declared, (answer) => {
      waiting = answer;
      return mustWait;
    });
    later[name] = suspendingImport(() => guest.wait(waiting));
  }
  const { exports } = new WebAssembly.Instance(detourModule(list), { now, later });
  return exports as WebAssembly.ModuleImports;
}

/** The functions that may wait, where they must not. */
export function atOnce(guest: BareGuest, { functions }: Interface): WebAssembly.ModuleImports {
  const list = detoursOf(functions);
  return Object.fromEntries(
    list.map(({ name, declared }) => [
      name,
      guest.bound(
        declared,
        () => guest.fault(new Error(`${name} has to wait, which bareWasiNow does not allow`)),
      ),
    ]),
  );
}
