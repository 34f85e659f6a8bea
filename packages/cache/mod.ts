/**
 * What may be kept of responses, and served again (RFC 9111): decisions as functions of values, and what they need.
 * No socket, no clock.
 *
 * @module
 */
export { type CacheKey, cacheKey, keyQuery } from "./key.ts";
export { decide, type Decision, type RevalidationCause, timeToLiveMs } from "./decide.ts";
export type { ExplainedVariant, Explanation } from "./explanation.ts";
export { type Failure, isOriginError, staleInstead } from "./failure.ts";
export type { Forwarding } from "./forwarding.ts";
export { freshen, freshenByHead, type Freshening } from "./freshen.ts";
export { currentAgeMs, type Times } from "./freshness.ts";
export { type Invalidated, invalidatedBy, isUnsafe } from "./invalidation.ts";
export type { RefusalReason, ResponseHead } from "./obstacles.ts";
export type { CacheRequest, Owner } from "./request.ts";
export { passes, type PassRule } from "./pass_rules.ts";
export { type Reply, type ReplyBody, replyOf } from "./reply.ts";
export type { Candidate } from "./select.ts";
export { type CacheSettings, defaultCacheSettings, type KeySettings } from "./settings.ts";
export { isWholeBody, store, type Storing } from "./storable.ts";
export { clientFields } from "./stored_fields.ts";
export type { Extent, StoredResponse } from "./stored_response.ts";
export type { PurgeMode, PurgeRecords, PurgeVerdict } from "./purge_records.ts";
export type { SetStore } from "./set_store.ts";
export type { IsCurrent, ObjectStore, StoringBody } from "./object_store.ts";
export type { DiskFigures, DiskTrouble, FolderGrowth } from "./disk/disk_account.ts";
export { defaultDiskLimits, type DiskLimits } from "./disk/disk_limits.ts";
export { DiskObjects, type DiskObjectsParts } from "./disk/disk_objects.ts";
export { DiskKeeper, type DiskKeeperParts, type DiskUsage } from "./disk/disk_keeper.ts";
export type { ListedObject, ObjectFolders } from "./disk/object_folders.ts";
export {
  folderOfTenant,
  type ObjectDigests,
  type ObjectFile,
  type ObjectFiles,
  type PartialFile,
} from "./disk/object_files.ts";
export { decodeResponse, encodeResponse } from "./encoding/stored_response.ts";
export { bodyOf, decodeSet, type EncodedSet, encodeSet } from "./encoding/kept_set.ts";
export { Purges } from "./purges.ts";
export { PurgeTable } from "./purge_table.ts";
export { formatPurges, isPurgeTable, purgeTableBytes } from "./purge_layout.ts";
export { type Hash, keyedHash } from "./keyed_hash.ts";
export { SharedWords } from "./shared_words.ts";
export { type PurgeScope, scopesOf, scopeText } from "./purge_scope.ts";
export {
  advance,
  type Asker,
  depart,
  type Direction,
  type Flight,
  type FlightEvent,
  type FlightLimits,
  flightLimits,
  type FlightStep,
  type Waiting,
} from "./collapse.ts";
export { GrowingBody, type KeptBody, segmentBytes } from "./body.ts";
export type { EvictionPolicy } from "./eviction_policy.ts";
export {
  candidatesOf,
  emptySet,
  type KeptCandidate,
  type KeptSet,
  type KeptVariant,
  setBytes,
  withVariant,
} from "./kept.ts";
export { S3Fifo } from "./s3_fifo.ts";
export { type MemoryPlan, planMemory } from "./regions/memory_plan.ts";
export { formatMemory, type NodeMemory, openMemory } from "./regions/node_memory.ts";
export { RegionStore, type RegionStoreOptions } from "./regions/region_store.ts";
export { SharedStore, type SharedStoreOptions } from "./shared_store.ts";
export type { Action, Arrival, Asked, Outbound, StatusFacts } from "./exchange.ts";
export { HttpCache, type HttpCacheParts } from "./http_cache.ts";
export type { Answered, CacheResult, Fetch, Fetched, FetchPurpose } from "./serving/answered.ts";
export { CacheServer, type CacheServerParts } from "./serving/cache_server.ts";
export { type ServingLimits, servingLimits } from "./serving/desk.ts";
export { Fragments } from "./fragments/fragments.ts";
export { noFragments } from "./fragments/no_fragments.ts";
export type { FragmentParts } from "./fragments/fragment_shelf.ts";
export type { FragmentName, FragmentTerms } from "./fragments/fragment.ts";
export { type FragmentBody, FragmentCutShort } from "./fragments/fragment_body.ts";
export type { FillingFragment } from "./fragments/filling_fragment.ts";
export type { FoundFragment } from "./fragments/found_fragment.ts";
export type { Patience, Transaction } from "./fragments/flights.ts";
export type { Obligation } from "./fragments/obligation.ts";
export { fragmentLimits, fragmentThreadLimits } from "./fragments/limits.ts";
