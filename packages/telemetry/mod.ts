/**
 * What a node tells of itself: counts for each service, Prometheus' text, OpenTelemetry's spans, lines for people.
 *
 * @module
 */
export {
  type CountedService,
  type Delta,
  Metrics,
  otherServices,
  type ServiceDelta,
} from "./metrics.ts";
export { boundsMs, quantileMs } from "./histogram.ts";
export { type CacheMark, cacheResults, type GuestCacheUse } from "./layout.ts";
export {
  type CacheCount,
  type CellFigures,
  type CellSnapshot,
  type DiskTierFigures,
  type HistogramSnapshot,
  type ProcessFigures,
  type RequestCount,
  type ServiceSnapshot,
  type SpanFigures,
  type TelemetrySnapshot,
  tenantView,
} from "./snapshot.ts";
export { type NodeFigures, Totals } from "./totals.ts";
export { type MetricsFormat, metricsFormat } from "./metrics_text.ts";
export { renderMetrics } from "./prometheus.ts";
export { type SampledBatch, SampledRequests } from "./trace/sampled_requests.ts";
export { type SamplerSettings, tracerOf } from "./trace/sampler.ts";
export {
  type ExportSettings,
  type TraceChoice,
  type TraceSettings,
  traceSettings,
  traceVariables,
} from "./trace/settings.ts";
export { SpanExporter, type SpanExporterOptions } from "./trace/exporter.ts";
export type { Send } from "./trace/post.ts";
export { parseSnapshot, telemetrySnapshotSchema } from "./snapshot_schema.ts";
export { logEventSchema, parseEvent, parseMissed } from "./event_schema.ts";
export { renderEvent } from "./render_event.ts";
export { renderTop, type TerminalSize } from "./top/render_top.ts";
export { hitRatio, type TopOrder, topOrders } from "./top/service_rates.ts";
