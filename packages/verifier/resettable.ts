/** What a module must be for its reset to bring back all of its state (docs/artifact.md). */

import { type ByteRange, InstructionCursor } from "@skerry/wasm";
import { resettablePagesMax } from "./constants.ts";
import type { Plan } from "./plan.ts";
import type { Violations } from "./violation.ts";

/** Checks the state that is not in code. What code changes is checked where it does so. */
export function checkResettable(plan: Plan, violations: Violations): void {
  const { passes, memories } = plan.metadata;
  const say = (message: string): void => violations.add("reset", message);
  if (!passes.reset) {
    if (memories.some(({ mode }) => mode !== "kept")) say("memories are restored without a reset");
    return;
  }
  if (plan.injected("reset") === undefined) say("there is no function $reset");
  if (plan.injected("initialize") === undefined) say("there is no function $init");
  checkImports(plan, say);
  checkMemories(plan, say);
  checkImages(plan, say);
  checkAllocations(plan, say);
  if (plan.module.data.some(({ mode }) => mode.kind === "active")) {
    say("a data segment is active");
  }
}

function checkImports(plan: Plan, say: (message: string) => void): void {
  for (const { type } of plan.module.imports) {
    if (type.kind === "memory" || type.kind === "table") say(`a ${type.kind} is imported`);
    if (type.kind === "global" && type.type.mutable) say("a mutable global is imported");
  }
}

function checkMemories(plan: Plan, say: (message: string) => void): void {
  plan.metadata.memories.forEach(({ mode, hidden }, memory) => {
    const type = plan.spaces.memories[memory];
    if (type === undefined) return;
    if (mode === "kept") say(`memory ${memory} is not restored`);
    if (hidden === undefined && plan.injected("grow", memory) !== undefined) {
      say(`memory ${memory} grows, and nothing hides that from the next request`);
    }
    if (type.shared) say(`memory ${memory} is shared`);
    // At 65,536 pages the size in bytes is 0 in 32 bits, and nothing would be restored.
    if (type.addressType === "i32" && (type.limits.max ?? 65536n) > resettablePagesMax) {
      say(`memory ${memory} may grow to a size that 32 bits do not hold`);
    }
  });
}

/** In order, apart from each other, within what the memory starts with, as long as their segments. */
function checkImages(plan: Plan, say: (message: string) => void): void {
  const ends = new Map<number, bigint>();
  for (const { memory, first, length, segment } of plan.metadata.images) {
    const type = plan.spaces.memories[memory];
    const data = plan.module.data[segment];
    const end = first + BigInt(length);
    if (
      type === undefined || memory >= plan.metadata.guest.memories ||
      end > type.limits.min * 65536n
    ) say(`an image lies beyond the start of memory ${memory}`);
    if (first < (ends.get(memory) ?? 0n)) say(`the images of memory ${memory} are not in order`);
    if (data?.mode.kind !== "passive" || data.content.end - data.content.start !== length) {
      say(`an image of memory ${memory} is not as long as its segment`);
    }
    ends.set(memory, end);
  }
}

/** What is allocated once cannot be made new: objects that immutable things hold may be changed. */
function checkAllocations(plan: Plan, say: (message: string) => void): void {
  const { globals, tables, elements } = plan.module;
  const check = (range: ByteRange | undefined, what: string): void => {
    if (range !== undefined && allocates(range)) say(`${what} holds an object`);
  };
  globals.forEach(({ type, init }, index) => {
    if (!type.mutable) check(init, `immutable global ${index}`);
  });
  tables.forEach(({ init }, index) => check(init, `table ${index}`));
  elements.forEach(({ items }, index) => {
    if (items.kind === "functions") return;
    const { bytes, offsets } = items;
    check({ bytes, start: offsets[0] ?? 0, end: offsets.at(-1) ?? 0 }, `element segment ${index}`);
  });
}

function allocates(range: ByteRange): boolean {
  const cursor = new InstructionCursor(range.bytes);
  cursor.enter(range.start, range.end);
  while (cursor.next()) {
    // From struct.new, struct.new_default to array.new_elem.
    const { opcode } = cursor;
    if (opcode === 0xfb000 || opcode === 0xfb001 || (opcode >= 0xfb006 && opcode <= 0xfb00a)) {
      return true;
    }
  }
  return false;
}
