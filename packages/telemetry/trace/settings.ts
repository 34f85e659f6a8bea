/**
 * What OpenTelemetry's environment variables say of traces. What cannot be done as they say is told, and nothing is
 * traced then: a collector that hears nothing for no reason is worse than a node that says why.
 */

import { isFieldValue, isToken } from "@skerry/http";
import type { SamplerSettings } from "./sampler.ts";

/** Where spans go, and how. Times are milliseconds. */
export interface ExportSettings {
  readonly url: string;
  /** Secrets among them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly timeoutMs: number;
  /** How long spans wait for others, how many are sent at once, and how many may wait. */
  readonly delayMs: number;
  readonly batchMax: number;
  readonly queueMax: number;
  /** What sends them, as attributes. */
  readonly resource: Readonly<Record<string, string>>;
}

/** How to trace. */
export interface TraceSettings {
  /** For threads that serve. */
  readonly sampler: SamplerSettings;
  /** For whoever sends. */
  readonly export: ExportSettings;
}

/** Settings, or undefined where nothing is to be traced or something is in the way. */
export interface TraceChoice {
  readonly settings: TraceSettings | undefined;
  /** What is in the way, a sentence each. No values of headers are in it. */
  readonly problems: readonly string[];
}

/** All variables that are looked at. */
export const traceVariables = [
  "OTEL_SDK_DISABLED",
  "OTEL_TRACES_EXPORTER",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  "OTEL_EXPORTER_OTLP_TIMEOUT",
  "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
  "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
  "OTEL_SERVICE_NAME",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
  "OTEL_BSP_SCHEDULE_DELAY",
  "OTEL_BSP_MAX_QUEUE_SIZE",
  "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
] as const;

/** Spans that may wait, by default and at most: more than OpenTelemetry's 2,048, since they come once a second, all at once. */
const [queueStandard, queueLargest] = [20_000, 200_000];

type Variable = (typeof traceVariables)[number];

/**
 * Reads the environment.
 *
 * @param environment the value of a variable; an empty one counts as none (OpenTelemetry, "Parsing empty value")
 * @param version Skerry's
 */
export function traceSettings(
  environment: (name: string) => string | undefined,
  version: string,
): TraceChoice {
  const problems: string[] = [];
  const look = (name: Variable) => environment(name)?.trim() || undefined;
  const reader: Reader = { look, problem: (text) => problems.push(text) };
  const isOff = look("OTEL_SDK_DISABLED")?.toLowerCase() === "true" ||
    look("OTEL_TRACES_EXPORTER") === "none";
  const url = isOff ? undefined : readUrl(reader);
  if (url === undefined) return { settings: undefined, problems };
  checkWays(reader);
  const settings = { sampler: readSampler(reader), export: readExport(reader, url, version) };
  return { settings: problems.length === 0 ? settings : undefined, problems };
}

interface Reader {
  readonly look: (name: Variable) => string | undefined;
  readonly problem: (text: string) => void;
}

/** OTLP/HTTP: the endpoint for all signals is a base, the one for traces is taken as it is. */
function readUrl({ look, problem }: Reader): string | undefined {
  const own = look("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const base = look("OTEL_EXPORTER_OTLP_ENDPOINT");
  const text = own ?? (base === undefined ? undefined : `${base.replace(/\/$/, "")}/v1/traces`);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (isHttp && url.username === "" && url.password === "") return url.href;
  problem("the endpoint of traces is no http:// or https:// URL without a user in it");
  return undefined;
}

function checkWays({ look, problem }: Reader): void {
  const protocol = look("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ??
    look("OTEL_EXPORTER_OTLP_PROTOCOL");
  if (protocol !== undefined && protocol !== "http/json") {
    problem(`OTLP is spoken as http/json, not as ${protocol}: collectors take both at port 4318`);
  }
  const exporter = look("OTEL_TRACES_EXPORTER");
  if (exporter !== undefined && exporter !== "otlp") {
    problem(`OTEL_TRACES_EXPORTER is otlp or none, not ${exporter}`);
  }
}

function readSampler({ look, problem }: Reader): SamplerSettings {
  const name = look("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on";
  const followsParent = name.startsWith("parentbased_");
  switch (followsParent ? name.slice("parentbased_".length) : name) {
    case "always_on":
      return { share: 1, followsParent };
    case "always_off":
      return { share: 0, followsParent };
    case "traceidratio": {
      const share = Number(look("OTEL_TRACES_SAMPLER_ARG") ?? 1);
      if (!(share >= 0 && share <= 1)) problem("OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1");
      return { share, followsParent };
    }
  }
  problem(`OTEL_TRACES_SAMPLER names a sampler that there is not: ${name}`);
  return { share: 0, followsParent };
}

function readExport(reader: Reader, url: string, version: string): ExportSettings {
  const { look, problem } = reader;
  const whole = (name: Variable, standard: number) => {
    const text = look(name);
    if (text === undefined) return standard;
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    problem(`${name} is no whole number above 0`);
    return standard;
  };
  const timeoutMs = whole("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000);
  const queueMax = Math.min(whole("OTEL_BSP_MAX_QUEUE_SIZE", queueStandard), queueLargest);
  const resource = readPairs(reader, "OTEL_RESOURCE_ATTRIBUTES");
  const name = look("OTEL_SERVICE_NAME");
  return {
    url,
    headers: readHeaders(reader),
    timeoutMs: whole("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", timeoutMs),
    delayMs: whole("OTEL_BSP_SCHEDULE_DELAY", 5_000),
    batchMax: Math.min(whole("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512), queueMax),
    queueMax,
    resource: {
      "service.name": "skerry",
      "service.version": version,
      ...Object.fromEntries(resource),
      ...(name !== undefined && { "service.name": name }),
    },
  };
}

function readHeaders(reader: Reader): [name: string, value: string][] {
  const headers = new Map([
    ...readPairs(reader, "OTEL_EXPORTER_OTLP_HEADERS"),
    ...readPairs(reader, "OTEL_EXPORTER_OTLP_TRACES_HEADERS"),
  ]);
  const isSound = headers.entries().every(([name, value]) => isToken(name) && isFieldValue(value));
  if (!isSound) reader.problem("OTEL_EXPORTER_OTLP_HEADERS has what no header may have");
  return [...headers];
}

/** `name=value,name=value`, values percent-encoded (W3C Baggage §3.3.1). A list with a mistake is no list. */
function readPairs({ look, problem }: Reader, name: Variable): [name: string, value: string][] {
  try {
    return (look(name) ?? "").split(",").filter((pair) => pair.trim() !== "").map((pair) => {
      const [, key = "", value = ""] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=(.*)$/.exec(pair) ??
        raise();
      return [decodeURIComponent(key), decodeURIComponent(value.trim())];
    });
  } catch {
    problem(`${name} is no list of NAME=VALUE with values percent-encoded`);
    return [];
  }
}

function raise(): never {
  throw new SyntaxError("no pair");
}
