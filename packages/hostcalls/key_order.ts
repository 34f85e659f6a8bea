/** Keys in their order, which is that of their bytes, as SQLite's memcmp has it. */

/** Less than, equal to, or greater than 0, as one comes before, is, or comes after the other. */
export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** The first bytes after all that begin with a prefix; undefined where nothing comes after these. */
export function bytesAfter(prefix: Uint8Array): Uint8Array | undefined {
  const last = prefix.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return undefined;
  const end = prefix.slice(0, last + 1);
  end[last] = (prefix[last] ?? 0) + 1;
  return end;
}
