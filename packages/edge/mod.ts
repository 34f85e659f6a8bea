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
export { Refusals, type Refused } from "./refusals.ts";
export { duplicatePrefixes, type Route, route } from "./route.ts";
export type { Service } from "./service.ts";
