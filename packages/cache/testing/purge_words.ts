/** Memory for purge tables of tests. */

import { formatPurges, purgeTableBytes } from "../purge_layout.ts";
import { SharedWords } from "../shared_words.ts";

/** The key of every table in tests, so that what falls where is the same each time. */
export const key = { low: 0x1234567, high: 0x89abcdef };

/** Words with an empty table. */
export function newWords(
  buckets: number,
  memory: ArrayBufferLike = new SharedArrayBuffer(purgeTableBytes(buckets)),
): SharedWords {
  const words = new SharedWords(memory);
  formatPurges(words, buckets, key);
  return words;
}
