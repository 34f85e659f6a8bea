/**
 * What a node is told to serve: tenants, services, versions; how they are kept, deployed and made known.
 *
 * @module
 */
export type {
  BackendSettings,
  CacheRuleSettings,
  Canary,
  RouteSettings,
  ServiceState,
  Sticky,
  TenantSettings,
  TenantState,
  Version,
  VersionSettings,
} from "./model.ts";
export { Control, type ControlParts } from "./control.ts";
export type { ServedState } from "./announcer.ts";
export type { CanaryRequest, Changed, ServiceName } from "./activations.ts";
export type { Deployed, DeployRequest } from "./deployments.ts";
export type {
  Acknowledgement,
  ArtifactStore,
  Change,
  Changes,
  Preparation,
  PreparationResult,
  Preparer,
  PutRefused,
  Sealed,
  Sealer,
  StoredContent,
} from "./ports.ts";
export type { Actor, ServiceRecord, TenantRecord, VersionRecord } from "./records.ts";
export { type Mistake, Refusal, type RefusalCode, refusalTable } from "./refusal.ts";
export { versionSettings } from "./version_settings.ts";
export { digestText, isDigest, isName } from "./names.ts";
export { type ControlLimits, controlLimits } from "./limits.ts";
export { defaultNodeBounds, type NodeBounds } from "./settings.ts";
export { AdminApi, type AdminParts } from "./api/admin_api.ts";
export type { CacheExplainer, CacheQuestion } from "./api/cache_operations.ts";
export { type AnswerName, type AnswerOf, readAnswer } from "./api/read_answers.ts";
export type { FollowedService, KeyBudget, KeyValues, NodeStatus, Tail } from "./api/ports.ts";
export { type Scope, scopes } from "./scopes.ts";
export { isTokenText } from "./token_text.ts";
export {
  purgedAtOnceMax,
  type PurgeOrder,
  type Purger,
  type PurgeReceipt,
  Purging,
} from "./purging.ts";
export type { Caller, TokenMade, TokenRequest } from "./tokens.ts";
export type { TokenRecord } from "./token_table.ts";
