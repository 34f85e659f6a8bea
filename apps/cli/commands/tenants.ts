/** `skerry tenants`: who has services on a node, and what they may take of it. An operator's verbs. */

import { formatSize, parseSize, SkerryError } from "@skerry/base";
import type { TenantSettings } from "@skerry/control";
import { type Command, InvalidArgumentError } from "commander";
import { type AdminClient, path } from "../admin_client.ts";
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

interface PutOptions extends VerbOptions {
  readonly weight?: number;
  readonly sandboxes?: number;
  readonly memory?: number;
  readonly services?: number;
  readonly kv?: number;
  readonly privateBackend: readonly string[];
}

interface RemoveOptions extends VerbOptions {
  readonly yes?: true;
}

/** The verb. */
export function tenantsCommand(): Command {
  const group = verbGroup("tenants", "show tenants, make and remove them (an operator's verb)", [
    nodeVerb("put", "make a tenant, or give it other bounds")
      .description(
        "Makes a tenant, or gives it these bounds in place of those that it had: one that is not named here is the\n" +
          "node's default again.",
      )
      .argument("<name>", "1 to 63 of a-z, 0-9 and inner hyphens")
      .option("--weight <NUMBER>", "its share of the processor, against others' (1)", numberOption)
      .option("--sandboxes <COUNT>", "requests that it has in sandboxes at once", numberOption)
      .option("--memory <SIZE>", "memory of all of them", bytesOption)
      .option("--services <COUNT>", "how many services it may have", numberOption)
      .option("--kv <SIZE>", "what its keys and values may take", bytesOption)
      .option(
        "--private-backend <ADDRESSES>",
        "let its backends be at private addresses, such as 10.1.0.0/16 (may be repeated)",
        (text: string, previous: readonly string[]) => [...previous, text],
        [],
      )
      .action(asking(put)),
    nodeVerb("rm", "remove a tenant with its services, secrets and tokens")
      .argument("<name>", "which")
      .option("--yes", "do it: nothing of it can be had back")
      .action(asking(remove)),
  ]);
  return group.addCommand(
    nodeVerb("list", "show tenants (what is done where no other verb is named)")
      .action(asking(show)),
    { isDefault: true },
  );
}

async function show(client: AdminClient, { format }: VerbOptions) {
  const tenants = (await client.pages("tenants", "/v1/tenants")).flatMap((piece) => piece.tenants);
  printData(format, { tenants }, () =>
    list(
      ["TENANT", "CREATED", "BOUNDS OF ITS OWN"],
      tenants.map(({ name, createdMs, settings }) => [
        ...[name, timeText(createdMs), boundsText(settings)],
      ]),
    ));
}

async function put(client: AdminClient, options: PutOptions, name: string) {
  const where = path`/v1/tenants/${await client.tenant(name)}`;
  const changed = await client.ask("changedTenant", ["PUT", where], settingsOf(options));
  noteCells(changed.cells);
  const bounds = boundsText(changed.tenant.settings);
  printData(
    options.format,
    changed,
    () =>
      `${changed.tenant.name}: ${bounds === "" ? "all bounds are the node's defaults" : bounds}`,
  );
}

async function remove(client: AdminClient, { format, yes }: RemoveOptions, name: string) {
  const where = path`/v1/tenants/${await client.tenant(name)}`;
  if (yes !== true) {
    const pieces = await client.pages("services", `${where}/services`);
    const count = pieces.reduce((sum, { services }) => sum + services.length, 0);
    const what = `${count} services with their versions and secrets would be gone for good`;
    throw new SkerryError("SKERRY_USAGE", what, {
      where: name,
      remedy: "say --yes where that is meant",
    });
  }
  const { cells } = await client.ask("removed", ["DELETE", where]);
  noteCells(cells);
  printData(format, { cells }, () => `${name}: it is gone`);
}

function settingsOf(options: PutOptions): TenantSettings {
  const { weight, sandboxes, memory, services, kv, privateBackend } = options;
  return {
    ...(weight !== undefined && { weight }),
    ...(sandboxes !== undefined && { sandboxesMax: sandboxes }),
    ...(memory !== undefined && { memoryBytesMax: memory }),
    ...(services !== undefined && { servicesMax: services }),
    ...(kv !== undefined && { keyValueBytesMax: kv }),
    ...(privateBackend.length > 0 && { privateBackends: privateBackend }),
  };
}

/** In the words of the options. */
function boundsText(settings: { readonly [Name in keyof TenantSettings]?: unknown }): string {
  const { weight, sandboxesMax, memoryBytesMax, servicesMax, keyValueBytesMax } = settings;
  const size = (bytes: unknown) => typeof bytes === "number" ? formatSize(bytes) : undefined;
  const told = {
    ...{ weight, sandboxes: sandboxesMax, memory: size(memoryBytesMax) },
    ...{ services: servicesMax, kv: size(keyValueBytesMax) },
    "private backends": settings.privateBackends,
  };
  return Object.entries(told).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`).join(", ");
}

function numberOption(text: string): number {
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a number");
}

function bytesOption(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw new InvalidArgumentError("expected a size such as 64MiB");
}
