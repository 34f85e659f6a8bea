/** Lists in field values (RFC 9110 §5.6.1), whose members may have quoted strings with commas in them. */

/**
 * The members of a `#rule` list in their order, without the whitespace around them; empty ones are passed over
 * (§5.6.1.2). A quoted string that does not end goes to the end of the value.
 */
export function listMembers(value: string): string[] {
  if (!value.includes('"')) {
    return value.split(",").map(trimmed).filter((member) => member !== "");
  }
  const members: string[] = [];
  let [start, isQuoted] = [0, false];
  const take = (end: number) => {
    const member = trimmed(value.slice(start, end));
    if (member !== "") members.push(member);
    start = end + 1;
  };
  for (let at = 0; at < value.length; at += 1) {
    const character = value[at];
    if (character === "\\" && isQuoted) at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === "," && !isQuoted) take(at);
  }
  take(value.length);
  return members;
}

/** Without the optional whitespace of RFC 9110 §5.6.3 at both ends. */
export function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** What a quoted string says (RFC 9110 §5.6.4); undefined where the text is none as a whole. */
export function unquoted(text: string): string | undefined {
  if (!/^"(?:[^"\\]|\\[\t\x20-\x7e\x80-\xff])*"$/.test(text)) return undefined;
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}
