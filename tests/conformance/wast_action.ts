/** Reads the actions of test scripts: calls of exported functions, looks at exported globals. */

import { decodeUtf8 } from "@skerry/base";
import { type Form, itemsOf, stringBytes } from "./s_expression.ts";
import type { Action } from "./wast_command.ts";
import { headOf } from "./wast_script.ts";
import { argumentOf } from "./wast_values.ts";

/** An action, or what of it is not known. */
export function actionOf(text: string, form: Form): Action | string {
  const kind = headOf(text, form);
  if (kind !== "invoke" && kind !== "get") return `the action ${kind}`;
  const items = itemsOf(text, form).slice(1);
  const named = items[0]?.kind === "atom" ? items.shift() : undefined;
  const [name, ...values] = items;
  if (name?.kind !== "string") return "an action without a name";
  const given = values.map((value) => argumentOf(text, value));
  const strange = given.indexOf(undefined);
  if (strange !== -1) return `the argument ${textOf(text, values[strange])}`;
  return {
    kind,
    module: named && text.slice(named.start, named.end),
    name: nameOf(text, name),
    arguments: given.filter((value) => value !== undefined),
  };
}

/** The name that a string stands for. */
export function nameOf(text: string, form: Form): string {
  return decodeUtf8(Uint8Array.from(stringBytes(text, form)));
}

/** A form as it is written; nothing where there is none. */
export function textOf(text: string, form: Form | undefined): string {
  return form === undefined ? "" : text.slice(form.start, form.end);
}
