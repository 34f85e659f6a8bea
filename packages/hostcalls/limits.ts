/** Bounds of what guests may call beyond WASI. Names end in their unit. */

const kib = 1024;
const mib = 1024 * kib;

/** The key-value store's. */
export const keyValueLimits = {
  keyBytesMax: 512,
  valueBytesMax: mib,
  metadataBytesMax: 2 * kib,
  /** Keys that one look at a list goes through. */
  listedKeysMax: 256,
  /** The longest time to live: ten years. */
  ttlMsMax: 10 * 366 * 86_400_000,
  /** Keys of a tenant whose time is over that are removed on the way, when a write needs their room. */
  roomMadeKeysMax: 256,
} as const;

/** What a tenant's keys may take, unless told otherwise. */
export const keyValueBudget = { bytesMax: 64 * mib, keysMax: 100_000 } as const;

/** What one request may do with keys. */
export const keyValueRequestLimits = {
  callsMax: 10_000,
  /** Keys, values and metadata of all that it writes. */
  writtenBytesMax: 64 * mib,
  /** How long it is waited, before each further try, where others keep the store locked. */
  busyWaitsMs: [1, 2, 4, ...Array.from({ length: 30 }, () => 8)],
} as const;

/** What one request may ask of backends. */
export const subrequestLimits = {
  headBytesMax: 32 * kib,
  fieldsMax: 100,
  subrequestsMax: 32,
  /** Those whose descriptors are open. */
  concurrentMax: 8,
  /** Bodies that all of them send, and responses that they get, heads included. */
  sentBytesMax: 64 * mib,
  receivedBytesMax: 64 * mib,
  /** What a guest has written and its backend has not taken, before the guest waits. */
  bufferBytesMax: 64 * kib,
} as const;

/** What one request may do with fragments, beside the bounds of each (`fragmentLimits` of the cache). */
export const cacheRequestLimits = {
  callsMax: 10_000,
  /** Keys, values, bodies and metadata of all that it writes. */
  writtenBytesMax: 64 * mib,
  /** Descriptors of fragments that are open. */
  openMax: 32,
  /** Keys and surrogate keys that it purges: purges are remembered for all, and by all. */
  purgedKeysMax: 256,
  /** Surrogate keys as one text. */
  surrogateKeysBytesMax: 16 * kib,
  /** Request fields that a fragment may vary in. */
  fieldsBytesMax: 32 * kib,
  fieldsMax: 100,
  /** How long it waits for another that brings a fragment, unless told, and at most. */
  waitMs: 5_000,
  waitMsMax: 30_000,
  /** Keys of which it is remembered when it looked for them. */
  begunKeysMax: 256,
} as const;

/** Configuration and secrets of one service. */
export const settingsLimits = {
  /** In each of the two folders. */
  filesMax: 1_000,
  fileBytesMax: 64 * kib,
} as const;
