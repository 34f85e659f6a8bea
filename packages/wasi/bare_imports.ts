/** The functions of an interface as an instance without a sandbox imports them. */

import { type HostInterface, suspendingImport } from "@skerry/sandbox";
import type { BareGuest } from "./bare_guest.ts";
import type { WasiContext } from "./context.ts";
import { type Detour, detourModule, detoursOf, mustWait } from "./detour.ts";

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
  const { exports } = new WebAssembly.Instance(detourModuleOf(functions, list), { now, later });
  return exports as WebAssembly.ModuleImports;
}

/** Modules that were made before, by what alone decides them: most who load this room want none, who does wants many. */
const detourModules = new WeakMap<Interface["functions"], WebAssembly.Module>();

function detourModuleOf(
  functions: Interface["functions"],
  list: readonly Detour<WasiContext>[],
): WebAssembly.Module {
  const known = detourModules.get(functions);
  if (known !== undefined) return known;
  const made = detourModule(list);
  detourModules.set(functions, made);
  return made;
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
