/** What the command line prints: data on stdout, everything else on stderr. */

import { type Diagnostic, formatDiagnostic, isSkerryError } from "@skerry/base";

/** How data is printed. */
export type Format = "text" | "json";

/** Prints data: a JSON document, or lines for people. */
export function printData(format: Format, data: unknown, text: () => string): void {
  console.log(format === "json" ? JSON.stringify(data, jsonValue, 2) : text());
}

/** Says something to the person, not to the next program in a pipe. */
export function note(message: string): void {
  console.error(message);
}

/** Prints mistakes with their places. */
export function noteDiagnostics(file: string, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) note(formatDiagnostic(file, diagnostic));
}

/** Prints what went wrong, where, and what to do. */
export function noteError(error: unknown): void {
  if (!isSkerryError(error)) {
    note(
      `skerry: this is a bug in Skerry: ${error instanceof Error ? error.stack : String(error)}`,
    );
    return;
  }
  const where = error.where === undefined ? "" : `${error.where}: `;
  note(`skerry: ${where}${error.message}\n        ${error.code}: ${error.remedy}`);
}

/** A table with its columns aligned; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, index) => Math.max(found[index] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Map ? Object.fromEntries(value) : value;
}
