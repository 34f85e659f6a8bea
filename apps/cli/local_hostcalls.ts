/**
 * What programs may call beyond WASI where they are tried out: keys and values in memory, for as long as this process
 * runs and the same for all programs in it; a cache in memory, a service's own; and no backends.
 */

import { printable } from "@skerry/base";
import { Fragments, type KeptSet, Purges, S3Fifo, SharedStore } from "@skerry/cache";
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

/** The cache of all programs in this process. */
const cacheBytesMax = 64 * 1024 * 1024;
const purgesMax = 10_000;

/** Whose all of it is. */
const tenant = "local";

/** The calls of all programs in this process. */
export class LocalHostcalls {
  #keyValues: DatabaseKeyValues | undefined;
  #fragments: Fragments | undefined;
  /** What each service runs. */
  readonly #programs = new Map<string, unknown>();

  /**
   * Binds what a service's program imports, for each lease; undefined where it imports nothing but WASI, as most do.
   * What a program has cached is not for the one that takes its place: that was changed to compute something else.
   */
  bindingsFor(
    program: Pick<Program, "interfaces">,
    service: string,
  ): ((context: WasiContext) => HostBinding[]) | undefined {
    const before = this.#programs.get(service);
    if (before !== undefined && before !== program) {
      this.#fragments?.purgeAll({ tenant, service }, "hard");
    }
    this.#programs.set(service, program);
    if (!program.interfaces.some((wanted) => hostcallInterfaces.includes(wanted))) return undefined;
    const database = () => openDatabase(":memory:", { survives: "process end" });
    const keyValues = this.#keyValues ??= new DatabaseKeyValues(database(), systemClock);
    const options = {
      tenant,
      service,
      keyValues,
      fragments: this.#fragments ??= newFragments(),
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

function newFragments(): Fragments {
  const store = new SharedStore<KeptSet>({
    bytesMax: cacheBytesMax,
    valueBytesMax: cacheBytesMax,
    weightOf: () => 1,
    newPolicy: () => new S3Fifo<KeptSet>(),
  });
  return new Fragments({ store, purges: new Purges(purgesMax), clock: systemClock });
}
