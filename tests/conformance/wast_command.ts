/** What the commands of a test script say (the specification's interpreter, "Scripts"). */

import type { ModuleSource } from "./wast_script.ts";
import type { Argument, Expected } from "./wast_values.ts";

/** A call of an exported function, or a look at an exported global. */
export interface Action {
  readonly kind: "invoke" | "get";
  /** The module's identifier; the latest module where there is none. */
  readonly module: string | undefined;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** How a script expects an action to fail. */
export type Failure = "trap" | "exhaustion" | "exception";

/** Why a script expects a module to be refused. */
export type Refusal = "invalid" | "malformed" | "unlinkable" | "trap";

/** What a command does. */
export type CommandBody =
  | {
    readonly kind: "module";
    readonly name: string | undefined;
    /** A definition is compiled, and instantiated only by a command of its own. */
    readonly instantiated: boolean;
    readonly source: ModuleSource;
  }
  | {
    readonly kind: "instance";
    readonly name: string | undefined;
    readonly definition: string | undefined;
  }
  | { readonly kind: "register"; readonly as: string; readonly module: string | undefined }
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "return"; readonly action: Action; readonly expected: readonly Expected[] }
  | { readonly kind: "failure"; readonly failure: Failure; readonly action: Action }
  | { readonly kind: "refusal"; readonly refusal: Refusal; readonly source: ModuleSource }
  | { readonly kind: "unknown"; readonly reason: string };

/** One command. */
export type Command = CommandBody & {
  /** From 1. */
  readonly line: number;
};
