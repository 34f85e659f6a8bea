/**
 * What programs may call beyond WASI where they are tried out: keys and values in memory, for as long as this process
 * runs and the same for all programs in it, and no backends.
 */

import { printable } from "@skerry/base";
import {
  bindHostcalls,
  DatabaseKeyValues,
  hostcallInterfaces,
  noSubrequests,
} from "@skerry/hostcalls";
import { openDatabase, systemClock } from "@skerry/platform";
import type { HostBinding, HostInterface, Program } from "@skerry/sandbox";
import { type WasiContext, wasiInterfaces } from "@skerry/wasi";
import { note } from "./output.ts";

/** Every interface that a program may import here. */
export const programInterfaces: readonly HostInterface<never>[] = [
  ...wasiInterfaces,
  ...hostcallInterfaces,
];

/** Keys that one clean-up removes. */
const sweptKeysMax = 1_000;

/** The calls of all programs in this process. */
export class LocalHostcalls {
  #keyValues: DatabaseKeyValues | undefined;

  /** Binds what a program imports, for each lease; undefined where it imports nothing but WASI, as most do. */
  bindingsFor({ interfaces }: Program): ((context: WasiContext) => HostBinding[]) | undefined {
    if (!interfaces.some((wanted) => hostcallInterfaces.includes(wanted))) return undefined;
    const database = () => openDatabase(":memory:", { survives: "process end" });
    const keyValues = this.#keyValues ??= new DatabaseKeyValues(database(), systemClock);
    const options = {
      tenant: "local",
      keyValues,
      subrequests: noSubrequests,
      clock: systemClock,
      onFailure: ({ message }: { message: string }) => note(`skerry: keys: ${printable(message)}`),
    };
    return (context) => bindHostcalls(options, context);
  }

  /** Removes keys whose time is over. */
  sweep(): void {
    this.#keyValues?.sweep(sweptKeysMax);
  }
}
