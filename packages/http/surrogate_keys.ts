/** The names under which an application purges what it has answered: `Surrogate-Key`, also `Cache-Tag`. */

import { listMembers } from "./list_members.ts";
import { type Field, fieldValues } from "./message.ts";

/** Bounds of one response. */
export interface SurrogateKeyLimits {
  readonly keysMax: number;
  readonly keyCharactersMax: number;
}

/** For those who have no bounds of their own. */
export const surrogateKeyLimits: SurrogateKeyLimits = { keysMax: 256, keyCharactersMax: 1024 };

/** Fields that are between an application and this cache. */
export const surrogateKeyFields: ReadonlySet<string> = new Set(["cache-tag", "surrogate-key"]);

/**
 * A response's keys, each once: `Surrogate-Key` parts them by spaces, `Cache-Tag` by commas. Undefined where there are more,
 * or longer ones, than the bounds let be: what could not be purged by each of its keys must not be kept.
 */
export function surrogateKeys(
  fields: readonly Field[],
  { keysMax, keyCharactersMax }: SurrogateKeyLimits = surrogateKeyLimits,
): readonly string[] | undefined {
  const spaced = fieldValues(fields, "surrogate-key").flatMap((value) => value.split(/[ \t]+/));
  const listed = fieldValues(fields, "cache-tag").flatMap(listMembers);
  const keys = new Set([...spaced, ...listed]);
  keys.delete("");
  if (keys.size > keysMax) return undefined;
  for (const key of keys) if (key.length > keyCharactersMax) return undefined;
  return [...keys];
}
