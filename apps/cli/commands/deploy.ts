/** `skerry deploy`: from a project to a version that serves. */

import { formatDiagnostic, formatSize, printable, sha256, SkerryError } from "@skerry/base";
import { type AnswerOf, digestText, versionSettings } from "@skerry/control";
import { canonicalHost } from "@skerry/http";
import { type Command, InvalidArgumentError } from "commander";
import { type AdminClient, path, type ServiceName, servicePath } from "../admin_client.ts";
import { deployedModule } from "../deployed_module.ts";
import { type LoadedManifest, loadManifest, manifestPath } from "../load.ts";
import { withDiagnostics } from "../module_refusal.ts";
import { isThisMachine } from "../node_connection.ts";
import { NodeRefusal } from "../node_refusal.ts";
import { asking, nodeVerb, noteCells, type VerbOptions } from "../node_verb.ts";
import { note, printData } from "../output.ts";
import { percentOption } from "../percent_option.ts";
import { defaultHost, serviceUrls } from "../service_urls.ts";

interface DeployOptions extends VerbOptions {
  readonly service?: string;
  readonly host?: string;
  readonly note?: string;
  readonly activate: boolean;
  readonly canary?: number;
}

/** Milliseconds that its parts have taken. */
interface Times {
  readonly buildMs: number;
  readonly uploadMs: number;
  readonly deployMs: number;
}

/** The verb. */
export function deployCommand(): Command {
  return nodeVerb("deploy", "have a node serve a program")
    .description(
      "Builds the program where its sources are newer, sends it to a node, and has it serve as the next version of a\n" +
        "service, once the node has compiled and verified it and it has answered its health request. A version that\n" +
        "fails serves nobody: what served before goes on.\n" +
        "Routes of the manifest that name no host get --host, else NAME.TENANT.localhost, which is this machine.",
    )
    .argument("[project]", "the folder of a project, or its manifest", ".")
    .option("--service <TENANT/NAME>", "which service (the manifest's name, of the token's tenant)")
    .option("--host <HOST>", "the host of routes that name none", hostOption)
    .option("--note <TEXT>", "what there is to say of this version")
    .option("--no-activate", "make it ready, and have it serve nobody yet")
    .option("--canary <PERCENT>", "have it serve a share of the requests only", percentOption)
    .action(asking(deploy));
}

async function deploy(client: AdminClient, options: DeployOptions, project: string): Promise<void> {
  const loaded = await loadManifest(await manifestPath(project) ?? project, "a node");
  const service = await client.serviceName(options.service ?? loaded.manifest.name);
  checkHosts(client, loaded, options.host);
  const settings = settingsOf(loaded, service, options.host);
  await checkCanary(client, service, options.canary);
  const beganMs = performance.now();
  const module = await deployedModule(loaded);
  const builtMs = performance.now();
  const digest = await upload(client, service, module);
  const uploadedMs = performance.now();
  const activate = options.activate && options.canary === undefined;
  const text = options.note;
  const body = { module: digest, settings, activate, ...(text !== undefined && { note: text }) };
  const deployed = await client.ask("deployed", ["POST", `${servicePath(service)}/versions`], body);
  const changed = await startCanary(client, service, deployed.version.number, options.canary);
  const times: Times = {
    buildMs: Math.round(builtMs - beganMs),
    uploadMs: Math.round(uploadedMs - builtMs),
    deployMs: Math.round(performance.now() - uploadedMs),
  };
  noteCells(changed?.cells ?? deployed.cells);
  const urls = serviceUrls(
    deployed.version.settings.routes,
    await client.ask("addresses", ["GET", "/v1/addresses"]),
  );
  const report = { ...deployed, service: changed?.service ?? deployed.service, urls, times };
  printData(options.format, report, () => reportText(report, module.length));
}

/** Of a node elsewhere nobody asks for a host that is this machine. */
function checkHosts(
  { connection }: AdminClient,
  { manifest, path }: LoadedManifest,
  host?: string,
) {
  const isNamed = host !== undefined || manifest.routes.every((route) => route.host !== undefined);
  if (isNamed || isThisMachine(connection.url)) return;
  throw new SkerryError("SKERRY_USAGE", "its routes name no host, and the node is elsewhere", {
    where: path,
    remedy: "name one with --host, or as `host` of each of [[routes]]",
  });
}

function settingsOf({ manifest, path }: LoadedManifest, name: ServiceName, host?: string) {
  const settings = versionSettings(manifest, host ?? defaultHost(name.service, name.tenant));
  if (settings.ok) return settings.value;
  throw withDiagnostics("SKERRY_MANIFEST_INVALID", "mistakes in", path, settings.error);
}

/** Asked before anything is built: a service's first version has nothing to be a canary of. */
async function checkCanary(
  client: AdminClient,
  name: ServiceName,
  percent: number | undefined,
): Promise<void> {
  if (percent === undefined) return;
  const service = await client.ask("service", ["GET", servicePath(name)]);
  if (service.active !== undefined) return;
  throw new SkerryError("SKERRY_USAGE", "a canary needs a version that serves the other requests", {
    where: `${name.tenant}/${name.service}`,
    remedy: "deploy the first version without --canary",
  });
}

/** Sends the module unless the tenant has it there. */
async function upload(
  client: AdminClient,
  { tenant }: ServiceName,
  module: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const digest = digestText(await sha256(module));
  const where = path`/v1/tenants/${tenant}/modules/${digest}`;
  try {
    await client.ask("module", ["GET", where]);
  } catch (error) {
    if (!(error instanceof NodeRefusal) || error.problem.code !== "SKERRY_NOT_FOUND") throw error;
    const headers = { "content-type": "application/wasm" };
    await client.send("module", ["PUT", where], { headers, body: module });
  }
  return digest;
}

async function startCanary(
  client: AdminClient,
  service: ServiceName,
  version: number,
  percent: number | undefined,
): Promise<AnswerOf<"changed"> | undefined> {
  if (percent === undefined) return undefined;
  note(`Version ${version} is ready.`);
  return await client.ask("changed", ["PUT", `${servicePath(service)}/canary`], {
    version,
    percent,
  });
}

interface DeployReport extends AnswerOf<"deployed"> {
  readonly urls: readonly string[];
  readonly times: Times;
}

function reportText({ service, version, activation, urls, times }: DeployReport, bytes: number) {
  const { active, canary, tenant, name } = service;
  const { buildMs, uploadMs, deployMs } = times;
  const what = canary?.version === version.number
    ? `serves ${canary.percent} of 100 requests, version ${active} the others`
    : active === version.number
    ? "serves"
    : activation === "superseded"
    ? `is ready; version ${active} was activated meanwhile, and serves`
    : `is ready; ${active === undefined ? "nothing serves yet" : `version ${active} serves`}`;
  return [
    `${tenant}/${name}: version ${version.number} ${what}`,
    `${
      formatSize(bytes)
    }, built in ${buildMs} ms, sent in ${uploadMs} ms, deployed in ${deployMs} ms`,
    ...version.diagnostics.map((diagnostic) => printable(formatDiagnostic(name, diagnostic), 1000)),
    ...urls.map((url) => printable(url, 1000)),
  ].join("\n");
}

function hostOption(text: string): string {
  const host = canonicalHost(text);
  if (host.ok) return host.value;
  throw new InvalidArgumentError(host.error);
}
