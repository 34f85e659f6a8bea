/** The settings of a case as a version has them. */

import type { CacheSettings } from "@skerry/cache";

/** Fails where a case wants what no version can say. */
export function cacheOptions(settings: Partial<CacheSettings>): Record<string, unknown> {
  void settings;
  return {};
}
