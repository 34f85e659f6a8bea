/** Exports that give a module its steps back, which it counts down so that it ends. */

/** In the modules of our own generator. */
export const refuelName = "refuel";
/** In Binaryen's. */
export const hangLimitName = "hangLimitInitializer";

/** Whether an export does so: the guest must not reach it. The start function of our own modules does it too. */
export function givesFuel(name: string): boolean {
  return name === refuelName || name === hangLimitName || name === "start";
}
