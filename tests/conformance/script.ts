/** A script ready to be run: its commands, the bytes of its modules, and the bits of its numbers. */

import { decodeModule, type WasmModule } from "@skerry/wasm";
import { assembleModule } from "./assemble.ts";
import type { BridgeTarget } from "./bridge_body.ts";
import { exportTargets } from "./export_targets.ts";
import { assembleLiterals, type Literals } from "./literals.ts";
import type { Command } from "./wast_command.ts";
import { commandsOf } from "./wast_commands.ts";
import type { Expected } from "./wast_values.ts";

/** A module of a script. */
export interface ScriptModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Undefined where our decoder refuses it. */
  readonly decoded: WasmModule | undefined;
  /** How each exported function and global is reached. */
  readonly targets: ReadonlyMap<string, BridgeTarget>;
}

/** A script. */
export interface Script {
  readonly commands: readonly Command[];
  /** By the command's index. */
  readonly modules: ReadonlyMap<number, ScriptModule>;
  /** Why a command cannot be run on any engine, by its index. */
  readonly inexpressible: ReadonlyMap<number, string>;
  readonly literals: Literals;
}

/** Reads a script and assembles what is in it. */
export async function loadScript(text: string): Promise<Script> {
  const commands = commandsOf(text);
  const modules = new Map<number, ScriptModule>();
  const inexpressible = new Map<number, string>();
  for (const [index, command] of commands.entries()) {
    const loaded = await loadCommand(command);
    if (typeof loaded === "string") inexpressible.set(index, loaded);
    else if (loaded !== undefined) modules.set(index, loaded);
  }
  return {
    commands,
    modules,
    inexpressible,
    literals: await assembleLiterals(commands.flatMap(literalsOf)),
  };
}

/** The command's module, if it has one; or why it cannot be run. */
async function loadCommand(command: Command): Promise<ScriptModule | string | undefined> {
  if (command.kind === "unknown") return command.reason;
  if (command.kind !== "module" && command.kind !== "refusal") return undefined;
  const refusal = command.kind === "refusal" ? command.refusal : undefined;
  if (refusal === "malformed" && command.source.kind !== "binary") {
    return "malformed text is the text parser's matter: there are no bytes to run";
  }
  const assembled = await assembleModule(command.source);
  if (assembled.kind === "unassembled") {
    return `the assembler does not take it: ${assembled.reason}`;
  }
  const { bytes } = assembled;
  const decoded = decodeModule(bytes);
  if (!decoded.ok) return { bytes, decoded: undefined, targets: new Map() };
  const targets = refusal === undefined ? exportTargets(decoded.value) : new Map();
  return { bytes, decoded: decoded.value, targets };
}

function literalsOf(command: Command): string[] {
  if (command.kind === "return") {
    return [...command.action.arguments, ...command.expected].flatMap(literalsIn);
  }
  if (command.kind !== "action" && command.kind !== "failure") return [];
  return command.action.arguments.flatMap(literalsIn);
}

function literalsIn(value: Expected): string[] {
  if (value.kind === "number") return [value.literal];
  return value.kind === "either" ? value.alternatives.flatMap(literalsIn) : [];
}
