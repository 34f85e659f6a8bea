/**
 * Splits WebAssembly text into S-expressions, one level at a time (text format, 6.3 Lexical Format).
 *
 * Only as much is understood as it takes to find where each form ends: strings with escapes, line comments,
 * nested block comments, annotations. Nothing recurses, so text may nest as deeply as it likes.
 */

/** One form: its text is `text.slice(start, end)`. */
export interface Form {
  readonly kind: "list" | "string" | "atom";
  readonly start: number;
  readonly end: number;
}

/** The forms between two offsets, which must not lie inside one. Annotations are left out. */
export function splitForms(text: string, start = 0, end = text.length): Form[] {
  const forms: Form[] = [];
  let offset = start;
  while ((offset = skipBlank(text, offset, end)) < end) {
    const formEnd = endOfForm(text, offset, end);
    if (!text.startsWith("(@", offset)) {
      forms.push({ kind: kindAt(text, offset), start: offset, end: formEnd });
    }
    offset = formEnd;
  }
  return forms;
}

/** The forms inside a list. */
export function itemsOf(text: string, list: Form): Form[] {
  return splitForms(text, list.start + 1, list.end - 1);
}

/** The bytes that a string form stands for (6.3.3 Strings). */
export function stringBytes(text: string, form: Form): number[] {
  const bytes: number[] = [];
  const pattern = /\\u\{([0-9a-fA-F_]+)\}|\\([0-9a-fA-F]{2})|\\([tnr"'\\])|([^\\]+)/g;
  const inner = text.slice(form.start + 1, form.end - 1);
  for (const [, point, byte, letter, plain] of inner.matchAll(pattern)) {
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
    else if (letter !== undefined) bytes.push((escapes[letter] ?? letter).charCodeAt(0));
    else if (plain !== undefined) { for (const unit of encoder.encode(plain)) bytes.push(unit); }
    else if (point !== undefined) {
      const code = Number.parseInt(point.replaceAll("_", ""), 16);
      bytes.push(...encoder.encode(String.fromCodePoint(code)));
    }
  }
  return bytes;
}

/** The line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
  }
  return line;
}

const encoder = new TextEncoder();
const escapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r" };

function kindAt(text: string, offset: number): Form["kind"] {
  if (text[offset] === "(") return "list";
  return text[offset] === '"' ? "string" : "atom";
}

function skipBlank(text: string, start: number, end: number): number {
  let offset = start;
  while (offset < end) {
    const character = text[offset] ?? "";
    if (" \t\n\r".includes(character)) offset += 1;
    else if (text.startsWith(";;", offset)) offset = endOfLine(text, offset, end);
    else if (text.startsWith("(;", offset)) offset = endOfComment(text, offset, end);
    else return offset;
  }
  return end;
}

function endOfForm(text: string, start: number, end: number): number {
  if (text[start] === '"') return endOfString(text, start, end);
  if (text[start] === "(") return endOfList(text, start, end);
  let offset = start + 1;
  while (offset < end && !' \t\n\r();"'.includes(text[offset] ?? "")) offset += 1;
  return offset;
}

function endOfList(text: string, start: number, end: number): number {
  let depth = 0;
  let offset = start;
  while (offset < end) {
    if (text[offset] === '"') offset = endOfString(text, offset, end);
    else if (text.startsWith(";;", offset)) offset = endOfLine(text, offset, end);
    else if (text.startsWith("(;", offset)) offset = endOfComment(text, offset, end);
    else {
      if (text[offset] === "(") depth += 1;
      if (text[offset] === ")") depth -= 1;
      offset += 1;
      if (depth === 0) return offset;
    }
  }
  throw new SyntaxError(`a list that starts at ${start} is not closed`);
}

function endOfString(text: string, start: number, end: number): number {
  for (let offset = start + 1; offset < end; offset += 1) {
    if (text[offset] === "\\") offset += 1;
    else if (text[offset] === '"') return offset + 1;
  }
  throw new SyntaxError(`a string that starts at ${start} is not closed`);
}

/** A line comment ends at a line feed or a carriage return. */
function endOfLine(text: string, start: number, end: number): number {
  let offset = start;
  while (offset < end && text[offset] !== "\n" && text[offset] !== "\r") offset += 1;
  return offset;
}

function endOfComment(text: string, start: number, end: number): number {
  let depth = 0;
  for (let offset = start; offset < end; offset += 1) {
    if (text.startsWith("(;", offset)) {
      depth += 1;
      offset += 1;
    } else if (text.startsWith(";)", offset)) {
      depth -= 1;
      offset += 1;
      if (depth === 0) return offset + 1;
    }
  }
  throw new SyntaxError(`a comment that starts at ${start} is not closed`);
}
