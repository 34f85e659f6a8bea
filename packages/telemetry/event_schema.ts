/** Events as they come from another process: of no type until they have passed here. */

import { err, ok, type Result } from "@skerry/base";
import type { LogEvent } from "@skerry/edge";
import * as v from "valibot";
import { cacheResults, outcomes } from "./layout.ts";

const text = v.string();
const number = v.number();

const request = v.object({
  type: v.literal("request"),
  time: text,
  id: text,
  trace: v.optional(text),
  span: v.optional(text),
  parentSpan: v.optional(text),
  service: v.optional(text),
  serviceKey: v.optional(number),
  version: v.optional(number),
  method: text,
  host: text,
  path: text,
  remote: text,
  status: number,
  outcome: v.picklist(outcomes),
  cache: v.optional(v.picklist(cacheResults)),
  error: v.optional(text),
  backtrace: v.optional(v.array(text)),
  requestBytes: number,
  responseBytes: number,
  loadMs: v.optional(number),
  leaseMs: v.optional(number),
  headMs: v.optional(number),
  runMs: v.optional(number),
  totalMs: number,
  cpuMs: v.optional(number),
  memoryBytes: v.optional(number),
  fuel: v.optional(number),
  hostCalls: v.optional(number),
});

const guest = v.object({
  type: v.literal("guest"),
  time: text,
  id: text,
  service: text,
  serviceKey: v.optional(number),
  line: text,
});

const refused = v.object({
  type: v.literal("refused"),
  time: text,
  status: number,
  why: text,
  remote: text,
  unlogged: v.optional(number),
});

/** What a line of `GET /v1/tail` is. */
export const logEventSchema: v.GenericSchema<unknown, LogEvent> = v.variant("type", [
  request,
  guest,
  refused,
]);

/** Reads an event; says what is in the way where it is none. */
export function parseEvent(value: unknown): Result<LogEvent, string> {
  const parsed = v.safeParse(logEventSchema, value);
  if (parsed.success) return ok(parsed.output);
  return err(`${v.getDotPath(parsed.issues[0]) ?? "it"}: ${parsed.issues[0].message}`);
}

const missed = v.object({ type: v.literal("missed"), events: v.pipe(v.number(), v.integer()) });

/** How many events a line stands for that were too many to be told; undefined where it is another line. */
export function parseMissed(value: unknown): number | undefined {
  const parsed = v.safeParse(missed, value);
  return parsed.success ? parsed.output.events : undefined;
}
