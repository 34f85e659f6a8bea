/** What a build gives back: a module, or everything that a compiler had to say against the sources. */

import { type Diagnostic, err, ok, type Result } from "@skerry/base";

/** One message of a compiler. */
export interface SourceDiagnostic extends Diagnostic {
  readonly severity: "error" | "warning" | "note";
  /** Path relative to the project; undefined where the message is about no file (a linker's, say). */
  readonly file: string | undefined;
}

/** A module that was built. */
export interface BuiltModule {
  /** A WASI preview 1 command: it exports `_start` and its `memory`. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Warnings. */
  readonly diagnostics: readonly SourceDiagnostic[];
  /** All that the compiler printed, as it printed it. */
  readonly raw: string;
}

/** Why there is no module. At least one diagnostic is an error. */
export interface BuildFailure {
  readonly diagnostics: readonly SourceDiagnostic[];
  readonly raw: string;
}

/** What each language's builder answers. */
export type BuildResult = Result<BuiltModule, BuildFailure>;

/** Files of a project: relative path with `/`, and content. */
export type Sources = ReadonlyMap<string, Uint8Array>;

/** A success, with the warnings that came along. */
export function built(
  wasm: Uint8Array,
  diagnostics: readonly SourceDiagnostic[] = [],
  raw = "",
): BuildResult {
  return ok({ wasm: new Uint8Array(wasm), diagnostics, raw });
}

/** A failure. A compiler that failed without a message that we understood still gives one error. */
export function failed(diagnostics: readonly SourceDiagnostic[], raw: string): BuildResult {
  if (diagnostics.some(({ severity }) => severity === "error")) return err({ diagnostics, raw });
  const message = raw.trim() === "" ? "the compiler failed without a word" : raw.trim();
  return err({ diagnostics: [...diagnostics, error(message)], raw });
}

/** One error, with a place where that is known. */
export function error(
  message: string,
  file?: string,
  line?: number,
  column?: number,
): SourceDiagnostic {
  return { severity: "error", message, file, ...place(line, column) };
}

/** The `at` of a diagnostic, absent where the line is not known. A missing column is the first. */
export function place(
  line: number | undefined,
  column: number | undefined,
): Pick<Diagnostic, "at"> {
  if (line === undefined) return {};
  return { at: { kind: "text", line, column: column ?? 1 } };
}
