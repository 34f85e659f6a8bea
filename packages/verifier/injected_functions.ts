/** Every injected function has the type and, byte for byte, the body that docs/artifact.md gives it. */

import { bytesEqual, concatBytes } from "@skerry/base";
import { Malformed } from "@skerry/wasm";
import { assembleBody, type Template } from "./assembler.ts";
import type { InjectedFunction } from "./metadata.ts";
import { type FunctionKind, functionKinds, hasPlainType, type Plan } from "./plan.ts";
import {
  copyTemplate,
  fillTemplate,
  initTemplate,
  memoryStore,
  tableStore,
} from "./templates_bulk.ts";
import { chargeLengthTemplate, tickTemplate } from "./templates_fuel.ts";
import { growTemplate, markRangeTemplate, markSpanTemplate } from "./templates_memory.ts";
import {
  growTableTemplate,
  initializeTemplate,
  resetBody,
  restoreTemplate,
  sweepTemplate,
} from "./templates_reset.ts";
import type { Violations } from "./violation.ts";

/** Compares all of them. */
export function checkInjectedFunctions(plan: Plan, violations: Violations): void {
  const seen = new Set<string>();
  plan.metadata.functions.forEach((injected, index) => {
    if (violations.full) return;
    const functionIndex = plan.metadata.guest.functions + index;
    const kind = functionKinds[injected.kind];
    const say = (message: string): void =>
      violations.add("isolation", message, {
        functionIndex,
        offset: plan.module.code.starts[plan.guestBodies + index] ?? 0,
      });
    if (kind === undefined) return say(`an injected function of the unknown kind ${injected.kind}`);
    const name = `$${kind} ${injected.a} ${injected.b}`;
    if (seen.has(name)) return say(`a second injected function ${name}`);
    seen.add(name);
    const mistake = compare(plan, kind, injected, functionIndex);
    if (mistake !== undefined) say(`${name} ${mistake}`);
  });
}

function compare(
  plan: Plan,
  kind: FunctionKind,
  injected: InjectedFunction,
  functionIndex: number,
): string | undefined {
  if (!isForSomething(plan, kind, injected)) {
    return "is for something that the module does not have";
  }
  const body = functionIndex - plan.spaces.importedFunctions;
  const { bytes, starts, ends } = plan.module.code;
  const actual = bytes.subarray(starts[body] ?? 0, ends[body] ?? 0);
  try {
    const template = templateOf(plan, kind, injected);
    const params = template?.params.map(([, type]) => type) ?? [];
    if (!hasPlainType(plan, functionIndex, params, template?.results ?? ["i32"])) {
      return "has another type than it should";
    }
    const expected = template === undefined ? concatBytes(resetBody(plan)) : assembleBody(template);
    return bytesEqual(actual, expected) ? undefined : "is not as the document has it";
  } catch (error) {
    if (error instanceof Malformed) return `cannot be: ${error.message}`;
    throw error;
  }
}

/** Whether memories, tables and segments that a function is for are the guest's. */
function isForSomething(plan: Plan, kind: FunctionKind, { a, b }: InjectedFunction): boolean {
  const { memories, tables, data, elements } = plan.metadata.guest;
  switch (kind) {
    case "tick":
    case "charge_length":
    case "initialize":
    case "reset":
      return a === 0 && b === 0;
    case "mark_span":
      return b === 0 && plan.metadata.memories[a]?.mode === "barrier" &&
        plan.spaces.memories[a]?.addressType === "i32";
    case "mark_range":
    case "sweep":
      return b === 0 && plan.metadata.memories[a]?.mode === "barrier";
    case "grow":
    case "fill":
    case "restore":
      return b === 0 && a < memories;
    case "copy":
      return a < memories && b < memories;
    case "init":
      return a < data && b < memories;
    case "grow_table":
    case "fill_table":
      return b === 0 && a < tables;
    case "copy_table":
      return a < tables && b < tables;
    case "init_table":
      return a < elements && b < tables;
  }
}

/** The template of each kind; undefined for `reset`, which is no text. */
function templateOf(
  plan: Plan,
  kind: FunctionKind,
  { a, b }: InjectedFunction,
): Template | undefined {
  const { droppedData, droppedElements, emptyData } = plan.metadata;
  switch (kind) {
    case "tick":
      return tickTemplate(plan);
    case "charge_length":
      return chargeLengthTemplate(plan);
    case "mark_range":
      return markRangeTemplate(plan, a);
    case "mark_span":
      return markSpanTemplate(plan, a);
    case "grow":
      return growTemplate(plan, a);
    case "fill":
      return fillTemplate(plan, memoryStore(plan, a));
    case "copy":
      return copyTemplate(plan, memoryStore(plan, a), memoryStore(plan, b));
    case "init": {
      const flag = droppedData.get(a);
      const dropped = flag === undefined ? undefined : { flag, empty: emptyData ?? NaN };
      return initTemplate(plan, memoryStore(plan, b), a, dropped);
    }
    case "grow_table":
      return growTableTemplate(plan, a);
    case "fill_table":
      return fillTemplate(plan, tableStore(plan, a));
    case "copy_table":
      return copyTemplate(plan, tableStore(plan, a), tableStore(plan, b));
    case "init_table":
      return initTemplate(plan, tableStore(plan, b), a, droppedElements.get(a));
    case "restore":
      return restoreTemplate(plan, a);
    case "sweep":
      return sweepTemplate(plan, a);
    case "initialize":
      return initializeTemplate(plan);
    case "reset":
      return undefined;
  }
}
