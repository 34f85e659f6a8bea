/**
 * Text that guests or modules made, for terminals and log lines.
 *
 * Names and messages are hostile: a control character moves a terminal's cursor, a line feed forges a line,
 * and a format character (U+202E, say) shows a text in another order than it has.
 */

/** Control and format characters, and the separators of lines and paragraphs. */
const unprintable = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * One line of text that a terminal obeys in nothing: `\u{1b}` stands where an escape character stood.
 *
 * @param charactersMax UTF-16 code units that are kept, before escaping; `…` stands for the rest
 */
export function printable(text: string, charactersMax = 200): string {
  const kept = text.length > charactersMax ? `${wholeSlice(text, charactersMax)}…` : text;
  return kept.replace(unprintable, (found) => `\\u{${codePoint(found).toString(16)}}`);
}

/** A JSON document with what {@link printable} escapes written as JSON writes it (RFC 8259 §7). */
export function printableJson(json: string): string {
  // Line feeds and spaces between the tokens are the document's own; inside strings JSON has escaped them.
  return json.replace(
    unprintable,
    (found) => found === "\n" ? found : found.split("").map(jsonEscape).join(""),
  );
}

/** The first code units of a text, without half a surrogate pair at their end. */
function wholeSlice(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function jsonEscape(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
