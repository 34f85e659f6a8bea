/**
 * Runs scripts of the specification's test suite on V8 twice, as they are written and as they are compiled,
 * and compares what came of every command. Compiled instances are then reset and run a second time.
 */

import type { Engine } from "./engine.ts";
import { ExactCalls } from "./exact_calls.ts";
import { addVerdict, emptyReport, type Report } from "./report.ts";
import { resetInstances } from "./reset_instances.ts";
import { loadScript } from "./script.ts";
import { type Bench, runScript } from "./script_run.ts";
import { loadSpectest } from "./spectest.ts";
import { verdictOf } from "./verdict.ts";

/** The two engines that are compared. */
export interface Engines {
  readonly plain: Engine;
  readonly compiled: Engine;
}

/** Runs the scripts of a folder, which are given by their paths in it. */
export async function runFolder(
  folder: string,
  files: readonly string[],
  engines: Engines,
): Promise<Report> {
  const report = emptyReport();
  const bench = await loadBench();
  for (const file of files) {
    const text = await Deno.readTextFile(`${folder}/${file}`);
    await checkScript(file, text, engines, bench, report);
  }
  return report;
}

/** What the runs of all scripts share. */
export async function loadBench(): Promise<Bench> {
  return { calls: new ExactCalls(), spectest: await loadSpectest() };
}

/** Adds one script to the report. A script that cannot be read is a difference of its own. */
export async function checkScript(
  file: string,
  text: string,
  engines: Engines,
  bench: Bench,
  report: Report,
): Promise<void> {
  report.scripts += 1;
  try {
    await compareRuns(file, text, engines, bench, report);
  } catch (error) {
    report.differences.push(`${file}:1: the script could not be run: ${String(error)}`);
  }
}

async function compareRuns(
  file: string,
  text: string,
  engines: Engines,
  bench: Bench,
  report: Report,
): Promise<void> {
  const script = await loadScript(text);
  const plain = await runScript(script, engines.plain, bench);
  const compiled = await runScript(script, engines.compiled, bench);
  const { reused, discarded } = resetInstances(compiled);
  report.reset += reused.size;
  report.discarded += discarded;
  const again = reused.size + discarded === 0
    ? undefined
    : await runScript(script, engines.compiled, bench, reused, compiled.log);
  for (const [index, command] of script.commands.entries()) {
    const [first, second] = [plain.observations[index], compiled.observations[index]];
    if (first === undefined || second === undefined) continue;
    const observations = { plain: first, compiled: second, again: again?.observations[index] };
    addVerdict(report, file, command.line, verdictOf(script, index, command, observations));
  }
}
