/**
 * The request's way: accept, route, sandbox, reply, record.
 *
 * @module
 */
export { Edge, type EdgeOptions } from "./edge.ts";
export {
  formatFrame,
  type GuestLineEvent,
  type LogEvent,
  type RefusedEvent,
  type RequestEvent,
} from "./log.ts";
export {
  LogWriter,
  type LogWriterOptions,
  type RequestsLogged,
  requestsLogged,
} from "./log_writer.ts";
export type { PurgeByRequest, PurgeOutcome, PurgeRequest } from "./purge_method.ts";
export { Refusals, type Refused } from "./refusals.ts";
export { type CanaryChoice, CanaryShare, type StickyBy } from "./canary.ts";
export type { CacheRules } from "./cache_rules.ts";
export { askedOf } from "./cached.ts";
export { compressed, type Compressor } from "./compression.ts";
export { type HostRoute, HostTable } from "./host_table.ts";
export {
  type ForwardRouted,
  pathRouter,
  type Routed,
  type Router,
  type ServiceRouted,
} from "./router.ts";
export { duplicatePrefixes, type Route, route } from "./route.ts";
export type { RequestTrace, Tracer } from "./trace.ts";
export type { Service } from "./service.ts";
