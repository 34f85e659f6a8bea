/**
 * What programs may call beyond WASI where they are tried out: keys and values in memory, for as long as this process
 * runs and the same for all programs in it; a cache in memory, a service's own; and no backends.
 */

import { printable } from "@skerry/base";
import { type CacheServer, Purges } from "@skerry/cache";
import type { CacheRules } from "@skerry/edge";
import {
  bindHostcalls,
  DatabaseKeyValues,
  hostcallInterfaces,
  noSubrequests,
} from "@skerry/hostcalls";
import type { ManifestCache } from "@skerry/manifest";
import { openDatabase, systemClock, systemRandom } from "@skerry/platform";
import type { HostBinding, HostInterface, Program } from "@skerry/sandbox";
import { type WasiContext, wasiInterfaces } from "@skerry/wasi";
import { rulesOf } from "../node/cache_rules.ts";
import { type OpenCache, openCache } from "../node/served_cache.ts";
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
  readonly #cache: OpenCache = newCache();
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
      this.#cache.fragments.purgeAll({ tenant, service }, "hard");
    }
    this.#programs.set(service, program);
    if (!program.interfaces.some((wanted) => hostcallInterfaces.includes(wanted))) return undefined;
    const database = () => openDatabase(":memory:", { survives: "process end" });
    const keyValues = this.#keyValues ??= new DatabaseKeyValues(database(), systemClock);
    const options = {
      tenant,
      service,
      keyValues,
      fragments: this.#cache.fragments,
      subrequests: noSubrequests,
      clock: systemClock,
      onFailure: ({ message }: { message: string }) => note(`skerry: keys: ${printable(message)}`),
    };
    return (context) => bindHostcalls(options, context);
  }

  /** What serves responses that are kept: in the same memory as what programs have computed. */
  get cacheServer(): CacheServer {
    return this.#cache.server;
  }

  /** By which rules a service's responses are kept; undefined where its manifest says nothing of it. */
  cacheRulesOf(name: string, cache: ManifestCache | undefined): CacheRules | undefined {
    return cache?.mode === "cache" ? rulesOf({ tenant, name }, cache, undefined) : undefined;
  }

  /** Removes keys whose time is over. */
  sweep(): void {
    this.#keyValues?.sweep(sweptKeysMax);
  }
}

function newCache(): OpenCache {
  return openCache({
    ...{ clock: systemClock, random: systemRandom, bytesMax: cacheBytesMax },
    ...{ shared: undefined, objects: undefined, purges: new Purges(purgesMax) },
    onFault: (error) =>
      note(`skerry: the cache failed for a reason of our own: ${printable(String(error))}`),
  });
}
