/** Bounds of fragments. Names end in their unit. */

const kib = 1024;
const mib = 1024 * kib;

/** What one fragment may be. */
export const fragmentLimits = {
  keyBytesMax: kib,
  metadataBytesMax: 2 * kib,
  bodyBytesMax: 16 * mib,
  /** Those of one key that differ by what they vary in, and the fields that they vary in. */
  variantsMax: 32,
  varyMax: 8,
  /** The longest lifetime, and the longest time that it is served after it: a year. */
  timeMsMax: 366 * 86_400_000,
  /** How long one that is of no use as it is is kept to be updated. */
  updatableMs: 3_600_000,
} as const;

/** What one thread does for all of them. */
export const fragmentThreadLimits = {
  /** Bodies that are being written, of all tenants and of one. */
  fillingBytesMax: 64 * mib,
  tenantFillingBytesMax: 32 * mib,
  /** Keys whose hits are counted. */
  countedKeysMax: 10_000,
} as const;
