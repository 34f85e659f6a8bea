/** `skerry build`: from sources to a module. */

import { formatSize } from "@skerry/base";
import { Command, Option } from "commander";
import { buildProject } from "../build_project.ts";
import { loadManifest, manifestPath } from "../load.ts";
import { type Format, note, printData } from "../output.ts";

/** The verb. */
export function buildCommand(): Command {
  return new Command("build")
    .summary("build the program that a manifest names")
    .description("Builds the program that skerry.toml names, with compilers that come from npm.")
    .argument("[path]", "the folder of a project, or its manifest", ".")
    .addOption(
      new Option("--format <format>", "how to print the result").choices(["text", "json"]).default(
        "text",
      ),
    )
    .action(async (path: string, { format }: { format: Format }) => {
      const started = performance.now();
      const report = await buildProject(await loadManifest(await manifestPath(path) ?? path));
      const elapsedMs = Math.round(performance.now() - started);
      for (const warning of report.warnings) note(warning);
      printData(
        format,
        { ...report, elapsedMs },
        () =>
          `${report.name}: ${report.module}, ${formatSize(report.bytes)}, built in ${elapsedMs} ms`,
      );
    });
}
