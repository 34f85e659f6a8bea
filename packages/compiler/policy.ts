/** Holds a module to a policy: every bound that it exceeds and every feature that is refused, with its place. */

import { type Diagnostic, formatSize, printable } from "@skerry/base";
import { functionNames, sectionId, usedFeatures, type WasmModule } from "@skerry/wasm";
import type { Policy } from "./options.ts";

/** Functions that are named when they are too large; a hostile module has room for a million. */
const namedMax = 16;
/** Characters of a name in a message. */
const shownNameMax = 200;

/** All that is wrong with the module's size. */
export function exceededLimits(module: WasmModule, policy: Policy): Diagnostic[] {
  const counts: readonly (readonly [what: string, count: number, most: number, section: number])[] =
    [
      [
        "types",
        module.types.reduce((sum, { types }) => sum + types.length, 0),
        policy.typesMax,
        sectionId.type,
      ],
      ["imports", module.imports.length, policy.importsMax, sectionId.import],
      ["functions", module.functions.length, policy.functionsMax, sectionId.function],
      ["tables", module.tables.length, policy.tablesMax, sectionId.table],
      ["memories", module.memories.length, policy.memoriesMax, sectionId.memory],
      ["globals", module.globals.length, policy.globalsMax, sectionId.global],
      ["exports", module.exports.length, policy.exportsMax, sectionId.export],
      ["element segments", module.elements.length, policy.segmentsMax, sectionId.element],
      ["data segments", module.data.length, policy.segmentsMax, sectionId.data],
    ];
  const problems = counts.filter(([, count, most]) => count > most).map(([what, count, most, id]) =>
    problem(module, `${count} ${what} exceed the limit of ${most}`, id)
  );
  return [...problems, ...sizes(module, policy), ...functions(module, policy)];
}

/** Features that the policy refuses, with its reasons. */
export function forbiddenFeatures(module: WasmModule, policy: Policy): Diagnostic[] {
  if (policy.forbidden.size === 0) return [];
  return usedFeatures(module).flatMap((feature) => {
    const reason = policy.forbidden.get(feature);
    return reason === undefined
      ? []
      : [{ message: `uses the feature "${feature}", which the policy forbids: ${reason}` }];
  });
}

function sizes(module: WasmModule, policy: Policy): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const pages = module.memories.reduce((sum, { limits }) => sum + limits.min, 0n);
  if (pages > BigInt(policy.memoryPagesMinMax)) {
    const message = `memories that begin with ${pages} pages exceed the limit of ` +
      `${policy.memoryPagesMinMax}`;
    problems.push(problem(module, message, sectionId.memory));
  }
  const elements = module.tables.reduce((sum, { type }) => sum + type.limits.min, 0n);
  if (elements > BigInt(policy.tableElementsMax)) {
    const message = `tables that begin with ${elements} elements exceed the limit of ` +
      `${policy.tableElementsMax}`;
    problems.push(problem(module, message, sectionId.table));
  }
  const data = module.data.reduce((sum, { content }) => sum + content.end - content.start, 0);
  if (data > policy.dataBytesMax) {
    const message = `${formatSize(data)} of data exceed the limit of ${
      formatSize(policy.dataBytesMax)
    }`;
    problems.push(problem(module, message, sectionId.data));
  }
  for (const { name, content } of module.customs) {
    if (name !== "name" || content.end - content.start <= policy.nameBytesMax) continue;
    const message = `the name section exceeds the limit of ${formatSize(policy.nameBytesMax)}`;
    problems.push({ message, at: { kind: "binary", offset: content.start } });
  }
  return problems;
}

function functions(module: WasmModule, policy: Policy): Diagnostic[] {
  const { starts, ends } = module.code;
  const large: number[] = [];
  for (let body = 0; body < starts.length; body += 1) {
    if ((ends[body] ?? 0) - (starts[body] ?? 0) > policy.functionBytesMax) large.push(body);
    if (large.length === namedMax) break;
  }
  if (large.length === 0) return [];
  const names = functionNames(module);
  const imported = module.imports.filter(({ type }) => type.kind === "function").length;
  return large.map((body) => ({
    message:
      `function ${describeFunction(names.get(imported + body), imported + body)} is larger ` +
      `than ${formatSize(policy.functionBytesMax)}`,
    at: { kind: "binary", offset: starts[body] ?? 0 },
  }));
}

/** A function's name and index, for a message. */
export function describeFunction(name: string | undefined, index: number): string {
  return name === undefined ? `${index}` : `${index} (${printable(name).slice(0, shownNameMax)})`;
}

function problem(module: WasmModule, message: string, id: number): Diagnostic {
  const section = module.sections.find((candidate) => candidate.id === id);
  if (section === undefined) return { message };
  return { message, at: { kind: "binary", offset: section.offset } };
}
