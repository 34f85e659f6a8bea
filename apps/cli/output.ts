/** What the command line prints: data on stdout, everything else on stderr. */

import { encodeUtf8, isSkerryError, printable, printableJson, SkerryError } from "@skerry/base";
import { processStderr, processStdout } from "@skerry/platform";

/** How data is printed. */
export type Format = "text" | "json";

/** Prints data: a JSON document, or lines for people. */
export function printData(format: Format, data: unknown, text: () => string): void {
  printLine(format === "json" ? printableJson(JSON.stringify(data, jsonValue, 2)) : text());
}

/** Whoever read stdout has left: nothing to be told, and nobody to tell it to. */
export class StdoutClosed extends Error {
  override readonly name = "StdoutClosed";
}

/** Prints data and a line feed. */
export function printLine(text: string): void {
  printBytes(encodeUtf8(`${text}\n`));
}

/** Prints data as it is. The one way of this command to stdout, but for the guest's own output. */
export function printBytes(bytes: Uint8Array): void {
  try {
    // Process streams are written before the call returns, and so throw here.
    void processStdout.write(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw new StdoutClosed();
    throw new SkerryError("SKERRY_FILE_UNWRITABLE", `cannot write the output: ${reason(error)}`, {
      where: "stdout",
      remedy: "send the output where there is space for it",
      cause: error,
    });
  }
}

/** Says something to the person, not to the next program in a pipe. */
export function note(message: string): void {
  try {
    void processStderr.write(encodeUtf8(`${message}\n`));
  } catch {
    // There is no other place to say it; the exit code still does.
  }
}

/** Prints what went wrong, where, and what to do. */
export function noteError(error: unknown): void {
  if (!(error instanceof StdoutClosed)) note(errorText(error));
}

/** What went wrong, where, and what to do, as lines in which a terminal obeys nothing. */
export function errorText(error: unknown): string {
  if (!isSkerryError(error)) {
    const known = error instanceof Error ? error.stack ?? error.message : String(error);
    return `skerry: this is a bug in Skerry: ${printableLines(known)}`;
  }
  // Where it is may be named by a module: one line, whatever it says.
  const where = error.where === undefined ? "" : `${printable(error.where, whereLengthMax)}: `;
  const message = printableLines(error.message);
  return `skerry: ${where}${message}\n        ${error.code}: ${printableLines(error.remedy)}`;
}

/** A place is a path of this machine, or one of a guest and what is around it. */
const whereLengthMax = 10_000;

/** Lines of several, in which a terminal obeys nothing. */
export function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, (piece) => printable(piece, Number.POSITIVE_INFINITY));
}

/** A table with its columns aligned. Cells are made printable, since names in them are a module's. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map((cell) => printable(cell)));
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, index) => Math.max(found[index] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Map ? Object.fromEntries(value) : value;
}
