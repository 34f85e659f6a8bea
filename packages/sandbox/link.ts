/** What a module imports against what it is offered: every gap is named, before the first request. */

import { type Diagnostic, printable } from "@skerry/base";
import {
  describeFunctionType,
  type FunctionType,
  type Import,
  indexSpaces,
  type SubType,
  type WasmModule,
} from "@skerry/wasm";
import { functionOf, type HostFunction, type HostInterface } from "./host.ts";

/** How many gaps are listed; a hostile module has room for a million. */
const problemsMax = 50;

/** Each import that cannot be satisfied. */
export function linkProblems(
  module: WasmModule,
  interfaces: readonly HostInterface<never>[],
): Diagnostic[] {
  const offered = new Map(interfaces.map((found) => [found.module, found]));
  const { types } = indexSpaces(module);
  const problems: Diagnostic[] = [];
  for (const wanted of module.imports) {
    const from = offered.get(wanted.module);
    const found = from === undefined ? undefined : functionOf(from, wanted.name);
    const message = problem(wanted, found, types);
    if (message !== undefined) {
      const name = `${printable(wanted.module)}.${printable(wanted.name)}`;
      problems.push({ message: `import ${name}: ${message}` });
    }
    if (problems.length === problemsMax) return [...problems, { message: "and more" }];
  }
  return problems;
}

function problem(
  { type }: Import,
  offered: HostFunction<never> | undefined,
  types: readonly SubType[],
): string | undefined {
  if (type.kind !== "function") return `a ${type.kind} cannot be imported`;
  if (offered === undefined) return "there is no such function";
  const wanted = types[type.type]?.composite;
  // A type that is missing, or is no function's, is the engine's to refuse.
  if (wanted?.kind !== "function" || sameType(wanted, offered)) return undefined;
  const { params, results } = offered;
  const known = describeFunctionType({ kind: "function", params, results });
  return `it is wanted as ${describeFunctionType(wanted)}, but is ${known}`;
}

function sameType(wanted: FunctionType, { params, results }: HostFunction<never>): boolean {
  const same = (left: readonly unknown[], right: readonly unknown[]) =>
    left.length === right.length && left.every((value, index) => value === right[index]);
  return same(wanted.params, params) && same(wanted.results, results);
}
