/** `skerry config` and `skerry secret`: what a service's programs find as files. A secret is given, and never shown. */

import type { AnswerOf } from "@skerry/control";
import type { Command } from "commander";
import { type AdminClient, path, servicePath } from "../admin_client.ts";
import { givenText, type ValueOptions, withValueOption } from "../given_value.ts";
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

/** What is read of a value: more than a node takes, so that it says how much that is. */
const valueBytesMax = 1024 * 1024;

/** Which of the two: what it is called, and where the API has it. */
interface Kind {
  readonly what: string;
  readonly segment: "config" | "secrets";
}

/** The verb. */
export function configCommand(): Command {
  const kind: Kind = { what: "an entry of a service's configuration", segment: "config" };
  return verbGroup("config", "show and change a service's configuration", [
    putVerb(kind),
    nodeVerb("list", "show a service's configuration")
      .argument("<service>", serviceForm)
      .action(asking(listConfig)),
    removeVerb(kind),
  ]);
}

/** The verb. */
export function secretCommand(): Command {
  const kind: Kind = { what: "a secret of a service", segment: "secrets" };
  return verbGroup("secret", "change a service's secrets, and show their names", [
    putVerb(kind),
    nodeVerb("list", "show the names of a service's secrets")
      .argument("<service>", serviceForm)
      .action(asking(listSecrets)),
    removeVerb(kind),
  ]);
}

function putVerb({ what, segment }: Kind): Command {
  const verb = nodeVerb("put", `set ${what}`)
    .argument("<service>", serviceForm)
    .argument("<name>", "what the program finds it as")
    .action(
      asking(async (client, options: VerbOptions & ValueOptions, text: string, name: string) => {
        const where = servicePath(await client.serviceName(text));
        const value = await givenText(options, valueBytesMax);
        const entry = path`/${segment}/${name}`;
        const changed = await client.ask("changed", ["PUT", `${where}${entry}`], { value });
        report(options, changed, `${name} is set`);
      }),
    );
  return withValueOption(verb);
}

function removeVerb({ what, segment }: Kind): Command {
  return nodeVerb("rm", `remove ${what}`)
    .argument("<service>", serviceForm)
    .argument("<name>", "which")
    .action(asking(async (client, options: VerbOptions, text: string, name: string) => {
      const where = servicePath(await client.serviceName(text));
      const entry = path`/${segment}/${name}`;
      report(
        options,
        await client.ask("changed", ["DELETE", `${where}${entry}`]),
        `${name} is gone`,
      );
    }));
}

async function listConfig(client: AdminClient, { format }: VerbOptions, text: string) {
  const where = servicePath(await client.serviceName(text));
  const answer = await client.ask("config", ["GET", `${where}/config`]);
  printData(format, answer, () =>
    list(
      ["NAME", "CHANGED", "VALUE"],
      answer.config.map(({ name, changedMs, value }) => [name, timeText(changedMs), value]),
    ));
}

async function listSecrets(client: AdminClient, { format }: VerbOptions, text: string) {
  const where = servicePath(await client.serviceName(text));
  const answer = await client.ask("secrets", ["GET", `${where}/secrets`]);
  printData(format, answer, () =>
    list(
      ["NAME", "CHANGED"],
      answer.secrets.map(({ name, changedMs }) => [name, timeText(changedMs)]),
    ));
}

function report({ format }: VerbOptions, changed: AnswerOf<"changed">, what: string): void {
  noteCells(changed.cells);
  printData(format, changed, () => `${changed.service.tenant}/${changed.service.name}: ${what}`);
}
