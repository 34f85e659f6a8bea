/** Mistakes in what was given to us, collected with their places and shown together. */

/** A place in a text (line and column count from 1) or in a binary (offset counts bytes from 0). */
export type Location =
  | { readonly kind: "text"; readonly line: number; readonly column: number }
  | { readonly kind: "binary"; readonly offset: number };

/** One mistake: what is wrong, and where where that is known. */
export interface Diagnostic {
  readonly message: string;
  readonly at?: Location;
}

/**
 * One line for people: `skerry.toml:3:8: expected a size such as "64MiB"`.
 *
 * @param file name of the text or binary that was read
 */
export function formatDiagnostic(file: string, diagnostic: Diagnostic): string {
  const { at, message } = diagnostic;
  if (at === undefined) return `${file}: ${message}`;
  switch (at.kind) {
    case "text":
      return `${file}:${at.line}:${at.column}: ${message}`;
    case "binary":
      return `${file}: at offset 0x${at.offset.toString(16)}: ${message}`;
  }
}
