/**
 * The request's way: accept, route, sandbox, reply, record.
 *
 * @module
 */
export { Edge, type EdgeOptions } from "./edge.ts";
export { formatFrame, type GuestLineEvent, type LogEvent, type RequestEvent } from "./log.ts";
export { duplicatePrefixes, type Route, route } from "./route.ts";
export type { Service } from "./service.ts";
