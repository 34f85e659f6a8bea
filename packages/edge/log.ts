/** What the edge writes down: one event per request, and one per line of a guest's stderr. */

import { limits, printable } from "@skerry/base";
import type { Frame, Outcome } from "@skerry/sandbox";

/** How a request went. Times are milliseconds, sizes bytes. */
export interface RequestEvent {
  readonly type: "request";
  readonly time: string;
  readonly id: string;
  readonly service?: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly remote: string;
  readonly status: number;
  /** The outcome's kind, or why no guest ran: `rejected`, `unrouted`, `refused`, `index`; `hung up` where the client left. */
  readonly outcome: Outcome["kind"] | "rejected" | "unrouted" | "refused" | "hung up" | "index";
  /** What went wrong, in a sentence. */
  readonly error?: string;
  /** The guest's frames where it failed, innermost first: `name+0xoffset`. */
  readonly backtrace?: readonly string[];
  /** What was read of the request's body, and what was written as the response's, by the program or by us. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** From the request's head until a sandbox was leased, until the guest ended, and until this event. */
  readonly leaseMs?: number;
  readonly runMs?: number;
  readonly totalMs: number;
}

/** A line that a guest wrote to stderr. */
export interface GuestLineEvent {
  readonly type: "guest";
  readonly time: string;
  readonly id: string;
  readonly service: string;
  readonly line: string;
}

/** Something that the edge logs. */
export type LogEvent = RequestEvent | GuestLineEvent;

/** A frame for people and logs: `name+0xoffset`, or `func[12]+0xoffset`. The name is the module's: it is made printable. */
export function formatFrame(frame: Frame): string {
  const { functionName, functionIndex } = frame;
  const name = functionName === undefined
    ? `func[${functionIndex}]`
    : printable(functionName, limits.functionNameLengthMax);
  return `${name}+0x${frame.offset.toString(16)}`;
}
