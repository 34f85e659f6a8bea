/** Everything that stands against a module, as one error for people. */

import {
  type Diagnostic,
  type ErrorCode,
  formatDiagnostic,
  printable,
  SkerryError,
} from "@skerry/base";
import type { CompileFailure } from "@skerry/sandbox";

/** Why the sandbox does not take a module. */
export function refusedModule(path: string, { reason, diagnostics }: CompileFailure): SkerryError {
  switch (reason) {
    case "malformed":
      return withDiagnostics(
        "SKERRY_MODULE_MALFORMED",
        "no valid WebAssembly module:",
        path,
        diagnostics,
      );
    case "imports":
      return withDiagnostics("SKERRY_IMPORT_MISSING", "cannot be linked:", path, diagnostics);
    case "limits":
      return withDiagnostics("SKERRY_MODULE_REFUSED", "not allowed here:", path, diagnostics);
    case "unverified":
      return withDiagnostics("SKERRY_MODULE_REFUSED", "does not verify:", path, diagnostics);
  }
}

/** A diagnostic's characters that are shown. The engine's words and ours may hold a module's names and types. */
const diagnosticLengthMax = 1000;

/** One error for several mistakes, each on a line of its own. */
export function withDiagnostics(
  code: ErrorCode,
  message: string,
  path: string,
  diagnostics: readonly Diagnostic[],
  remedy?: string,
): SkerryError {
  const lines = diagnostics.map((diagnostic) =>
    `        ${printable(formatDiagnostic(path, diagnostic), diagnosticLengthMax)}`
  );
  return new SkerryError(code, `${message} ${path}\n${lines.join("\n")}`, {
    ...(remedy !== undefined && { remedy }),
  });
}
