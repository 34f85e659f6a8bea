/** Reads what Clang and LLD print. */

import { place, type SourceDiagnostic } from "./outcome.ts";

/** The folder of the compiler's file system that holds the project. */
export const projectFolder = "project";

const located =
  /^(?<file>[^\s:][^:]*):(?<line>\d+):(?<column>\d+): (?<severity>[a-z ]+): (?<text>.*)$/;
const general = /^(?:clang(?:\+\+)?|wasm-ld): (?<severity>[a-z ]+): (?<text>.*)$/;

/** Object files are named after their unit, with six digits of a hash. */
const objectFile = /^\/tmp\/(?<stem>.+)-[0-9a-f]{6}\.o: /;

const severities: Readonly<Record<string, SourceDiagnostic["severity"]>> = {
  "error": "error",
  "fatal error": "error",
  "warning": "warning",
  "note": "note",
};

/**
 * The messages in a compiler's output, in order; source excerpts and counts are left out.
 *
 * @param units paths of the files that were compiled
 */
export function parseClangOutput(raw: string, units: readonly string[]): SourceDiagnostic[] {
  return raw.split("\n").flatMap((line) => {
    const groups = (located.exec(line) ?? general.exec(line))?.groups;
    const severity = severities[groups?.["severity"] ?? ""];
    if (groups === undefined || severity === undefined) return [];
    const text = groups["text"] ?? "";
    return [{
      severity,
      file: groups["file"] ?? unitOf(text, units),
      message: text.replace(objectFile, ""),
      ...place(numberOf(groups["line"]), numberOf(groups["column"])),
    }];
  });
}

/** The source whose object file a linker's message begins with, where only one can be meant. */
function unitOf(text: string, units: readonly string[]): string | undefined {
  const stem = objectFile.exec(text)?.groups?.["stem"];
  const [unit, ...others] = units.filter((path) =>
    path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]+$/, "") === stem
  );
  return others.length === 0 ? unit : undefined;
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
