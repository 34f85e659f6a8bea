/**
 * What guests may call beyond WASI, and what stands behind it.
 *
 * @module
 */
export { CacheAccess, type CacheAccessOptions, type LookResult } from "./cache_access.ts";
export { cacheInterface } from "./cache_interface.ts";
export {
  type BackendCaching,
  CachedSubrequests,
  type CachedSubrequestsParts,
} from "./cached_subrequests.ts";
export { bindHostcalls, hostcallInterfaces, type HostcallOptions } from "./bind.ts";
export {
  DatabaseKeyValues,
  type StepOutcome,
  type SweepOutcome,
  type UsageOutcome,
} from "./key_values.ts";
export type {
  Condition,
  DeleteOutcome,
  Entry,
  Failed,
  GetOutcome,
  KeyInfo,
  KeyValueBudget,
  KeyValues,
  ListedKey,
  Listing,
  ListOutcome,
  PutOutcome,
  StoreName,
  Unchanged,
  Write,
} from "./key_values_port.ts";
export { noKeyValues } from "./key_values_port.ts";
export { type SettingsFiles, settingsFiles } from "./settings_files.ts";
export { KeyValueAccess, type KeyValueAccessOptions } from "./key_value_access.ts";
export { keyValueInterface } from "./key_value_interface.ts";
export { type KeyValueStatus, keyValueStatuses } from "./key_value_status.ts";
export {
  cacheRequestLimits,
  keyValueBudget,
  keyValueLimits,
  keyValueRequestLimits,
  subrequestLimits,
} from "./limits.ts";
export { SubrequestAccess, type SubrequestAccessOptions } from "./subrequest_access.ts";
export { subrequestErrors } from "./subrequest_failure.ts";
export { subrequestInterface } from "./subrequest_interface.ts";
export {
  noSubrequests,
  type Subrequest,
  type SubrequestCaching,
  type SubrequestFailure,
  type SubrequestOutcome,
  type Subrequests,
} from "./subrequests_port.ts";
