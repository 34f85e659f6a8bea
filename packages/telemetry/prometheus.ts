/** A snapshot as metrics, named as Prometheus' conventions have it: in seconds and bytes, counters ending in `_total`. */

import { type Labels, type MetricsFormat, MetricsText, type Sample } from "./metrics_text.ts";
import type {
  CellFigures,
  HistogramSnapshot,
  ServiceSnapshot,
  TelemetrySnapshot,
} from "./snapshot.ts";

/** All metrics of a snapshot; of a tenant's view ({@link tenantView}) its own. */
export function renderMetrics(snapshot: TelemetrySnapshot, format: MetricsFormat): string {
  const text = new MetricsText(format);
  writeNode(text, snapshot);
  writeCells(text, snapshot);
  writeDisk(text, snapshot);
  writeRequests(text, snapshot.services);
  writeCache(text, snapshot.services);
  writeGuests(text, snapshot.services);
  writePurges(text, snapshot.services);
  writeTimes(text, snapshot);
  return text.end();
}

function writeNode(text: MetricsText, snapshot: TelemetrySnapshot): void {
  const { version, supervisor, refused, spans } = snapshot;
  text.gauge("skerry_build_info", "What runs, in its labels.", [[{ version }, 1]]);
  text.counter(
    "skerry_refused_total",
    "What never became a request: malformed, too large or too slow.",
    refused.map(({ status, count }) => [{ code: status }, count]),
  );
  text.counter("skerry_spans_total", "Spans of traces by what became of them.", [
    [{ result: "exported" }, spans?.exported],
    [{ result: "dropped" }, spans?.dropped],
  ]);
  const startSeconds = seconds(supervisor?.startTimeMs);
  text.gauge("process_start_time_seconds", "When the supervisor was started, since 1970.", [
    [{}, startSeconds],
  ]);
  text.counter("process_cpu_seconds_total", "Time of the supervisor on the processor.", [
    [{}, seconds(supervisor?.cpuMs)],
  ]);
  text.gauge("process_resident_memory_bytes", "Memory of the supervisor.", [
    [{}, supervisor?.residentBytes],
  ]);
  text.gauge("process_open_fds", "Files that the supervisor has open.", [[
    {},
    supervisor?.openFiles,
  ]]);
}

function writeDisk(text: MetricsText, { disk }: TelemetrySnapshot): void {
  text.gauge("skerry_cache_disk_bytes", "Responses that are kept on the disk.", [
    [{}, disk?.bytes],
  ]);
  text.gauge("skerry_cache_disk_max_bytes", "Disk that responses may be kept on.", [
    [{}, disk?.bytesMax],
  ]);
  text.gauge("skerry_cache_disk_files", "Files of responses.", [[{}, disk?.files]]);
  text.counter("skerry_cache_disk_lookups_total", "Looks for what memory had not.", [
    [{ result: "hit" }, disk?.hits],
    [{ result: "miss" }, disk?.misses],
  ]);
  text.counter("skerry_cache_disk_written_bytes_total", "What was written to the disk.", [
    [{}, disk?.writtenBytes],
  ]);
  text.counter("skerry_cache_disk_evictions_total", "Files that had to go for others.", [
    [{}, disk?.evictions],
  ]);
  text.counter("skerry_cache_disk_damaged_total", "Files that were damaged, and are gone.", [
    [{}, disk?.damaged],
  ]);
}

function writeCells(text: MetricsText, { cells }: TelemetrySnapshot): void {
  const figures = (value: (figures: CellFigures) => number | undefined): Sample[] =>
    cells.map(({ cell, figures }) => [{ cell }, figures && value(figures)]);
  text.gauge(
    "skerry_cell_up",
    "Whether a cell serves.",
    cells.map(({ cell, state }) => [{ cell }, state === "serving" ? 1 : 0]),
  );
  text.counter(
    "skerry_cell_restarts_total",
    "How often a cell was started again.",
    cells.map(({ cell, restarts }) => [{ cell }, restarts]),
  );
  text.gauge("skerry_cell_threads", "Threads that serve.", figures(({ threads }) => threads));
  text.gauge(
    "skerry_cell_resident_memory_bytes",
    "Memory of a cell's process.",
    figures(({ residentBytes }) => residentBytes),
  );
  text.counter(
    "skerry_cell_cpu_seconds_total",
    "Time of a cell's process on the processor.",
    figures(({ cpuMs }) => seconds(cpuMs)),
  );
  text.gauge(
    "skerry_sandboxes_in_use",
    "Sandboxes that answer requests.",
    figures(({ sandboxesInUse }) => sandboxesInUse),
  );
  text.gauge(
    "skerry_sandboxes_idle",
    "Sandboxes that wait for requests.",
    figures(({ sandboxesIdle }) => sandboxesIdle),
  );
  text.gauge(
    "skerry_sandboxes_memory_bytes",
    "Memory of all sandboxes, idle ones included.",
    figures(({ memoryBytes }) => memoryBytes),
  );
  text.gauge(
    "skerry_sandboxes_memory_max_bytes",
    "Memory that all sandboxes may have.",
    figures(({ memoryBytesMax }) => memoryBytesMax),
  );
  text.gauge(
    "skerry_cache_memory_bytes",
    "Memory of the responses that are kept.",
    figures(({ cacheBytes }) => cacheBytes),
  );
  text.gauge(
    "skerry_cache_memory_max_bytes",
    "Memory that responses may be kept in.",
    figures(({ cacheBytesMax }) => cacheBytesMax),
  );
  text.counter(
    "skerry_cache_evictions_total",
    "Responses that had to go for others.",
    figures(({ cacheEvictions }) => cacheEvictions),
  );
}

