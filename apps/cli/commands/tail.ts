/** `skerry tail`: what a node logs, as it comes. */

import { printableJson, SkerryError } from "@skerry/base";
import { systemClock } from "@skerry/platform";
import { parseEvent, parseMissed, renderEvent } from "@skerry/telemetry";
import { Command } from "commander";
import { linesOf } from "../json_lines.ts";
import {
  connectNode,
  type NodeConnection,
  type NodeOptions,
  withNodeOptions,
} from "../node_connection.ts";
import { NodeRefusal } from "../node_refusal.ts";
import { formatOption, jsonOption } from "../options.ts";
import { type Format, note, printLine } from "../output.ts";

interface TailOptions extends NodeOptions {
  readonly format: Format;
}

/** How long it is waited before a node is asked again, at first and at most, in milliseconds. */
const [waitMs, waitMsMax] = [250, 10_000];

const never = new AbortController().signal;

/** The verb. */
export function tailCommand(): Command {
  const command = new Command("tail")
    .summary("show what services do, as it happens")
    .description(
      "Shows requests to services and what their programs write to stderr, as they come. Where the connection\n" +
        "is lost it is made again.",
    )
    .argument("<services...>", "TENANT/SERVICE")
    .addOption(formatOption())
    .addOption(jsonOption());
  return withNodeOptions(command).action(async (services: string[], options: TailOptions) => {
    const paths = services.map(pathOf);
    const node = await connectNode(options, (name) => Deno.env.get(name));
    await Promise.all(paths.map((path) => tail(node, path, options.format)));
  });
}

/** Where a service's events are. */
function pathOf(name: string): string {
  const [, tenant, service] = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(name) ?? [];
  if (tenant !== undefined) return `/v1/tenants/${tenant}/services/${service}/tail`;
  throw new SkerryError("SKERRY_USAGE", `"${name}" is no service`, {
    remedy: "expected TENANT/SERVICE, such as shop/api",
  });
}

/** Shows events until somebody ends it, or the node says no. */
async function tail(node: NodeConnection, path: string, format: Format): Promise<never> {
  let response = await node.get(path);
  for (let failures = 0;; failures++) {
    if (await showAll(response, format)) failures = 0;
    note("skerry: the connection was lost; it is made again");
    response = await again(node, path, failures);
  }
}

/** Connects once more, however long that takes; throws where the node is there and will not. */
async function again(node: NodeConnection, path: string, failures: number): Promise<Response> {
  for (let tries = failures;; tries++) {
    const longestMs = Math.min(waitMsMax, waitMs * 2 ** Math.min(tries, 10));
    // Those who were cut off together do not come back together.
    await systemClock.sleep(longestMs * (0.5 + Math.random() / 2), never);
    try {
      return await node.get(path);
    } catch (error) {
      if (error instanceof NodeRefusal && error.status < 500) throw error;
    }
  }
}

/** Shows events to the connection's end, however that comes about; tells whether there were any. */
async function showAll({ body }: Response, format: Format): Promise<boolean> {
  let hasShown = false;
  if (body === null) return hasShown;
  try {
    for await (const line of linesOf(body)) {
      show(line, format);
      hasShown = true;
    }
  } catch (error) {
    // A connection that breaks is one that ends; what cannot be printed is not the connection's.
    if (!(error instanceof TypeError)) throw error;
  }
  return hasShown;
}

function show(line: string, format: Format): void {
  const value = parsed(line);
  const missed = parseMissed(value);
  if (missed !== undefined) return note(`skerry: ${missed} events came too fast, and are missing`);
  const event = parseEvent(value);
  if (!event.ok) return note(`skerry: the node sent a line that is no event: ${event.error}`);
  printLine(format === "json" ? printableJson(line) : renderEvent(event.value));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
