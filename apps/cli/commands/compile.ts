/** `skerry compile`: from a module to an artifact. */

import { SkerryError } from "@skerry/base";
import { allPasses, defaultPolicy, type Passes } from "@skerry/compiler";
import type { Feature } from "@skerry/wasm";
import { Command, Option } from "commander";
import { type BundleOption, collectBundle } from "../bundles.ts";
import { compileArtifact, type SnapshotOrder } from "../compile_artifact.ts";
import { compileReportText, compileSummary } from "../compile_report.ts";
import { collectOneOf, durationOption, formatOption, jsonOption, sizeOption } from "../options.ts";
import { type Format, printData } from "../output.ts";

interface CompileOptions {
  readonly output?: string;
  readonly report?: true;
  readonly format: Format;
  readonly preempt: boolean;
  readonly grow: boolean;
  readonly reset: boolean;
  readonly dirty: Passes["dirty"];
  readonly allow: readonly Feature[];
  readonly snapshot?: string | true;
  readonly initialised?: string;
  readonly maxMemory?: number;
  readonly cpu?: number;
  readonly bundle: readonly BundleOption[];
}

/** What `--allow` may name: all else is let through anyway. */
const forbidden: readonly Feature[] = [...defaultPolicy.forbidden.keys()];

/** The verb. */
export function compileCommand(): Command {
  return new Command("compile")
    .summary("make an artifact: a module with its isolation compiled in")
    .description(
      "Compiles a module to an artifact: a module that yields at bounded intervals, marks what it writes, asks\n" +
        "before it grows, and can be reset. The artifact is verified, then written whole or not at all.",
    )
    .argument("<module>", "a .wasm file, or - for standard input")
    .option("-o, --output <artifact>", "where to write it (default: MODULE.skerry.wasm)")
    .option("--report", "say what was inserted, and why it cannot be reset where it cannot")
    .option("--no-preempt", "without yielding: code that computes for ever cannot be stopped")
    .option("--no-grow", "without asking before it grows; needs --no-reset")
    .option("--no-reset", "without a reset: each run needs an instance of its own")
    .addOption(
      new Option("--dirty <when>", "mark the pages that are written")
        .choices(["auto", "always", "never"]).default(allPasses.dirty),
    )
    .addOption(
      new Option("--allow <feature>", "let a feature through (may be repeated)")
        .choices(forbidden).argParser(collectOneOf(forbidden)).default([]),
    )
    .option(
      "--snapshot [export]",
      "run this export once, here, and begin every sandbox behind it (default: _initialize)",
    )
    .option("--initialised <file>", "with --snapshot: write the module that begins there, too")
    .option("--max-memory <size>", "with --snapshot: bound on the memory of that run", sizeOption)
    .option(
      "--cpu <duration>",
      "with --snapshot: bound on its time on the processor",
      durationOption,
    )
    .option(
      "--bundle <PATH::GUEST[:ro]>",
      "put a tar archive or a folder into it, which the program finds at GUEST; what a run or request\n" +
        "writes there is gone after it, and refused with :ro (may be repeated)",
      collectBundle,
      [],
    )
    .addOption(formatOption())
    .addOption(jsonOption())
    .action(async (module: string, options: CompileOptions) => {
      const { output, report: long, format, allow } = options;
      const passes = passesOf(options);
      const snapshot = snapshotOf(options);
      const report = await compileArtifact({
        ...{ module, output, passes, allow, bundles: options.bundle },
        ...(snapshot !== undefined && { snapshot }),
      });
      const text = long === true ? compileReportText : compileSummary;
      printData(format, report, () => text(report));
    });
}

/** Where a pass needs another, leaving that other one out alone is refused rather than ignored. */
function passesOf({ preempt, grow, reset, dirty }: CompileOptions): Passes {
  if (reset && !grow) {
    throw new SkerryError(
      "SKERRY_USAGE",
      "a reset takes back what has grown, so it must be asked for",
      {
        remedy: "leave out both, with --no-grow --no-reset, or neither",
      },
    );
  }
  if (!reset && dirty === "always") {
    throw new SkerryError("SKERRY_USAGE", "marks are for the reset, which is left out", {
      remedy: "leave out --dirty or --no-reset",
    });
  }
  return { preempt, grow, reset, dirty };
}

/** What bounds a run that is not asked for is refused rather than ignored. */
function snapshotOf(options: CompileOptions): SnapshotOrder | undefined {
  const { snapshot, initialised: output, maxMemory: memoryBytesMax, cpu: cpuMsMax } = options;
  if (snapshot !== undefined) {
    const wanted = snapshot === true ? undefined : snapshot;
    return { export: wanted, output, memoryBytesMax, cpuMsMax };
  }
  if ([output, memoryBytesMax, cpuMsMax].every((value) => value === undefined)) return undefined;
  throw new SkerryError("SKERRY_USAGE", "there is no initialisation to run without --snapshot", {
    remedy: "give --snapshot, or leave out --initialised, --max-memory and --cpu",
  });
}
