/** `skerry purge`: has what a cache keeps be gone, or stale. */

import { SkerryError } from "@skerry/base";
import type { AnswerOf } from "@skerry/control";
import type { Command } from "commander";
import { type AdminClient, servicePath } from "../admin_client.ts";
import { asking, list, nodeVerb, type VerbOptions } from "../node_verb.ts";
import { note, printData } from "../output.ts";

interface PurgeOptions extends VerbOptions {
  readonly service: string;
  readonly key: readonly string[];
  readonly host: readonly string[];
  readonly all?: true;
  readonly soft?: true;
}

/** The verb. */
export function purgeCommand(): Command {
  return nodeVerb("purge", "purge what the cache keeps of a service")
    .argument("[urls...]", "URLs, each with all its variants")
    .requiredOption("--service <NAME>", "TENANT/NAME, or NAME of the token's tenant")
    .option("--key <KEYS...>", "whatever was answered with these surrogate keys", [])
    .option("--host <HOSTS...>", "whatever the tenant's services have answered for these hosts", [])
    .option("--all", "everything of the service")
    .option(
      "--soft",
      "keep it, as stale: to be served while it is fetched anew, or its origin fails",
    )
    .action(asking(purge));
}

async function purge(client: AdminClient, options: PurgeOptions, urls: readonly string[]) {
  const { service, key: keys, host: hosts, all, soft, format } = options;
  if (urls.length + keys.length + hosts.length === 0 && all !== true) {
    throw new SkerryError("SKERRY_USAGE", "nothing is named that is to be purged", {
      remedy: "name URLs, --key, --host, or --all",
    });
  }
  const receipt = await client.ask(
    "purged",
    ["POST", `${servicePath(await client.serviceName(service))}/purge`],
    { urls, keys, hosts, everything: all === true, soft: soft === true },
  );
  notePending(receipt);
  printData(format, receipt, () => {
    const rows = Object.entries(receipt.nodes).map(([node, ms]) => [
      ...[receipt.id, node, new Date(ms).toISOString()],
    ]);
    return list(["PURGE", "NODE", "APPLIED"], rows);
  });
}

function notePending({ pending }: AnswerOf<"purged">): void {
  if (pending.length === 0) return;
  note(`Not yet applied by ${pending.join(", ")}: before they serve again, they will have been.`);
}
