/** Where a request stands in a trace, as W3C Trace Context has it in the field `traceparent`. */

import { type Field, fieldValues } from "./message.ts";

/** Whoever called: a span of a trace. */
export interface TraceParent {
  /** 32 hexadecimal digits in lower case, not all zero. */
  readonly traceId: string;
  /** 16 of them, not all zero. */
  readonly spanId: string;
  /** Whether the caller records its part. */
  readonly isSampled: boolean;
}

/** Trace Context §3.2: `version-traceid-parentid-flags`, and more behind a dash from versions that are to come. */
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads the fields' `traceparent`; undefined where there is none, more than one, or one that is not well-formed. */
export function traceParentOf(fields: readonly Field[]): TraceParent | undefined {
  const values = fieldValues(fields, "traceparent");
  const [, version, traceId = "", spanId = "", flags = "", more] =
    pattern.exec(values.length === 1 ? values[0] ?? "" : "") ?? [];
  const isVersion = version === "00"
    ? more === undefined
    : version !== undefined && version !== "ff";
  if (!isVersion || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & 1) === 1 };
}

/** The field for whom a span of ours calls. */
export function traceParentField({ traceId, spanId, isSampled }: TraceParent): Field {
  return ["traceparent", `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`];
}
