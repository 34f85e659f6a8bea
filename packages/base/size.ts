/** Sizes in bytes as people write them: `64MiB`, `1.5 GiB`, `4096`, `10kB`. */

const unitBytes: Readonly<Record<string, number>> = {
  "": 1,
  "b": 1,
  "kb": 1e3,
  "mb": 1e6,
  "gb": 1e9,
  "kib": 2 ** 10,
  "mib": 2 ** 20,
  "gib": 2 ** 30,
};

/**
 * Reads a size.
 *
 * @returns whole bytes, or undefined where the text is not a size
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = unitBytes[(match?.[2] ?? "?").toLowerCase()];
  if (match === null || unit === undefined) return undefined;
  const bytes = Math.floor(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A size for people, with one decimal where that says more: `1.5 MiB`. */
export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"] as const;
  let value = bytes;
  let index = 0;
  while (value >= 1024 && index < units.length - 1) {
    value /= 1024;
    index += 1;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[index]}`;
}
