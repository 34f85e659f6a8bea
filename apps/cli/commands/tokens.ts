/** `skerry tokens`: what lets people and programs ask a node. A token is shown once, to whoever makes it. */

import { encodeUtf8, SkerryError } from "@skerry/base";
import { type Scope, scopes } from "@skerry/control";
import { systemClock, writePrivateFile } from "@skerry/platform";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type AdminClient, path } from "../admin_client.ts";
import { asking, list, nodeVerb, timeText, verbGroup, type VerbOptions } from "../node_verb.ts";
import { note, printData } from "../output.ts";

/** Whose tokens are meant. */
interface OwnerOptions extends VerbOptions {
  readonly tenant?: string;
  readonly operator?: true;
}

interface MakeOptions extends OwnerOptions {
  readonly scope?: readonly Scope[];
  readonly expires?: (nowMs: number) => number;
  readonly output?: string;
}

/** What a tenant's tokens may be for. */
const tenantScopes = scopes.filter((scope) => scope !== "operator");

/** The verb. */
export function tokensCommand(): Command {
  const verb = (name: string, summary: string) =>
    nodeVerb(name, summary)
      .option("--tenant <TENANT>", "of which tenant (the token's own)")
      .option("--operator", "operators' tokens");
  return verbGroup("tokens", "make tokens, show what there are, and revoke them", [
    verb("make", "make a token, which is shown this once")
      .argument("<name>", "what or whom it is for")
      .addOption(
        new Option("--scope <SCOPE...>", "what it allows, of its tenant").choices(tenantScopes),
      )
      .option("--expires <WHEN>", "such as 90d, 12h or 2030-01-31 (its maker's end)", expiresOption)
      .option("--output <FILE>", "write it to a file that only its owner reads, and do not show it")
      .action(asking(make)),
    verb("list", "show tokens, without what makes them tokens").action(asking(show)),
    verb("rm", "have a token be one no more")
      .argument("<id>", "as list shows it")
      .action(asking(remove)),
  ]);
}

async function make(client: AdminClient, options: MakeOptions, name: string) {
  const { operator, expires, output, format } = options;
  if (operator !== true && options.scope === undefined) {
    throw new SkerryError("SKERRY_USAGE", "what the token allows is to be told", {
      remedy: `give --scope with one or more of ${tenantScopes.join(", ")}, or --operator`,
    });
  }
  const { token, ...made } = await client.ask("madeToken", [
    "POST",
    await ownersPath(client, options),
  ], {
    name,
    scopes: operator === true ? ["operator"] : options.scope,
    ...(expires !== undefined && { expiresMs: expires(systemClock.wallMs?.() ?? 0) }),
  });
  if (output !== undefined) await writePrivateFile(output, encodeUtf8(`${token}\n`));
  const end = made.expiresMs === undefined
    ? "never expires"
    : `expires ${timeText(made.expiresMs)}`;
  note(`The token ${made.id} allows ${made.scopes.join(", ")}, and ${end}.`);
  if (output !== undefined) printData(format, { ...made, output }, () => `it is in ${output}`);
  else printData(format, { ...made, token }, () => token);
}

async function show(client: AdminClient, options: OwnerOptions) {
  const answer = await client.ask("tokens", ["GET", await ownersPath(client, options)]);
  printData(options.format, answer, () =>
    list(
      ["ID", "NAME", "SCOPES", "CREATED", "EXPIRES", "USED"],
      answer.tokens.map(({ id, name, scopes, createdMs, expiresMs, usedMs }) => [
        ...[id, name, scopes.join(" "), timeText(createdMs)],
        ...[timeText(expiresMs), timeText(usedMs)],
      ]),
    ));
}

async function remove(client: AdminClient, options: OwnerOptions, id: string) {
  await client.remove(`${await ownersPath(client, options)}${path`/${id}`}`);
  printData(options.format, { revoked: id }, () => `${id} is a token no more`);
}

async function ownersPath(client: AdminClient, options: OwnerOptions): Promise<string> {
  if (options.operator !== true) {
    return path`/v1/tenants/${await client.tenant(options.tenant)}/tokens`;
  }
  if (options.tenant === undefined) return "/v1/tokens";
  throw new SkerryError("SKERRY_USAGE", "an operator's tokens are of no tenant", {
    remedy: "give --tenant or --operator, not both",
  });
}

/** A number of days or hours from now, or the beginning of a day. */
function expiresOption(text: string): (nowMs: number) => number {
  const [, count, unit] = /^([1-9]\d{0,3})(d|h)$/.exec(text) ?? [];
  if (count !== undefined) {
    const ms = Number(count) * (unit === "d" ? 24 : 1) * 3_600_000;
    return (nowMs) => Math.floor(nowMs + ms);
  }
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(at)) return () => at;
  throw new InvalidArgumentError("expected such as 90d, 12h or 2030-01-31");
}
