/** What a token lets its holder do. */

/** `operator` is everything; the others are for one tenant. */
export const scopes = [
  "operator",
  /** See services, versions, configuration and names of secrets. */
  "read",
  /** Upload, deploy, activate, roll back, remove. */
  "deploy",
  "config",
  "secrets",
  /** Keys and values. */
  "kv",
  /** The cache. */
  "purge",
  "tail",
  "audit",
  /** Make and revoke tokens of the tenant, of no more scopes than this one has. */
  "tokens",
] as const;

/** One of {@link scopes}. */
export type Scope = typeof scopes[number];