function writeRequests(text: MetricsText, services: readonly ServiceSnapshot[]): void {
  text.counter(
    "skerry_requests_total",
    "Requests by how they ended and the class of their status.",
    services.flatMap(({ name, requests }) =>
      requests.map(({ outcome, code, count }): Sample => [{ service: name, outcome, code }, count])
    ),
  );
  text.counter(
    "skerry_request_errors_total",
    "Requests that failed on the server's side.",
    of(services, ({ errors }) => errors),
  );
  text.counter(
    "skerry_request_bytes_total",
    "What was read of requests' bodies.",
    of(services, ({ requestBytes }) => requestBytes),
  );
  text.counter(
    "skerry_response_bytes_total",
    "What was written of responses' bodies.",
    of(services, ({ responseBytes }) => responseBytes),
  );
}

function writeCache(text: MetricsText, services: readonly ServiceSnapshot[]): void {
  text.counter(
    "skerry_cache_requests_total",
    "Requests that passed the cache, by what it had to do with them.",
    services.flatMap(({ name, cache }) =>
      cache.map(({ result, count }): Sample => [{ service: name, result }, count])
    ),
  );
  text.counter(
    "skerry_cache_response_bytes_total",
    "What of responses' bodies did not have to be fetched.",
    of(services, ({ cacheBytes }) => cacheBytes),
  );
  text.counter(
    "skerry_guest_cache_uses_total",
    "What programs ask of backends and compute, by what the cache had to do with it.",
    services.flatMap(({ name, guestCache }) =>
      guestCache.map(({ use, result, count }): Sample => [{ service: name, use, result }, count])
    ),
  );
}

function writeGuests(text: MetricsText, services: readonly ServiceSnapshot[]): void {
  text.counter(
    "skerry_guest_cpu_seconds_total",
    "Time of guests on the processor.",
    of(services, ({ cpuMs }) => seconds(cpuMs)),
  );
  text.counter(
    "skerry_guest_fuel_total",
    "Instructions of guests, in units of fuel.",
    of(services, ({ fuel }) => fuel),
  );
  text.counter(
    "skerry_guest_host_calls_total",
    "Calls of the host by guests.",
    of(services, ({ hostCalls }) => hostCalls),
  );
  text.counter(
    "skerry_guest_log_lines_total",
    "Lines that guests wrote to stderr.",
    of(services, ({ guestLines }) => guestLines),
  );
  text.gauge(
    "skerry_guest_memory_peak_bytes",
    "The most memory of one sandbox in the last minute or two.",
    of(services, ({ memoryPeakBytes }) => memoryPeakBytes),
  );
}

function writePurges(text: MetricsText, services: readonly ServiceSnapshot[]): void {
  text.counter(
    "skerry_purges_total",
    "Purges that were asked for, by whether what they name was gone or stale then.",
    services.flatMap(({ name, purges: { hard, soft } }): Sample[] => [
      [{ service: name, mode: "hard" }, hard],
      [{ service: name, mode: "soft" }, soft],
    ]),
  );
}

function writeTimes(text: MetricsText, { services, boundsMs }: TelemetrySnapshot): void {
  const bounds = boundsMs.map((ms) => ms / 1000);
  const write = (
    name: string,
    help: string,
    histogram: (service: ServiceSnapshot) => HistogramSnapshot,
  ) =>
    text.histogram(
      name,
      help,
      services.map((service) => {
        const { counts, sumMs } = histogram(service);
        return [labels(service), { bounds, counts, sum: sumMs / 1000 }];
      }),
    );
  write(
    "skerry_request_duration_seconds",
    "From a request's head until its guest ended or its answer was there.",
    ({ total }) => total,
  );
  write(
    "skerry_lease_duration_seconds",
    "From a request's head until a sandbox was leased.",
    ({ lease }) => lease,
  );
  write(
    "skerry_purge_duration_seconds",
    "From a purge's being asked for until every node had applied it.",
    ({ purges }) => purges.times,
  );
}

function of(
  services: readonly ServiceSnapshot[],
  value: (service: ServiceSnapshot) => number | undefined,
): Sample[] {
  return services.map((service) => [labels(service), value(service)]);
}

function labels({ name }: ServiceSnapshot): Labels {
  return { service: name };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
