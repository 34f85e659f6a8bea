/** What is written down: one event per request, per line of a guest's stderr, per refusal of the listener's. */

import { limits, printable } from "@skerry/base";
import type { CacheResult } from "@skerry/cache";
import type { Frame, Outcome } from "@skerry/sandbox";

/** How a request went. Times are milliseconds, sizes bytes. */
export interface RequestEvent {
  readonly type: "request";
  readonly time: string;
  readonly id: string;
  /** Its trace, its span there and its caller's, where the trace is recorded: hexadecimal, as W3C Trace Context has them. */
  readonly trace?: string | undefined;
  readonly span?: string | undefined;
  readonly parentSpan?: string | undefined;
  readonly service?: string | undefined;
  /** Which service of that name it was, where services come and go. */
  readonly serviceKey?: number | undefined;
  /** The version of the service that answered, where services have versions. */
  readonly version?: number | undefined;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly remote: string;
  readonly status: number;
  /**
   * The outcome's kind, or why no guest ran: `rejected`, `unrouted`, `refused`, `index`, `forwarded` to a backend, `cached`, `purged`;
   * `hung up` where the client left.
   */
  readonly outcome:
    | Outcome["kind"]
    | "rejected"
    | "unrouted"
    | "refused"
    | "hung up"
    | "index"
    | "forwarded"
    | "cached"
    | "purged";
  /** What the cache had to do with it, where it passed the cache; `refresh` is a request that the cache made itself. */
  readonly cache?: CacheResult | "refresh" | undefined;
  /** What went wrong, in a sentence. */
  readonly error?: string | undefined;
  /** The guest's frames where it failed, innermost first: `name+0xoffset`. */
  readonly backtrace?: readonly string[] | undefined;
  /** What was read of the request's body, and what was written as the response's, by the program or by us. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /**
   * From the request's head on: until what answers was fetched (where it had to be), until a sandbox was leased, until
   * the response's head was there (where its body came later), until the guest ended, and until this event.
   */
  readonly loadMs?: number | undefined;
  readonly leaseMs?: number | undefined;
  readonly headMs?: number | undefined;
  readonly runMs?: number | undefined;
  readonly totalMs: number;
  /** What the guest used: time on the processor, the most that its memories were, units of fuel, calls of the host. */
  readonly cpuMs?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly fuel?: number | undefined;
  readonly hostCalls?: number | undefined;
}

/** A line that a guest wrote to stderr. */
export interface GuestLineEvent {
  readonly type: "guest";
  readonly time: string;
  readonly id: string;
  readonly service: string;
  readonly serviceKey?: number | undefined;
  readonly line: string;
}

/** Something that never became a request: it was malformed, too large or too slow. */
export interface RefusedEvent {
  readonly type: "refused";
  readonly time: string;
  readonly status: number;
  readonly why: string;
  readonly remote: string;
  /** Refusals since the event before this one that were too many to be logged. */
  readonly unlogged?: number | undefined;
}

/** Something that is logged. */
export type LogEvent = RequestEvent | GuestLineEvent | RefusedEvent;

/** A frame for people and logs: `name+0xoffset`, or `func[12]+0xoffset`. The name is the module's: it is made printable. */
export function formatFrame(frame: Frame): string {
  const { functionName, functionIndex } = frame;
  const name = functionName === undefined
    ? `func[${functionIndex}]`
    : printable(functionName, limits.functionNameLengthMax);
  return `${name}+0x${frame.offset.toString(16)}`;
}
