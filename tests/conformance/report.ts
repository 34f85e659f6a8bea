/** The counts and lists that a run over many scripts ends with. */

import { printable } from "@skerry/base";
import type { Verdict } from "./verdict.ts";

/** One command that was not judged. */
export interface Skip {
  readonly file: string;
  readonly line: number;
  readonly by: "V8" | "us";
  readonly reason: string;
}

/** What came of all scripts. */
export interface Report {
  scripts: number;
  passed: number;
  /** `file:line: what differs`. */
  readonly differences: string[];
  readonly skips: Skip[];
  /** Instances that were reset and used again. */
  reset: number;
  /** Instances that could not be reset, by their own word. */
  discarded: number;
}

/** Nothing counted yet. */
export function emptyReport(): Report {
  return { scripts: 0, passed: 0, differences: [], skips: [], reset: 0, discarded: 0 };
}

/** Counts one verdict. */
export function addVerdict(report: Report, file: string, line: number, verdict: Verdict): void {
  switch (verdict.kind) {
    case "passed":
      report.passed += 1;
      return;
    case "failed":
      report.differences.push(`${file}:${line}: ${verdict.difference}`);
      return;
    case "skipped":
      report.skips.push({ file, line, by: verdict.by, reason: verdict.reason });
      return;
    case "uncounted":
      return;
  }
}

/** Longer lines are cut: a module chooses the names in them. */
const lineCharactersMax = 10_000;

/** The report in lines: differences, what V8 fails, what was skipped, and the counts. */
export function reportLines(report: Report): string[] {
  const { scripts, passed, differences, skips, reset, discarded } = report;
  const lines = [
    ...differences.map((line) => `differs: ${line}`),
    ...skips.filter(({ by }) => by === "V8").map(({ file, line, reason }) =>
      `V8: ${file}:${line}: ${reason}`
    ),
    ...groupedSkips(skips.filter(({ by }) => by === "us")),
    `${scripts} scripts; ${reset} instances were reset and run again, ${discarded} discarded`,
    `${passed} passed, ${differences.length} failed, ${skips.length} skipped`,
  ];
  return lines.map((line) => printable(line, lineCharactersMax));
}

/** One line for each reason and file: `skipped: file:1,2,3: reason`. */
function groupedSkips(skips: readonly Skip[]): string[] {
  const groups = Map.groupBy(skips, ({ file, reason }) => `${reason}\n${file}`);
  return [...groups.values()].map((group) => {
    const lines = group.map(({ line }) => line).join(",");
    return `skipped: ${group[0]?.file}:${lines}: ${group[0]?.reason}`;
  });
}
