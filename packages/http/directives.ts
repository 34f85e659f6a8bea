/** `Cache-Control` as a list of directives (RFC 9111 §5.2), whatever they mean. */

import { isToken } from "./field.ts";
import { listMembers, trimmed, unquoted } from "./list_members.ts";

/** What a directive was given: nothing, a text, or what cannot be understood. */
export type DirectiveArgument =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "malformed" };

/** Directives by their names in lower case. */
export type Directives = ReadonlyMap<string, DirectiveArgument>;

/**
 * Reads the values of all `Cache-Control` fields of a message. Names are case-insensitive, and arguments are taken as a
 * token or as a quoted string, whatever the directive's own grammar (§5.2). Of a directive that stands there several
 * times the first counts (§4.2.1). One that is badly written is kept by its name: whoever asks for it learns that
 * it was meant, so that what forbids still does.
 */
export function parseDirectives(values: readonly string[]): Directives {
  const directives = new Map<string, DirectiveArgument>();
  for (const value of values) {
    for (const member of listMembers(value)) {
      const equals = member.indexOf("=");
      const written = equals < 0 ? member : member.slice(0, equals);
      const name = trimmed(written).toLowerCase();
      if (!isToken(name) || directives.has(name)) continue;
      const isSpaced = written.length !== name.length;
      const argument = equals < 0 ? none : isSpaced ? malformed : argumentOf(
        member.slice(equals + 1),
      );
      directives.set(name, argument);
    }
  }
  return directives;
}

const none: DirectiveArgument = { kind: "none" };
const malformed: DirectiveArgument = { kind: "malformed" };

function argumentOf(written: string): DirectiveArgument {
  const text = isToken(written) ? written : unquoted(written);
  return text === undefined ? malformed : { kind: "text", text };
}
