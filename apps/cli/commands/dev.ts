/** `skerry dev`: serves programs while they are written. */

import { processStdout } from "@skerry/platform";
import { Command } from "commander";
import type { LogStyle } from "../dev/messages.ts";
import { serveWhileEditing } from "../dev/session.ts";
import { type ServeOptions, withServeOptions } from "../serve_options.ts";

interface DevOptions extends ServeOptions {
  readonly json?: true;
}

/** The verb. `finish` takes the exit code. */
export function devCommand(finish: (code: number) => void): Command {
  const command = new Command("dev")
    .summary("serve programs while you write them")
    .description(
      "Serves as `skerry serve` does, and watches: what is edited is built and swapped in, and a request sees one\n" +
        "version from its start to its end. While something does not build, the last good version serves. Builds are\n" +
        "quick ones, with names for backtraces, and are not written to disk. Prints a line for each request.",
    )
    .argument("[targets...]", "a .wasm file, a manifest, or a project's folder", ["."]);
  return withServeOptions(command)
    .option("--json", "print a JSON line for each request, as `skerry serve` does")
    .action(async (targets: string[], { listen: address, json, ...settings }: DevOptions) => {
      finish(await serveWhileEditing({ targets, settings, address }, styleOf(json)));
    });
}

/** Colours are for terminals whose owner has nothing against them (https://no-color.org). */
function styleOf(json: true | undefined): LogStyle {
  if (json === true) return "json";
  return processStdout.isTerminal === true && !Deno.noColor ? "coloured" : "plain";
}
