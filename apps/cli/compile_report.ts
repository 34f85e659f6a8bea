/** The report of `skerry compile`, as text for people. */

import { formatDuration, formatSize } from "@skerry/base";
import type { ArtifactReport } from "./compile_artifact.ts";
import type { GrownFunction } from "./grown_functions.ts";
import { table } from "./output.ts";

/** One line: what was made of what, how large, how fast. */
export function compileSummary(report: ArtifactReport): string {
  const { artifact, moduleBytes, artifactBytes, compileMs, verifyMs } = report;
  const reset = report.notResettable.length > 0 ? "; cannot be reset (--report says why)" : "";
  const size = `${formatSize(artifactBytes)} (${ratio(artifactBytes, moduleBytes)})`;
  const { initialiseMs } = report;
  const initialised = initialiseMs === undefined
    ? ""
    : `initialised in ${formatDuration(initialiseMs)}, `;
  const compiled = `compiled in ${formatDuration(compileMs)}${speed(moduleBytes, compileMs)}`;
  return `${artifact}: ${size}, ${initialised}${compiled}, verified in ${
    formatDuration(verifyMs)
  }${reset}`;
}

/** All that is known of what was inserted, and why. */
export function compileReportText(report: ArtifactReport): string {
  const { passes, memories, grownMost } = report;
  return [
    compileSummary(report),
    titled("sizes", [
      ["", "module", "artifact", "ratio"],
      ["all", ...sizes(report.moduleBytes, report.artifactBytes)],
      ["code", ...sizes(report.codeBytes, report.artifactCodeBytes)],
    ]),
    titled("instructions", [
      ["of the module", count(report.instructions)],
      ["that a call of ours stands for", of(report.replaced, report.instructions)],
    ]),
    titled("ticks", passes.preempt ? ticks(report) : leftOut),
    titled("marks", memories.includes("barrier") ? marks(report) : leftOut),
    titled("memories", memories.map((mode, index) => [String(index), modeText[mode]])),
    titled("reset", passes.reset ? reset(report) : leftOut),
    titled("functions that grew most", grownMost.map(grown)),
  ].filter((part) => part !== "").join("\n\n");
}

const leftOut = [["left out"]];

const modeText = {
  "not reset": "not reset",
  "barrier": "restored where it was written: its stores mark their pages",
  "whole": "restored as a whole, without marks",
} as const;

function ticks({ functions, freeFunctions, loopChecks, charges }: ArtifactReport): string[][] {
  return [
    ["loops that count", count(loopChecks)],
    ["charges elsewhere", count(charges)],
    ["functions that their callers pay for", of(freeFunctions, functions)],
  ];
}

function marks({ stores, marks, elidedMarks }: ArtifactReport): string[][] {
  return [
    ["stores into memories that are marked", count(stores)],
    ["with a mark of their own", of(marks, stores)],
    ["covered by the mark of another", of(elidedMarks, stores)],
  ];
}

function reset({ notResettable }: ArtifactReport): string[][] {
  if (notResettable.length === 0) return [["possible"]];
  return [
    ["not possible: every run needs an instance of its own"],
    ...notResettable.map((reason) => [`  because ${reason}`]),
  ];
}

function grown({ index, name, moduleBytes, artifactBytes }: GrownFunction): string[] {
  return [
    name === undefined ? String(index) : `${index} (${name})`,
    ...sizes(moduleBytes, artifactBytes),
  ];
}

function sizes(before: number, after: number): [string, string, string] {
  return [formatSize(before), formatSize(after), ratio(after, before)];
}

function ratio(after: number, before: number): string {
  return before === 0 ? "" : `${(after / before).toFixed(2)} times`;
}

function of(part: number, all: number): string {
  const share = all === 0 ? "" : `, ${(part / all * 100).toFixed(0)} %`;
  return `${count(part)} of ${count(all)}${share}`;
}

/** A small module's time says nothing of the speed. */
function speed(bytes: number, ms: number): string {
  return bytes < 2 ** 20 ? "" : ` (${(bytes / ms / 1000).toFixed(1)} MB/s)`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function titled(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `${title}\n${table(rows.map((row) => ["", ...row]))}`;
}
