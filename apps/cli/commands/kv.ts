/** `skerry kv`: keys and values of a tenant's stores, as its programs have them. */

import { decodeUtf8, encodeUtf8, printable } from "@skerry/base";
import { processStdout } from "@skerry/platform";
import { type Command, InvalidArgumentError } from "commander";
import { type AdminClient, path } from "../admin_client.ts";
import { givenBytes, type ValueOptions, withValueOption } from "../given_value.ts";
import { asking, list, nodeVerb, timeText, verbGroup, type VerbOptions } from "../node_verb.ts";
import { durationOption } from "../options.ts";
import { note, printBytes, printData } from "../output.ts";

/** The largest value that is read; a node may take less. */
const valueBytesMax = 8 * 1024 * 1024;

const storeForm = "TENANT/STORE, or STORE of the token's tenant";

interface PutOptions extends VerbOptions, ValueOptions {
  readonly ttl?: number;
  readonly metadata?: string;
  readonly ifAbsent?: true;
  readonly ifGeneration?: number;
}

interface ListOptions extends VerbOptions {
  readonly prefix: string;
  readonly limit: number;
}

interface RemoveOptions extends VerbOptions {
  readonly ifGeneration?: number;
}

/** The verb. */
export function kvCommand(): Command {
  const verb = (name: string, summary: string) =>
    nodeVerb(name, summary).argument("<store>", storeForm);
  const key = ["<key>", "which"] as const;
  return verbGroup("kv", "show and change keys and values", [
    verb("get", "give a key's value, as it is").argument(...key).action(asking(get)),
    withValueOption(verb("put", "set a key's value").argument(...key))
      .option("--ttl <DURATION>", "how long it stays", durationOption)
      .option("--metadata <TEXT>", "what is kept beside it")
      .option("--if-absent", "only where there is no such key")
      .option("--if-generation <NUMBER>", "only where nobody has written it since", countOption)
      .action(asking(put)),
    verb("list", "show keys in the order of their bytes; in JSON they are in base64url")
      .option("--prefix <TEXT>", "only keys that begin with this", "")
      .option("--limit <COUNT>", "how many at most", countOption, 100)
      .action(asking(show)),
    verb("rm", "remove a key").argument(...key)
      .option("--if-generation <NUMBER>", "only where nobody has written it since", countOption)
      .action(asking(remove)),
  ]);
}

async function get(client: AdminClient, { format }: VerbOptions, store: string, key: string) {
  const response = await client.connection.request("GET", await keyPath(client, store, key));
  const value = await response.bytes();
  if (format === "text") return printValue(value);
  const header = (name: string) => response.headers.get(name) ?? undefined;
  const expires = header("skerry-expires-ms");
  printData(format, {
    generation: Number((header("etag") ?? "").replaceAll('"', "")),
    expiresMs: expires === undefined ? undefined : Number(expires),
    metadata: header("skerry-metadata"),
    value: value.toBase64({ alphabet: "base64url", omitPadding: true }),
  }, () => "");
}

/** To a terminal, which would obey it, only what can be printed; to all else the very bytes. */
function printValue(value: Uint8Array): void {
  if (processStdout.isTerminal !== true) return printBytes(value);
  const text = decodeUtf8(value).replace(/[^\n\t]+/g, (piece) => printable(piece, Infinity));
  printBytes(encodeUtf8(text));
}

async function put(client: AdminClient, options: PutOptions, store: string, key: string) {
  const where = await keyPath(client, store, key);
  const { ttl, metadata, ifAbsent, format } = options;
  const query = new URLSearchParams();
  if (ttl !== undefined) query.set("ttlMs", String(Math.ceil(ttl)));
  if (metadata !== undefined) query.set("metadata", metadata);
  const answer = await client.send("generation", ["PUT", `${where}?${query}`], {
    headers: {
      "content-type": "application/octet-stream",
      ...(ifAbsent === true && { "if-none-match": "*" }),
      ...unchanged(options),
    },
    body: await givenBytes(options, valueBytesMax),
  });
  printData(format, answer, () => `${printable(key)} is at generation ${answer.generation}`);
}

async function show(client: AdminClient, options: ListOptions, store: string) {
  const { prefix, limit, format } = options;
  const { tenant, service } = await client.serviceName(store);
  const query = new URLSearchParams({ prefix, limit: String(limit) });
  const where = path`/v1/tenants/${tenant}/kv/${service}`;
  const answer = await client.ask("keys", ["GET", `${where}?${query}`]);
  if (answer.next !== undefined) note("There are more; --limit or --prefix shows others.");
  printData(format, answer, () =>
    list(
      ["KEY", "GENERATION", "BYTES", "EXPIRES", "METADATA"],
      answer.keys.map(({ key, generation, valueBytes, expiresMs, metadata }) => [
        ...[textOf(key), String(generation), String(valueBytes)],
        ...[timeText(expiresMs), textOf(metadata)],
      ]),
    ));
}

async function remove(client: AdminClient, options: RemoveOptions, store: string, key: string) {
  const where = await keyPath(client, store, key);
  await client.remove(where, unchanged(options));
  printData(options.format, { removed: key }, () => `${printable(key)} is gone`);
}

async function keyPath(client: AdminClient, store: string, key: string): Promise<string> {
  const { tenant, service } = await client.serviceName(store);
  return path`/v1/tenants/${tenant}/kv/${service}/${key}`;
}

function unchanged({ ifGeneration }: RemoveOptions): Record<string, string> {
  return ifGeneration === undefined ? {} : { "if-match": `"${ifGeneration}"` };
}

function textOf(base64: string): string {
  return decodeUtf8(Uint8Array.fromBase64(base64, { alphabet: "base64url" }));
}

function countOption(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a whole number");
}
