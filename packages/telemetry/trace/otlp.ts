/**
 * Spans as a request of OTLP/HTTP in JSON (opentelemetry-proto 1.x, `ExportTraceServiceRequest`): ids are hexadecimal,
 * names are in lowerCamelCase, and integers of 64 bits are texts.
 */

import type { Span } from "./spans.ts";

/** Writes a request for `/v1/traces`. */
export function otlpRequest(
  spans: readonly Span[],
  resource: Readonly<Record<string, string>>,
): string {
  return JSON.stringify({
    resourceSpans: [{
      resource: { attributes: attributes(resource) },
      scopeSpans: [{
        scope: { name: "skerry", version: resource["service.version"] },
        spans: spans.map(spanJson),
      }],
    }],
  });
}

/** `SPAN_KIND_INTERNAL` and `SPAN_KIND_SERVER`; `STATUS_CODE_ERROR`. */
const kinds = { internal: 1, server: 2 } as const;
const statusError = 2;

function spanJson(span: Span) {
  const { traceId, spanId, parentSpanId, name, kind, startNs, endNs, error } = span;
  return {
    ...{ traceId, spanId, parentSpanId, name, kind: kinds[kind] },
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(endNs),
    attributes: attributes(span.attributes),
    status: error === undefined ? {} : { code: statusError, message: error.toWellFormed() },
  };
}

function attributes(values: Readonly<Record<string, string | number | undefined>>) {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | undefined) {
  if (typeof value !== "number") return { stringValue: (value ?? "").toWellFormed() };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** How many spans a collector says that it did not keep (`partialSuccess`), of an answer that may be anything. */
export function rejectedSpans(answer: string): number {
  try {
    const value: unknown = JSON.parse(answer);
    const partial = isObject(value) ? value["partialSuccess"] : undefined;
    const count = Number(isObject(partial) ? partial["rejectedSpans"] : 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
