/**
 * Reads all commands of a test script, in order.
 *
 * A command that cannot be expressed here is kept as `unknown`, with why: nothing is left out silently.
 */

import { type Form, itemsOf, splitForms } from "./s_expression.ts";
import { actionOf, nameOf, textOf } from "./wast_action.ts";
import type { Command, CommandBody, Failure, Refusal } from "./wast_command.ts";
import { headOf, isBareModule, moduleSourceOf } from "./wast_script.ts";
import { expectedOf } from "./wast_values.ts";

/** The commands of a script. */
export function commandsOf(text: string): Command[] {
  const forms = splitForms(text);
  if (isBareModule(text, forms)) {
    const source = { kind: "text", text } as const;
    return [{ kind: "module", name: undefined, instantiated: true, source, line: 1 }];
  }
  let line = 1;
  let counted = 0;
  return forms.map((form) => {
    for (let at = text.indexOf("\n", counted); at !== -1 && at < form.start;) {
      line += 1;
      counted = at + 1;
      at = text.indexOf("\n", counted);
    }
    return { ...commandOf(text, form), line };
  });
}

function commandOf(text: string, form: Form): CommandBody {
  const head = headOf(text, form);
  const unknown = { kind: "unknown", reason: `the command ${head || "without a name"}` } as const;
  const [, ...items] = form.kind === "list" ? itemsOf(text, form) : [];
  switch (head) {
    case "module":
      return moduleOf(text, form, items) ?? unknown;
    case "register":
      return registerOf(text, items) ?? unknown;
    case "invoke":
    case "get": {
      const action = actionOf(text, form);
      return typeof action === "string"
        ? { kind: "unknown", reason: action }
        : { kind: "action", action };
    }
    default:
      return assertionOf(text, head, items) ?? unknown;
  }
}

function moduleOf(text: string, form: Form, items: readonly Form[]): CommandBody | undefined {
  const words = items.slice(0, 3).map((item) => text.slice(item.start, item.end));
  const keyword = words[0] === "definition" || words[0] === "instance" ? words.shift() : undefined;
  const [name, definition] = words.map((word) => word.startsWith("$") ? word : undefined);
  if (keyword === "instance") return { kind: "instance", name, definition };
  const source = moduleSourceOf(text, form);
  if (source === undefined) return undefined;
  return { kind: "module", name, instantiated: keyword === undefined, source };
}

function registerOf(text: string, [as, module]: readonly Form[]): CommandBody | undefined {
  if (as?.kind !== "string") return undefined;
  return {
    kind: "register",
    as: nameOf(text, as),
    module: module && text.slice(module.start, module.end),
  };
}

const failures = new Map<string, Failure>([
  ["assert_trap", "trap"],
  ["assert_exhaustion", "exhaustion"],
  ["assert_exception", "exception"],
]);

const refusals = new Map<string, Refusal>([
  ["assert_invalid", "invalid"],
  ["assert_malformed", "malformed"],
  ["assert_unlinkable", "unlinkable"],
  ["assert_uninstantiable", "trap"],
  ["assert_trap", "trap"],
]);

function assertionOf(text: string, head: string, items: readonly Form[]): CommandBody | undefined {
  const [subject, ...rest] = items;
  if (subject === undefined) return undefined;
  if (headOf(text, subject) === "module") {
    const refusal = refusals.get(head);
    const source = moduleSourceOf(text, subject);
    return refusal && source && { kind: "refusal", refusal, source };
  }
  const failure = failures.get(head);
  if (failure === undefined && head !== "assert_return") return undefined;
  const action = actionOf(text, subject);
  if (typeof action === "string") return { kind: "unknown", reason: action };
  if (failure !== undefined) return { kind: "failure", failure, action };
  const expected = rest.map((item) => expectedOf(text, item));
  const strange = expected.indexOf(undefined);
  if (strange === -1) {
    return { kind: "return", action, expected: expected.filter((value) => value !== undefined) };
  }
  return { kind: "unknown", reason: `the value ${textOf(text, rest[strange])}` };
}
