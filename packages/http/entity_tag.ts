/** Entity tags (RFC 9110 §8.8.3): what they are, and when two are the same. */

/** A validator of a representation. */
export interface EntityTag {
  readonly isWeak: boolean;
  /** With its quotation marks. */
  readonly opaque: string;
}

const one = /^(W\/)?("[\x21\x23-\x7e\x80-\xff]*")$/;

/** Undefined for what is none: one without quotation marks, say. */
export function parseEntityTag(text: string): EntityTag | undefined {
  const [, weak, opaque] = one.exec(text) ?? [];
  return opaque === undefined ? undefined : { isWeak: weak !== undefined, opaque };
}

/** §8.8.3.2: the same, and neither is weak. */
export function strongMatch(left: EntityTag, right: EntityTag): boolean {
  return !left.isWeak && !right.isWeak && left.opaque === right.opaque;
}

/** §8.8.3.2: the same, weak or not. */
export function weakMatch(left: EntityTag, right: EntityTag): boolean {
  return left.opaque === right.opaque;
}

/** The tags of an `If-Match` or `If-None-Match`: `*`, or a list, of which what is no tag is left out. */
export function parseEntityTags(values: readonly string[]): "*" | readonly EntityTag[] {
  const whole = values.join(",");
  if (whole.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  // Commas may stand inside of a tag, which has no escapes: so tags are searched, not members.
  for (const [text] of whole.matchAll(/(?:W\/)?"[^"]*"|[^\s,"]+/g)) {
    const tag = parseEntityTag(text);
    if (tag !== undefined) tags.push(tag);
  }
  return tags;
}
