/**
 * What guests may call beyond WASI, and what stands behind it.
 *
 * @module
 */
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
export { keyValueBudget, keyValueLimits } from "./limits.ts";
