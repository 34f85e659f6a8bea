/**
 * How a guest's call comes to a host function: the import that its instance is linked with.
 *
 * It is the instance's for life, and asks whoever holds the instance now. Arguments are passed on one by one: to
 * gather them in a list and take it apart again costs as much as the rest of a small call.
 */

import type { Guest, HostFunction } from "./host.ts";
import { stopGuest } from "./stop.ts";

/** What a host function answers. */
export type HostReturn = ReturnType<HostFunction<never>["call"]>;

/** Whoever holds an instance, as host calls need it. */
export interface HostCallee {
  /** A host call begins: its guest as the functions of the interface at `index` see it. Ends the guest where it may not. */
  enterHostCall(declared: HostFunction<never>, index: number): Guest<never>;
  /** It is over: what the guest is told. */
  leaveHostCall(declared: HostFunction<never>, answer: HostReturn): HostReturn;
  /** It threw. */
  hostCallThrew(thrown: unknown): never;
}

/** As many as the widest function of WASI takes. */
const oneByOneMax = 9;

/**
 * The import for a host function of the interface at `index`.
 *
 * @param wait gets an answer that is a promise, and gives what is answered instead
 */
export function hostEntry(
  declared: HostFunction<never>,
  index: number,
  holder: () => HostCallee | undefined,
  wait: (answer: Promise<unknown>) => unknown,
): (...args: unknown[]) => unknown {
  const act = declared.call as (guest: Guest<never>, ...args: unknown[]) => HostReturn;
  const { params } = declared;
  // A function that names fewer may count them.
  if (params.length > oneByOneMax || act.length <= params.length) {
    return (...args) => {
      const callee = holder() ?? stopGuest();
      const guest = callee.enterHostCall(declared, index);
      const answer = attempt(callee, () => act(guest, ...args));
      const told = callee.leaveHostCall(declared, answer);
      return told instanceof Promise ? wait(told) : told;
    };
  }
  return (a, b, c, d, e, f, g, h, i) => {
    const callee = holder() ?? stopGuest();
    const guest = callee.enterHostCall(declared, index);
    let answer: HostReturn;
    try {
      answer = act(guest, a, b, c, d, e, f, g, h, i);
    } catch (thrown) {
      return callee.hostCallThrew(thrown);
    }
    const told = callee.leaveHostCall(declared, answer);
    return told instanceof Promise ? wait(told) : told;
  };
}

function attempt(callee: HostCallee, act: () => HostReturn): HostReturn {
  try {
    return act();
  } catch (thrown) {
    return callee.hostCallThrew(thrown);
  }
}
