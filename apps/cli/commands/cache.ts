/** `skerry cache`: what a node's cache does for services, and what it would do with a request. */

import { formatDuration, formatSize, printable, SkerryError } from "@skerry/base";
import type { AnswerOf } from "@skerry/control";
import { type CacheMark, hitRatio, parseSnapshot, type ServiceSnapshot } from "@skerry/telemetry";
import { type Command, InvalidArgumentError } from "commander";
import { type AdminClient, path } from "../admin_client.ts";
import { asking, list, nodeVerb, verbGroup, type VerbOptions } from "../node_verb.ts";
import { printData } from "../output.ts";

interface ExplainOptions extends VerbOptions {
  readonly tenant?: string;
  readonly method: string;
  readonly header: readonly Header[];
}

interface Header {
  readonly name: string;
  readonly value: string;
}

type Explanation = AnswerOf<"explanation">;

/** The verb. */
export function cacheCommand(): Command {
  return verbGroup("cache", "see what the cache does, and why", [
    nodeVerb("stats", "show what the cache has done for each service since the node's start")
      .action(asking(stats)),
    nodeVerb("explain", "tell what the cache would do with a request, and what it keeps for it")
      .argument("<url>", "such as https://shop.example/menu")
      .option("--tenant <NAME>", "whose service it is, where the token is an operator's")
      .option("--method <METHOD>", "of the request", "GET")
      .option("--header <FIELD>", '"Name: value" of the request (may be repeated)', header, [])
      .action(asking(explain)),
  ]);
}

/** Results that are shown, each with its head. */
const columns: readonly (readonly [head: string, results: readonly CacheMark[]])[] = [
  ["HIT", ["hit"]],
  ["STALE", ["stale"]],
  ["VALID", ["revalidated"]],
  ["COLLAPSED", ["collapsed"]],
  ["MISS", ["miss"]],
  ["PASS", ["pass"]],
  ["FAILED", ["failed"]],
  ["REFRESH", ["refresh"]],
];

async function stats(client: AdminClient, { format }: VerbOptions): Promise<void> {
  const response = await client.connection.get("/v1/metrics.json");
  const snapshot = parseSnapshot(await response.json().catch(() => undefined));
  if (!snapshot.ok) {
    throw new SkerryError(
      "SKERRY_NODE_FAILED",
      `what it answers is no snapshot: ${snapshot.error}`,
      {
        where: client.connection.url,
        remedy: "check that the node and this command are of one version",
      },
    );
  }
  const { services, cells } = snapshot.value;
  const cached = services.filter(({ cache }) => cache.length > 0);
  const sum = (of: (figures: NonNullable<(typeof cells)[number]["figures"]>) => number) =>
    cells.reduce((total, { figures }) => total + (figures === undefined ? 0 : of(figures)), 0);
  const memory = {
    bytes: sum(({ cacheBytes }) => cacheBytes),
    bytesMax: sum(({ cacheBytesMax }) => cacheBytesMax),
    evictions: sum(({ cacheEvictions }) => cacheEvictions),
  };
  const shown = cached.map(({ name, cache, cacheBytes }) => ({ service: name, cache, cacheBytes }));
  printData(format, { services: shown, ...(cells.length > 0 && { memory }) }, () => {
    const heads = ["SERVICE", "RATIO", ...columns.map(([head]) => head), "SAVED"];
    const table = list(heads, cached.map(rowOf));
    if (cells.length === 0) return table;
    const { bytes, bytesMax, evictions } = memory;
    const room = `${formatSize(bytes)} of ${formatSize(bytesMax)}`;
    return `${table}\nkept: ${room}; ${evictions} had to go for others`;
  });
}

function rowOf({ name, cache, cacheBytes }: ServiceSnapshot): string[] {
  const countOf = (wanted: readonly CacheMark[]) =>
    cache.reduce((sum, { result, count }) => sum + (wanted.includes(result) ? count : 0), 0);
  const ratio = hitRatio(cache.map(({ result, count }) => [result, count]));
  return [
    printable(name),
    ratio === undefined ? "-" : `${(100 * ratio).toFixed(1)}%`,
    ...columns.map(([, results]) => String(countOf(results))),
    formatSize(cacheBytes),
  ];
}

async function explain(client: AdminClient, options: ExplainOptions, url: string): Promise<void> {
  const { method, header: fields, format } = options;
  const where = path`/v1/tenants/${await client.tenant(options.tenant)}/cache/explain`;
  const explained = await client.ask("explanation", ["POST", where], { url, method, fields });
  printData(format, explained, () => explanationText(explained));
}

function explanationText({ service, resource, decision, why, ...more }: Explanation): string {
  const { ttlMs, hitForMissMs, variants } = more;
  const lines = [
    `${printable(resource)} of ${printable(service)}: ${decision} (${printable(why)})${
      until(ttlMs)
    }`,
    ...(hitForMissMs === undefined
      ? []
      : [`the last answer could not be kept: nobody waits for the next for ${span(hitForMissMs)}`]),
  ];
  if (variants.length === 0) return [...lines, "nothing is kept for it"].join("\n");
  const heads = ["", "STATUS", "STATE", "AGE", "FRESH FOR", "BYTES", "VARY", "KEYS"];
  const rows = variants.map((
    { isAsked, status, state, ageMs, ttlMs, bytes, vary, surrogateKeys },
  ) => [
    ...[isAsked ? "*" : "", String(status), state, span(ageMs), span(ttlMs), formatSize(bytes)],
    ...[printable(vary.join(" ")) || "-", printable(surrogateKeys.join(" ")) || "-"],
  ]);
  return [...lines, list(heads, rows)].join("\n");
}

function until(ttlMs: number | undefined): string {
  if (ttlMs === undefined) return "";
  return ttlMs > 0 ? `, fresh for ${span(ttlMs)} more` : `, stale for ${span(-ttlMs)}`;
}

function span(ms: number): string {
  return ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms);
}

/** A field, collected. */
function header(text: string, previous: readonly Header[]): readonly Header[] {
  const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError('expected "Name: value"');
  }
  return [...previous, { name, value }];
}
