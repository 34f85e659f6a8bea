/** The bounds of what a node is told: names, settings, lists, and how much of the past is kept. */

const kib = 1024;
const mib = 1024 * kib;

/** Defaults. Names end in their unit. */
export const controlLimits = {
  /** Module bytes of one upload. */
  moduleBytesMax: 128 * mib,
  /** A JSON document that is sent to the admin API. */
  documentBytesMax: 1 * mib,
  /** A version's settings as JSON. */
  settingsBytesMax: 256 * kib,
  routesMax: 100,
  /** Characters of a path prefix. */
  prefixLengthMax: 1_024,
  backendsMax: 32,
  variablesMax: 256,
  /** What `about`, a note or a reason may be. */
  textLengthMax: 1_000,
  /** Entries of a service's configuration, and of its secrets. */
  entriesMax: 256,
  entryBytesMax: 64 * kib,
  /** All of a service's configuration together, and all of its secrets. */
  entriesBytesMax: 512 * kib,
  tenantsMax: 10_000,
  /** Services of a tenant, unless its settings say otherwise. */
  servicesMax: 100,
  /** Versions of a service that are kept; the active one, the one before it and the canary stay beyond that. */
  versionsKept: 20,
  /** Diagnostics of a version that failed, and characters of each. */
  diagnosticsMax: 50,
  diagnosticLengthMax: 500,
  /** Preparations at once, of a tenant and of the node. */
  tenantPreparationsMax: 4,
  preparationsMax: 64,
  /** How long an answer waits for cells to acknowledge a change. */
  acknowledgeWallMsMax: 5_000,
  /** Repeated deployments are known as such for so long, and so many of each tenant. */
  idempotencyMsMax: 24 * 3_600_000,
  idempotencyKeysMax: 1_000,
  idempotencyKeyLengthMax: 200,
  /** Modules that no version uses are kept for so long, for a deployment to come. */
  unusedMsMax: 3_600_000,
  /** Modules of a tenant, those of its versions and those to come, and uploads at once. */
  modulesMax: 1_000,
  modulesBytesMax: 4 * 1_024 * mib,
  uploadsMax: 4,
  /** Entries of the audit log. */
  auditEntriesMax: 100_000,
  auditTenantEntriesMax: 5_000,
  /** Answers in one piece of a list. */
  listMax: 1_000,
  tokensMax: 200,
} as const;

/** Bounds of which some may differ, in tests or by an operator. */
export type ControlLimits = { readonly [Name in keyof typeof controlLimits]: number };
