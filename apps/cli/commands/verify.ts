/** `skerry verify`: whether an artifact keeps what it promises. */

import { formatDuration, formatSize } from "@skerry/base";
import { Command } from "commander";
import { exitCode } from "../exit_code.ts";
import { formatOption, jsonOption } from "../options.ts";
import { type Format, printData, table } from "../output.ts";
import { type Proved, verifyArtifact, type VerifyReport } from "../verify_artifact.ts";
import { formatViolation } from "../violation.ts";

/** The verb. `finish` takes the exit code. */
export function verifyCommand(finish: (code: number) => void): Command {
  return new Command("verify")
    .summary("prove that an artifact is what `skerry compile` promises")
    .description(
      "Proves on the artifact itself that it yields at bounded intervals, marks what it writes, asks before it\n" +
        "grows, and is reset, without trusting the compiler or whoever had the artifact since.",
    )
    .argument("<artifact>", "an artifact, or - for standard input")
    .option("--input <module>", "also prove that it was made from this module")
    .addOption(formatOption())
    .addOption(jsonOption())
    .action(async (path: string, { input, format }: { input?: string; format: Format }) => {
      const report = await verifyArtifact(path, input);
      printData(format, report, () => verdictText(report));
      finish(report.verified ? exitCode.success : exitCode.failed);
    });
}

function verdictText(report: VerifyReport): string {
  const { artifact, bytes, verifyMs } = report;
  if (report.verified) {
    const head = `verified: ${artifact}, ${formatSize(bytes)} in ${formatDuration(verifyMs)}`;
    return `${head}\n${provedText(report.proved)}`;
  }
  const lines = report.violations.map((violation) => formatViolation(artifact, violation));
  return [...lines, `not verified: ${artifact}`].join("\n");
}

function provedText(proved: Proved): string {
  const { passes, functions, counts, memories, resettable, reasons, inputDigest } = proved;
  const gone = Object.entries(passes).filter(([, through]) => through).map(([name]) => name);
  return table([
    ["", "passes", gone.join(", ") || "none"],
    ["", "functions", String(functions)],
    ["", "loops that count", String(counts.loops)],
    ["", "charges", String(counts.charges)],
    ["", "stores", String(counts.stores)],
    ["", "marks", String(counts.marks)],
    ...memories.map((mode, index) => ["", `memory ${index}`, modeText[mode]]),
    ["", "reset", resettable ? "possible" : "not possible"],
    ...reasons.map((reason) => ["", "", `because ${reason}`]),
    ["", "made from", `SHA-256 ${inputDigest}`],
  ]);
}

const modeText = {
  "kept": "not reset",
  "barrier": "restored where it was written",
  "whole": "restored as a whole",
} as const;
