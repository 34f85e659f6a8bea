/** `Vary` (RFC 9110 §12.5.5): which of a request's fields chose a response, and when two requests agree in them. */

import { isToken } from "./field.ts";
import { listMembers, trimmed } from "./list_members.ts";
import { type Field, fieldValues } from "./message.ts";

/** Names in a `Vary` that are heeded: each is looked for in every request for what is kept. */
export const varyNamesMax = 64;

/**
 * The names in a response's `Vary`, in lower case, sorted, each once. `*` where anything may have chosen it: it stands in
 * the list, or something that is no name does, or more names than the bound.
 */
export function varyNames(values: readonly string[]): "*" | readonly string[] {
  const names = new Set(values.flatMap(listMembers).map((name) => name.toLowerCase()));
  if (names.size > varyNamesMax) return "*";
  for (const name of names) if (name === "*" || !isToken(name)) return "*";
  return [...names].sort();
}

/**
 * What a request says in these fields, as one text: two requests match where the texts are equal (RFC 9111 §4.1).
 * Absent is another thing than empty; how a value is spread over fields and whitespace makes no difference.
 */
export function variantOf(fields: readonly Field[], names: readonly string[]): string {
  if (names.length === 0) return "";
  return names.map((name) => {
    const values = fieldValues(fields, name);
    return values.length === 0 ? "-" : `+${escaped(normalized(name, values))}`;
  }).join("\n");
}

/**
 * RFC 9111 §4.1 lets values be brought into one form where the field's definition says that they mean the same: here
 * whitespace around the members of lists; case, and the order of members of equal weight, where these are without
 * meaning; and the parameter `q=1`, which says nothing.
 */
function normalized(name: string, values: readonly string[]): string {
  if (name === "accept-encoding" || name === "accept-language") return sortedByWeight(values);
  if (listFields.has(name)) return values.flatMap(listMembers).join(",");
  return textFields.has(name)
    ? values.map(trimmed).join(", ")
    : values.map(withoutBlanks).join(",");
}

/** Fields that are defined as lists, in which empty members say nothing. */
const listFields: ReadonlySet<string> = new Set(["accept", "accept-charset", "prefer"]);

/** Fields that are no lists though commas may stand in them: of these only the ends are known to be without meaning. */
const textFields: ReadonlySet<string> = new Set([
  ...["authorization", "cookie", "from", "host", "origin", "referer", "user-agent"],
]);

/**
 * Of a field that is not known: what may stand in several lines is a list (RFC 9110 §5.3), around whose commas whitespace
 * means nothing (§5.6.1). Where quotation marks are, it is left as it is.
 */
function withoutBlanks(value: string): string {
  return value.includes('"') ? trimmed(value) : value.split(",").map(trimmed).join(",");
}

/** RFC 9110 §12.5.3, §12.5.4: members are case-insensitive, and their order has no meaning beside their weights. */
function sortedByWeight(values: readonly string[]): string {
  const members = values.flatMap(listMembers).map((member) =>
    // Split, not replaced: a pattern that begins with whitespace takes the square of its length.
    member.toLowerCase().split(";").map(trimmed).join(";").replace(/;q=1(?:\.0{0,3})?$/, "")
  );
  return [...new Set(members)].sort().join(",");
}

/** So that no value can look like another field's. */
function escaped(value: string): string {
  return value.replaceAll("\n", " ");
}
