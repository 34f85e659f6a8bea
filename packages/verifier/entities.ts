/**
 * What is injected besides functions: it lies after all that is the guest's, each thing has one role, the
 * type and the initial value that docs/artifact.md gives it, and nothing is there without a role.
 */

import type { ByteRange } from "@skerry/wasm";
import { assembleCode } from "./assembler.ts";
import { type Plan, sameType } from "./plan.ts";
import { checkMaps } from "./side_memory.ts";
import type { Property, Violations } from "./violation.ts";

type Say = (message: string, property?: Property) => void;

/** Checks all of them; where it says something, the walk over the code has no ground to stand on. */
export function checkEntities(plan: Plan, violations: Violations): void {
  const say: Say = (message, property = "isolation") => violations.add(property, message);
  checkCounts(plan, say);
  checkSide(plan, say);
  checkTables(plan, say);
  checkGlobals(plan, say);
  checkSegments(plan, say);
  checkNeeds(plan, say);
}

function checkCounts(plan: Plan, say: Say): void {
  const { metadata, spaces, module } = plan;
  const { guest, memories, tables, droppedData, droppedElements, images } = metadata;
  const snapshots = tables.map((table) => table.snapshot);
  const flags = [
    metadata.fuel,
    metadata.id,
    metadata.discard,
    ...memories.map((memory) => memory.hidden),
    ...tables.map((table) => table.changed),
    ...droppedData.values(),
    ...[...droppedElements.values()].map((dropped) => dropped.flag),
  ];
  const empties = [...droppedElements.values()].map((dropped) => dropped.empty);
  const data = [...images.map((image) => image.segment), metadata.emptyData];
  const functions = metadata.functions.map((_, index) => guest.functions + index);
  checkRoles("memory", guest.memories, spaces.memories.length, [metadata.side], say);
  checkRoles("table", guest.tables, spaces.tables.length, [metadata.hooks, ...snapshots], say);
  checkRoles("global", guest.globals, spaces.globals.length, flags, say);
  checkRoles("function", guest.functions, spaces.functions.length, functions, say);
  checkRoles("data segment", guest.data, module.data.length, data, say);
  checkRoles("element segment", guest.elements, module.elements.length, empties, say);
  if (plan.guestBodies < 0) say("fewer guest functions than imports", "format");
  for (let type = guest.types; type < spaces.types.length; type += 1) {
    if (plan.plainTypes[type] !== 1) say(`injected type ${type} is not a plain function type`);
  }
  if (guest.types > spaces.types.length) say("fewer types than the module had", "format");
}

/** The indexes from the guest's count on are these, each once. */
function checkRoles(
  what: string,
  guestCount: number,
  count: number,
  roles: readonly (number | undefined)[],
  say: Say,
): void {
  const present = roles.filter((role) => role !== undefined);
  if (guestCount + present.length !== count || new Set(present).size !== present.length) {
    say(
      `${count} of kind ${what}, where the guest has ${guestCount} and ${present.length} have a role`,
    );
  }
  for (const role of present) {
    if (role < guestCount || role >= count) say(`${what} ${role} has a role but is not injected`);
  }
}

function checkSide(plan: Plan, say: Say): void {
  const { side } = plan.metadata;
  const type = plan.spaces.memories[side ?? -1];
  if (type !== undefined && (type.addressType !== "i32" || type.shared)) {
    say("the side memory is not a plain memory of 32 bits");
  }
  checkMaps(plan, (message) => say(message, "dirty"));
}

function checkTables(plan: Plan, say: Say): void {
  const { module, metadata, spaces } = plan;
  const defined = (table: number) =>
    module.tables[table - (spaces.tables.length - module.tables.length)];
  if (metadata.hooks !== undefined) {
    const hooks = defined(metadata.hooks);
    const { element, addressType, limits } = hooks?.type ?? {};
    if (
      element?.heap !== "func" || !element.nullable || addressType !== "i32" ||
      limits?.min !== 2n || (limits.max ?? 2n) !== 2n || hooks?.init !== undefined
    ) say("the hooks table is not one of two null functions");
  }
  metadata.tables.forEach(({ snapshot, changed }, table) => {
    if ((snapshot === undefined) !== (changed === undefined)) {
      say(`table ${table} has a snapshot or a flag without the other`, "reset");
    }
    if (snapshot === undefined) return;
    const copy = spaces.tables[snapshot];
    const original = spaces.tables[table];
    if (
      copy === undefined || original === undefined || !sameType(copy.element, original.element) ||
      copy.addressType !== original.addressType || copy.limits.min !== original.limits.min ||
      copy.limits.max !== copy.limits.min
    ) say(`the snapshot of table ${table} cannot hold it`, "reset");
  });
}

function checkGlobals(plan: Plan, say: Say): void {
  const { metadata, spaces } = plan;
  const check = (index: number | undefined, name: string, code = "i32.const 0"): void => {
    if (index === undefined) return;
    const value = code.startsWith("i64") ? "i64" : "i32";
    const global =
      plan.module.globals[index - (spaces.globals.length - plan.module.globals.length)];
    const right = global !== undefined && global.type.mutable && global.type.value === value &&
      isCode(global.init, code);
    if (!right) say(`global ${index} is not as the ${name} must be`);
  };
  check(metadata.fuel, "fuel");
  check(metadata.id, "id");
  check(metadata.discard, "discard flag");
  metadata.memories.forEach(({ hidden }, memory) => {
    const type = spaces.memories[memory];
    if (type === undefined) return say(`there is no memory ${memory}`, "format");
    check(hidden, `hidden pages of memory ${memory}`, `${type.addressType}.const 0`);
  });
  for (const { changed } of metadata.tables) check(changed, "changed flag");
  for (const flag of metadata.droppedData.values()) check(flag, "dropped flag");
  for (const { flag } of metadata.droppedElements.values()) check(flag, "dropped flag");
}

function isCode(range: ByteRange, code: string): boolean {
  const expected = [...assembleCode(code), 0x0b];
  return range.end - range.start === expected.length &&
    expected.every((byte, index) => range.bytes[range.start + index] === byte);
}

function checkSegments(plan: Plan, say: Say): void {
  const { module, metadata } = plan;
  const { emptyData, droppedData, droppedElements, guest } = metadata;
  if (emptyData !== undefined) {
    const segment = module.data[emptyData];
    const bytes = (segment?.content.end ?? 0) - (segment?.content.start ?? 0);
    if (segment?.mode.kind !== "passive" || bytes !== 0) say("the empty data segment is not empty");
  }
  for (const segment of droppedData.keys()) {
    if (segment >= guest.data) say(`data segment ${segment} is not the guest's`, "format");
  }
  for (const [segment, { empty }] of droppedElements) {
    if (segment >= guest.elements) say(`element segment ${segment} is not the guest's`, "format");
    const { mode, items } = module.elements[empty] ?? {};
    const count = items?.kind === "functions"
      ? items.indexes.length
      : (items?.offsets.length ?? 2) - 1;
    if (mode?.kind !== "passive" || count !== 0) say(`element segment ${empty} is not empty`);
  }
}

/** What the code of other parts takes for granted. */
function checkNeeds(plan: Plan, say: Say): void {
  const { passes, fuel, id, hooks } = plan.metadata;
  if (
    passes.preempt && plan.injected("tick") !== undefined && (fuel ?? id ?? hooks) === undefined
  ) {
    say("there is a tick but no fuel", "preempt");
  }
}
