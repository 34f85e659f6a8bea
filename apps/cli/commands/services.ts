/** `skerry services`: what services there are; made before their first version, and removed. */

import { SkerryError } from "@skerry/base";
import type { AnswerOf } from "@skerry/control";
import type { Command } from "commander";
import { type AdminClient, path, servicePath } from "../admin_client.ts";
import {
  asking,
  list,
  nodeVerb,
  noteCells,
  timeText,
  verbGroup,
  type VerbOptions,
} from "../node_verb.ts";
import { printData } from "../output.ts";
import { serviceForm } from "./versions.ts";

/** The verb. */
export function servicesCommand(): Command {
  const group = verbGroup("services", "show services, make and remove them", [
    nodeVerb("add", "make a service without a version, to configure it before its first one")
      .argument("<service>", serviceForm)
      .action(asking(add)),
    nodeVerb("rm", "remove a service with its versions, configuration and secrets")
      .argument("<service>", serviceForm)
      .option("--yes", "do it: nothing of it can be had back")
      .action(asking(remove)),
  ]);
  return group.addCommand(
    nodeVerb("list", "show services (what is done where no other verb is named)")
      .argument("[tenant]", "of one tenant only")
      .action(asking(show)),
    { isDefault: true },
  );
}

async function show(client: AdminClient, { format }: VerbOptions, tenant?: string) {
  const services: AnswerOf<"service">[] = [];
  for (const name of await tenantsOf(client, tenant)) {
    const pieces = await client.pages("services", path`/v1/tenants/${name}/services`);
    services.push(...pieces.flatMap((piece) => piece.services));
  }
  printData(format, { services }, () =>
    list(
      ["SERVICE", "SERVES", "CANARY", "NEWEST", "CREATED"],
      services.map(({ tenant, name, active, canary, newest, createdMs }) => [
        ...[`${tenant}/${name}`, active === undefined ? "nothing" : `version ${active}`],
        canary === undefined ? "" : `version ${canary.version}, ${canary.percent}%`,
        ...[newest === 0 ? "" : `version ${newest}`, timeText(createdMs)],
      ]),
    ));
}

/** The tenant that is told or the token's own; for an operator who tells none, all. */
async function tenantsOf(client: AdminClient, told: string | undefined): Promise<string[]> {
  if (told !== undefined) return [await client.tenant(told)];
  const { tenant } = await client.ask("whoAmI", ["GET", "/v1/whoami"]);
  if (tenant !== undefined) return [tenant];
  const pieces = await client.pages("tenants", "/v1/tenants");
  return pieces.flatMap(({ tenants }) => tenants.map(({ name }) => name));
}

async function add(client: AdminClient, { format }: VerbOptions, text: string) {
  const service = await client.ask("service", [
    "PUT",
    servicePath(await client.serviceName(text)),
  ]);
  printData(format, service, () => `${service.tenant}/${service.name}: it is there`);
}

interface RemoveOptions extends VerbOptions {
  readonly yes?: true;
}

async function remove(client: AdminClient, { format, yes }: RemoveOptions, text: string) {
  const name = await client.serviceName(text);
  const told = `${name.tenant}/${name.service}`;
  if (yes !== true) {
    await client.ask("service", ["GET", servicePath(name)]);
    throw new SkerryError(
      "SKERRY_USAGE",
      "its versions, configuration and secrets would be gone for good",
      { where: told, remedy: "say --yes where that is meant" },
    );
  }
  const { cells } = await client.ask("removed", ["DELETE", servicePath(name)]);
  noteCells(cells);
  printData(format, { cells }, () => `${told}: it is gone`);
}
