/** Finds the modules in a test script of the WebAssembly specification, and what the script says of each. */

import { type Form, itemsOf, lineOf, splitForms, stringBytes } from "./s_expression.ts";

/** One module of a script. */
export interface ScriptModule {
  /** Line of the command, from 1. */
  readonly line: number;
  /** The command: `module`, or the assertion around it such as `assert_invalid`. */
  readonly command: string;
  readonly source: ModuleSource;
}

/** How a script gives a module. */
export type ModuleSource =
  | { readonly kind: "text"; readonly text: string }
  /** Text in a string: for what no text parser could otherwise get past. */
  | { readonly kind: "quote"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Uint8Array };

/** The modules of a script, in order. */
export function modulesOf(text: string): ScriptModule[] {
  const commands = splitForms(text);
  if (isBareModule(text, commands)) {
    return [{ line: 1, command: "module", source: { kind: "text", text } }];
  }
  return commands.flatMap((command) => {
    const list = headOf(text, command) === "module" ? command : itemsOf(text, command)[1];
    if (list?.kind !== "list" || headOf(text, list) !== "module") return [];
    const source = moduleSourceOf(text, list);
    if (source === undefined) return [];
    return [{ line: lineOf(text, command.start), command: headOf(text, command), source }];
  });
}

/** Whether a script leaves the module's parentheses out: then all of it is one module. */
export function isBareModule(text: string, commands: readonly Form[]): boolean {
  const first = commands[0];
  return first !== undefined && !commandPattern.test(headOf(text, first));
}

const commandPattern = /^(module|assert_\w+|register|invoke|get|thread|wait|script|input|output)$/;

/** The word that a list begins with, after annotations and comments; empty where it has none. */
export function headOf(text: string, list: Form): string {
  if (list.kind !== "list") return "";
  const word = /^\(\s*([\w.]+)/.exec(text.slice(list.start, Math.min(list.end, list.start + 80)))
    ?.[1];
  if (word !== undefined) return word;
  const [first] = itemsOf(text, list);
  return first?.kind === "atom" ? text.slice(first.start, first.end) : "";
}

/** What `(module definition? $name? (binary string* | quote string* | field*))` gives; an instance has no source. */
export function moduleSourceOf(text: string, list: Form): ModuleSource | undefined {
  const [, ...items] = itemsOf(text, list);
  const at = (index: number): string => {
    const item = items[index];
    return item?.kind === "atom" ? text.slice(item.start, item.end) : "";
  };
  let index = 0;
  if (at(index) === "instance") return undefined;
  const definition = at(index) === "definition" ? items[index++] : undefined;
  if (at(index).startsWith("$")) index += 1;
  const strings = items.slice(index + 1).filter((item) => item.kind === "string");
  switch (at(index)) {
    case "binary": {
      const bytes = strings.flatMap((item) => stringBytes(text, item));
      return { kind: "binary", bytes: Uint8Array.from(bytes) };
    }
    case "quote": {
      // The strings are tokens of one text: a blank between them parts no token that was whole.
      const parts = strings.map((item) => new Uint8Array(stringBytes(text, item)));
      const decoder = new TextDecoder();
      return { kind: "quote", text: parts.map((part) => decoder.decode(part)).join(" ") };
    }
    default: {
      const start = definition?.end ?? list.start;
      const opening = definition === undefined ? "" : "(module ";
      return { kind: "text", text: opening + text.slice(start, list.end) };
    }
  }
}
