/** `struct skerry_http_caching`: what a guest wants of the cache between it and its backends. */

import type { GuestMemory } from "@skerry/sandbox";
import { fail } from "@skerry/base";
import { readSurrogateKeys, readTime } from "./cache_structures.ts";
import type { SubrequestCaching } from "./subrequests_port.ts";

const bytes = 32;

/** What of it is told. docs/hostcalls.md tells the same (a test compares them). */
export const cachingFlags = { pass: 1, ttl: 2, staleWhileRevalidate: 4 } as const;

/** Reads it; a null pointer stands for nothing that is told (EINVAL for what there is not). */
export function readCaching(memory: GuestMemory, pointer: number): SubrequestCaching | undefined {
  if (pointer === 0) return undefined;
  memory.check(pointer, bytes);
  const start = pointer >>> 0;
  const flags = memory.readU32(start);
  const { pass, ttl, staleWhileRevalidate } = cachingFlags;
  if ((flags & ~(pass | ttl | staleWhileRevalidate)) !== 0) fail("EINVAL");
  if (memory.readU32(start + 4) !== 0) fail("EINVAL");
  const lifetimeMs = readTime(memory, start + 8);
  const staleWhileRevalidateMs = readTime(memory, start + 16);
  return {
    passes: (flags & pass) !== 0,
    ...((flags & ttl) !== 0 && { lifetimeMs }),
    ...((flags & staleWhileRevalidate) !== 0 && { staleWhileRevalidateMs }),
    surrogateKeys: readSurrogateKeys(
      memory,
      memory.readU32(start + 24),
      memory.readU32(start + 28),
    ),
  };
}
