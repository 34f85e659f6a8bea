/**
 * Nothing of the guest's outside of its code names what is injected: no export, no segment, no constant
 * expression, no start function. The names `skerry:…` stand for what they must.
 */

import { type ByteRange, type ElementSegment, functionType, InstructionCursor } from "@skerry/wasm";
import type { Plan } from "./plan.ts";
import type { Violations } from "./violation.ts";

/** Checks exports, start, segments and constant expressions. */
export function checkReferences(plan: Plan, violations: Violations): void {
  const { module } = plan;
  checkExports(plan, violations);
  if (module.start !== undefined) violations.add("isolation", "the artifact has a start section");
  const check = (range: ByteRange | undefined, what: string): void => {
    if (range !== undefined) checkExpression(plan, range, what, violations);
  };
  module.globals.forEach(({ init }, index) => check(init, `global ${index}`));
  module.tables.forEach(({ init }, index) => check(init, `table ${index}`));
  module.elements.forEach((segment, index) => checkElements(plan, segment, index, violations));
  module.data.forEach(({ mode }, index) => {
    if (mode.kind !== "active") return;
    check(mode.offset, `data segment ${index}`);
    if (mode.index >= plan.metadata.guest.memories) {
      violations.add("isolation", `data segment ${index} is written to an injected memory`);
    }
  });
}

function checkExports(plan: Plan, violations: Violations): void {
  const { guest, side, hooks, fuel, id, start } = plan.metadata;
  const wanted = new Map<string, string>();
  const want = (name: string, kind: string, index: number | undefined): void => {
    if (index !== undefined) wanted.set(`skerry:${name}`, `${kind} ${index}`);
  };
  want("side", "memory", side);
  want("hooks", "table", hooks);
  want("fuel", "global", fuel);
  want("id", "global", id);
  want("init", "function", plan.injected("initialize"));
  want("reset", "function", plan.injected("reset"));
  want("start", "function", start);
  if (start !== undefined && start >= guest.functions) {
    violations.add("isolation", "the start function is injected");
  }
  const type = start === undefined ? undefined : functionType(plan.spaces, start);
  if (start !== undefined && (type === undefined || type.params.length + type.results.length > 0)) {
    violations.add("format", `function ${start} cannot be the start function by its type`);
  }
  const counts = {
    function: guest.functions,
    table: guest.tables,
    memory: guest.memories,
    global: guest.globals,
    tag: Infinity,
  };
  for (const { name, kind, index } of plan.module.exports) {
    if (name.startsWith("skerry:")) {
      if (wanted.get(name) !== `${kind} ${index}`) {
        violations.add("isolation", `the export "${name}" is ${kind} ${index}`);
      }
      wanted.delete(name);
    } else if (index >= counts[kind]) {
      violations.add("isolation", `the guest exports the injected ${kind} ${index}`);
    }
  }
  for (const name of wanted.keys()) violations.add("format", `the export "${name}" is missing`);
}

function checkElements(
  plan: Plan,
  { mode, items }: ElementSegment,
  index: number,
  violations: Violations,
): void {
  const what = `element segment ${index}`;
  if (mode.kind === "active") {
    checkExpression(plan, mode.offset, what, violations);
    if (mode.index >= plan.metadata.guest.tables) {
      violations.add("isolation", `${what} is written to an injected table`);
    }
  }
  if (items.kind === "functions") {
    if (items.indexes.some((item) => item >= plan.metadata.guest.functions)) {
      violations.add("isolation", `${what} holds an injected function`);
    }
    return;
  }
  const { bytes, offsets } = items;
  checkExpression(
    plan,
    { bytes, start: offsets[0] ?? 0, end: offsets.at(-1) ?? 0 },
    what,
    violations,
  );
}

/** One constant expression, or several one after the other. */
function checkExpression(plan: Plan, range: ByteRange, what: string, violations: Violations): void {
  const { functions, globals, data, elements } = plan.metadata.guest;
  const cursor = new InstructionCursor(range.bytes);
  cursor.enter(range.start, range.end);
  while (cursor.next()) {
    const injected = cursor.opcode === 0xd2
      ? cursor.index() >= functions
      : cursor.opcode === 0x23
      ? cursor.index() >= globals
      : cursor.opcode === 0xfb009 || cursor.opcode === 0xfb00a
      ? secondIndex(cursor) >= (cursor.opcode === 0xfb009 ? data : elements)
      : false;
    if (!injected) continue;
    violations.add("isolation", `${what} names what is injected`, { offset: cursor.start });
  }
}

function secondIndex(cursor: InstructionCursor): number {
  const { offset } = cursor;
  cursor.offset = cursor.immediates;
  cursor.readU32();
  const index = cursor.readU32();
  cursor.offset = offset;
  return index;
}
