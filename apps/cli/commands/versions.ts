/** `skerry versions`: what versions a service has, and which of them serve. */

import { formatDiagnostic, printable, SkerryError } from "@skerry/base";
import type { AnswerOf } from "@skerry/control";
import { type Command, InvalidArgumentError } from "commander";
import { type AdminClient, servicePath } from "../admin_client.ts";
import {
  asking,
  list,
  nodeVerb,
  noteCells,
  timeText,
  verbGroup,
  type VerbOptions,
} from "../node_verb.ts";
import { type Format, printData, table } from "../output.ts";
import { percentOption } from "../percent_option.ts";

type Service = AnswerOf<"service">;
type Version = AnswerOf<"version">;

/** The verb. */
export function versionsCommand(): Command {
  return verbGroup("versions", "show a service's versions, and choose which of them serve", [
    nodeVerb("list", "show the versions that are kept, the newest first")
      .argument("<service>", serviceForm)
      .action(asking(listVersions)),
    nodeVerb("show", "show a version: its settings, what became of it, and why")
      .argument("<service>", serviceForm)
      .argument("<version>", "its number", numberArgument)
      .action(asking(showVersion)),
    nodeVerb("activate", "have a version serve all requests")
      .argument("<service>", serviceForm)
      .argument("<version>", "its number", numberArgument)
      .action(asking(activate)),
    nodeVerb("rollback", "have the version serve that was active before")
      .argument("<service>", serviceForm)
      .action(asking(rollback)),
    canaryVerb(),
  ]);
}

/** How a service is named. */
export const serviceForm = "TENANT/NAME, or NAME of the token's tenant";

interface CanaryOptions extends VerbOptions {
  readonly cookie?: string;
  readonly field?: string;
  readonly end?: true;
  readonly promote?: true;
}

function canaryVerb(): Command {
  return nodeVerb("canary", "have a version serve a share of the requests")
    .argument("<service>", serviceForm)
    .argument("[version]", "its number", numberArgument)
    .argument("[percent]", "its share of 100 requests", percentOption)
    .option("--cookie <NAME>", "keep each client with its version, by a cookie that the node sets")
    .option("--field <NAME>", "keep those together that send the same in this field")
    .option("--end", "have the active version serve alone again")
    .option("--promote", "have the canary serve all requests")
    .action(asking(canary));
}

async function listVersions(client: AdminClient, { format }: VerbOptions, text: string) {
  const where = servicePath(await client.serviceName(text));
  const service = await client.ask("service", ["GET", where]);
  const { versions } = await client.ask("versions", ["GET", `${where}/versions`]);
  printData(format, { service, versions }, () =>
    list(
      ["VERSION", "STATE", "SERVES", "CREATED", "BY", "NOTE"],
      versions.map((version) => [
        ...[String(version.number), version.state, servesText(service, version)],
        ...[timeText(version.createdMs), version.createdBy, version.note ?? ""],
      ]),
    ));
}

async function showVersion(
  client: AdminClient,
  { format }: VerbOptions,
  text: string,
  number: number,
) {
  const where = `${servicePath(await client.serviceName(text))}/versions/${number}`;
  const version = await client.ask("version", ["GET", where]);
  printData(format, version, () => versionText(version));
}

async function activate(
  client: AdminClient,
  { format }: VerbOptions,
  text: string,
  number: number,
) {
  const where = servicePath(await client.serviceName(text));
  report(format, await client.ask("changed", ["POST", `${where}/versions/${number}/activate`]));
}

async function rollback(client: AdminClient, { format }: VerbOptions, text: string) {
  const where = servicePath(await client.serviceName(text));
  report(format, await client.ask("changed", ["POST", `${where}/rollback`]));
}

async function canary(
  client: AdminClient,
  options: CanaryOptions,
  text: string,
  version?: number,
  percent?: number,
) {
  const where = `${servicePath(await client.serviceName(text))}/canary`;
  const { end, promote, format } = options;
  const isShare = version !== undefined && percent !== undefined;
  if ([isShare, end === true, promote === true].filter((is) => is).length !== 1) {
    throw new SkerryError("SKERRY_USAGE", "one thing is to be done with the canary", {
      remedy: "give VERSION and PERCENT, or --end, or --promote",
    });
  }
  if (end === true) return report(format, await client.ask("changed", ["DELETE", where]));
  if (promote === true) {
    return report(format, await client.ask("changed", ["POST", `${where}/promote`]));
  }
  const sticky = stickyOf(options);
  const body = { version, percent, ...(sticky !== undefined && { sticky }) };
  report(format, await client.ask("changed", ["PUT", where], body));
}

function stickyOf({ cookie, field }: CanaryOptions) {
  if (cookie !== undefined && field !== undefined) {
    throw new SkerryError(
      "SKERRY_USAGE",
      "clients are kept by a cookie or by a field, not by both",
    );
  }
  return cookie !== undefined ? { cookie } : field !== undefined ? { field } : undefined;
}

function report(format: Format, changed: AnswerOf<"changed">): void {
  noteCells(changed.cells);
  printData(format, changed, () => servingText(changed.service));
}

function servingText({ tenant, name, active, previous, canary }: Service): string {
  const share = canary === undefined
    ? ""
    : `, version ${canary.version} ${canary.percent} of 100 requests`;
  const before = previous === undefined ? "" : ` (before it: version ${previous})`;
  return `${tenant}/${name}: version ${active ?? "none"} serves${share}${before}`;
}

/** Whether and what a version serves, in a word or two. */
export function servesText({ active, canary, previous }: Service, { number }: Version): string {
  if (number === active) return canary === undefined ? "all" : `${100 - canary.percent}%`;
  if (number === canary?.version) return `${canary.percent}%`;
  return number === previous ? "before" : "";
}

function versionText(version: Version): string {
  const { number, state, module, artifact, note = "", createdMs, activatedMs, settings } = version;
  const rows = [
    ["version", String(number)],
    ["state", state],
    ["note", note],
    ["created", `${timeText(createdMs)} by ${version.createdBy}`],
    ["activated", timeText(activatedMs)],
    ["module", module],
    ["artifact", artifact ?? ""],
    ...settings.routes.map(({ host, prefix, backend }) => [
      "route",
      `${host}${prefix}/...${backend === undefined ? "" : ` to ${backend}`}`,
    ]),
  ];
  const why = version.diagnostics.map((diagnostic) =>
    printable(formatDiagnostic("the module", diagnostic), 1000)
  );
  return [table(rows.filter(([, value]) => value !== "")), ...why].join("\n");
}

function numberArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected the number of a version, such as 3");
}
