/** What all verbs share that ask a node: their options, and what they say of a change. */

import { type AnswerOf } from "@skerry/control";
import { Command } from "commander";
import { AdminClient } from "./admin_client.ts";
import { type NodeOptions, withNodeOptions } from "./node_connection.ts";
import { formatOption, jsonOption } from "./options.ts";
import { type Format, note, table } from "./output.ts";

/** What every such verb is told. */
export interface VerbOptions extends NodeOptions {
  readonly format: Format;
}

/** A verb that asks a node. */
export function nodeVerb(name: string, summary: string): Command {
  const command = new Command(name).summary(summary).description(`${capital(summary)}.`);
  return withNodeOptions(command).addOption(formatOption()).addOption(jsonOption());
}

/** A verb that has verbs within it. */
export function verbGroup(name: string, summary: string, inner: readonly Command[]): Command {
  const group = new Command(name).summary(summary).description(`${capital(summary)}.`);
  for (const command of inner) group.addCommand(command);
  return group;
}

/** What a verb does: with a client for the node that its options name. */
export function asking<Options extends VerbOptions, Words extends readonly unknown[]>(
  act: (client: AdminClient, options: Options, ...words: Words) => Promise<void>,
): (...args: [...Words, Options, Command]) => Promise<void> {
  return async (...args) => {
    const words = args.slice(0, -2) as unknown as Words;
    const options = args.at(-2) as Options;
    await act(await AdminClient.connect(options), options, ...words);
  };
}

/** Says so where a change has not reached all cells yet. */
export function noteCells(cells: AnswerOf<"changed">["cells"] | undefined): void {
  if (cells === undefined || cells.acknowledged >= cells.of) return;
  note(`Of ${cells.of} cells ${cells.acknowledged} know it so far; the others will as they come.`);
}

/** A table under its heads, or what stands for none. */
export function list(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "there are none" : table([heads, ...rows]);
}

/** A time for people, in UTC. */
export function timeText(ms: number | undefined): string {
  if (ms === undefined) return "";
  return new Date(ms).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
