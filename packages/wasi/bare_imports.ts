/** The functions of an interface as an instance without a sandbox imports them. */

import { bug } from "@skerry/base";
import {
  bindDetours,
  detourModule,
  type HostFunction,
  type HostInterface,
  type WaitingFunction,
} from "@skerry/sandbox";
import type { BareGuest } from "./bare_guest.ts";
import type { WasiContext } from "./context.ts";

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
  const list = waitingOf(functions);
  const declared = list.map(([, each]) => each as HostFunction<never>);
  const bound = list.map(([, each]): WaitingFunction => (wait) =>
    guest.bound(each, (answer) => wait(guest.wait(answer)))
  );
  const made = bindDetours(detoursOf(functions, declared), declared, bound);
  return Object.fromEntries(list.map(([name], index) => [name, made[index] ?? bug(name)]));
}

function waitingOf(functions: Interface["functions"]) {
  return Object.entries(functions).filter(([, { suspends }]) => suspends);
}

/** Modules that were made before, by what alone decides them: most who load this room want none, who does wants many. */
const detourModules = new WeakMap<Interface["functions"], WebAssembly.Module>();

function detoursOf(
  functions: Interface["functions"],
  declared: readonly HostFunction<never>[],
): WebAssembly.Module {
  const known = detourModules.get(functions);
  if (known !== undefined) return known;
  const made = detourModule(declared);
  detourModules.set(functions, made);
  return made;
}

/** The functions that may wait, where they must not. */
export function atOnce(guest: BareGuest, { functions }: Interface): WebAssembly.ModuleImports {
  return Object.fromEntries(
    waitingOf(functions).map(([name, declared]) => [
      name,
      guest.bound(
        declared,
        () => guest.fault(new Error(`${name} has to wait, which bareWasiNow does not allow`)),
      ),
    ]),
  );
}
