/** Loads, stores, and what is done with memories, tables and segments as wholes. */

import { farBytes, pageBytes, slackBytes } from "./constants.ts";
import { unknownBase } from "./operand_stack.ts";
import { operandsAboveAddress, storeWidths } from "./memory_access.ts";
import { type Marked, readMark, readPageMark } from "./walk_snippets.ts";
import type { WalkState } from "./walk_state.ts";

/** A load or store: its memory is the guest's, and a store is covered where its memory has a barrier. */
export function access(state: WalkState): void {
  const { cursor, barriers } = state;
  const memory = memoryIndex(state);
  if (memory >= barriers.length) {
    return state.fail("isolation", `the guest names the injected memory ${memory}`);
  }
  const width = storeWidths[cursor.slot] ?? 0;
  if (width > 0) {
    state.counts.stores += 1;
    if (state.tracking && barriers[memory] === 1) return store(state, memory, width);
  }
  effect(state);
}

/** `takes` and `gives` of the instruction at hand, whose numbers are fixed. */
export function effect(state: WalkState): void {
  if (state.tracking) state.operands.applyPacked(state.cursor.slot);
}

function store(state: WalkState, memory: number, width: number): void {
  const { cursor, operands, facts } = state;
  const storeStart = cursor.start;
  const above = operandsAboveAddress[cursor.slot] ?? 1;
  const base = operands.base(above);
  const displacement = operands.displacement(above);
  const offset = memoryOffset(state);
  effect(state);
  let covered = offset >= farBytes || facts.cover(memory, base, displacement, offset, width) ||
    isInSpan(state, memory, base, displacement, offset, width);
  if (covered) state.counts.coveredStores += 1;
  const after = cursor.offset;
  if (after < state.bodyEnd && !state.isGuest(after)) {
    const mark = readMark(state, after) ?? readPageMark(state, after);
    if (mark !== undefined && !state.failed) {
      const own = mark.memory === memory && isCoveredBy(mark, base, displacement, offset, width);
      covered ||= own;
      facts.add(mark.memory, mark.base, mark.displacement, own, after);
    }
  }
  if (!covered && state.cost.reachable) {
    state.fail("dirty", "a store is not covered by a mark", storeStart);
  }
}

/** Whether a mark right after a store covers it (rule 1). */
function isCoveredBy(
  mark: Marked,
  base: number,
  displacement: number,
  offset: number,
  width: number,
): boolean {
  if (base === unknownBase || mark.base !== base) return false;
  const { wide } = mark;
  if (mark.page) {
    // Addresses are unsigned; where 64 bits are negative no store comes to its mark.
    const address = (wide ? displacement : displacement >>> 0) + offset;
    const distance = address - mark.displacement;
    return distance >= 0 && distance + width <= pageBytes + slackBytes;
  }
  if (mark.displacement === displacement) return offset + width <= slackBytes;
  const exact = displacement + offset;
  return mark.displacement === (wide ? exact : exact | 0);
}

/**
 * Whether a store is in a loop whose span was marked, at a place that is in the span (rule 5). Where the loop does not keep
 * to its span, that is noted, and the function is refused when all else was looked at.
 */
function isInSpan(
  state: WalkState,
  memory: number,
  base: number,
  displacement: number,
  offset: number,
  width: number,
): boolean {
  const { span, cursor, locals } = state;
  if (span?.memory !== memory || base === unknownBase) return false;
  if (cursor.start < span.start || (span.end >= 0 && cursor.start >= span.end)) return false;
  locals.read(span.local, cursor.start);
  if (locals.base[span.local] !== base) return false;
  const beyond = displacement - (locals.displacement[span.local] ?? 0) - span.displacement;
  const near = (beyond | 0) === 0 && offset + width <= slackBytes;
  if (!near && ((beyond + offset) | 0) !== 0) return false;
  if (span.end < 0) state.outsideSpan = cursor.start;
  return true;
}

/** A flag of an access: a memory index follows. Flags may be spelled in more bytes than they need. */
const namesMemory = 0x40;

/** The memory of the access at hand. */
function memoryIndex(state: WalkState): number {
  const { cursor } = state;
  const { bytes, immediates, offset } = cursor;
  if ((bytes[immediates] ?? 0) < namesMemory) return 0;
  cursor.offset = immediates;
  const memory = (cursor.readU32() & namesMemory) === 0 ? 0 : cursor.readU32();
  cursor.offset = offset;
  return memory;
}

/** The constant offset of the access at hand. */
function memoryOffset(state: WalkState): number {
  const { cursor } = state;
  const { bytes, immediates, offset } = cursor;
  const flags = bytes[immediates] ?? 0;
  const next = bytes[immediates + 1] ?? 0;
  if (flags < namesMemory && next < 0x80) return next;
  cursor.offset = immediates;
  if ((cursor.readU32() & namesMemory) !== 0) cursor.readU32();
  const value = Number(cursor.readU64());
  cursor.offset = offset;
  return value;
}

/** `memory.size`, `memory.grow` and the bulk operations on memories, as they are in guest code. */
export function memoryOperation(state: WalkState): void {
  const { cursor, plan, barriers } = state;
  const { passes, memories, guest } = plan.metadata;
  const first = cursor.index();
  const { opcode } = cursor;
  const initializes = opcode === 0xfc008;
  const memory = initializes ? state.secondIndex() : first;
  const source = opcode === 0xfc00a ? state.secondIndex() : memory;
  if (Math.max(memory, source) >= barriers.length || (initializes && first >= guest.data)) {
    return state.fail("isolation", "the guest names an injected memory or segment");
  }
  if (opcode === 0x3f) {
    const hidden = memories[memory]?.hidden;
    if (hidden !== undefined) hidePages(state, memory, hidden);
  } else if (opcode === 0x40) {
    if (passes.grow || passes.reset) state.fail("grow", `memory ${memory} grows without asking`);
  } else if (barriers[memory] === 1) {
    state.fail("dirty", `memory ${memory} is written in bulk without marks`);
  } else if (passes.preempt) {
    state.fail("preempt", `memory ${memory} is written in bulk in one piece`);
  }
  effect(state);
}

/** What follows `memory.size` where pages are hidden: they are taken off. */
function hidePages(state: WalkState, memory: number, hidden: number): void {
  const { cursor, plan, snippets } = state;
  const wide = plan.spaces.memories[memory]?.addressType === "i64";
  const end = snippets.hiddenPages(cursor.offset, hidden, wide);
  if (end < 0 || state.isGuest(cursor.offset)) {
    return state.fail("reset", `the guest sees the real size of memory ${memory}`);
  }
  state.skipTo(end);
}

/** Instructions on tables. */
export function tableOperation(state: WalkState): void {
  const { cursor, plan } = state;
  const { passes, guest } = plan.metadata;
  const first = cursor.index();
  const { opcode } = cursor;
  const initializes = opcode === 0xfc00c;
  const table = initializes ? state.secondIndex() : first;
  const source = opcode === 0xfc00e ? state.secondIndex() : table;
  if (Math.max(table, source) >= guest.tables || (initializes && first >= guest.elements)) {
    return state.fail("isolation", "the guest names an injected table or segment");
  }
  effect(state);
  if (opcode === 0x25 || opcode === 0xfc010) return; // table.get, table.size
  if (opcode === 0x26) return tableSet(state, table);
  if (opcode === 0xfc00f) {
    if (passes.grow || passes.reset) state.fail("grow", `table ${table} grows without asking`);
  } else if (passes.reset) {
    state.fail("reset", `table ${table} is changed in bulk and does not say so`);
  } else if (passes.preempt) {
    state.fail("preempt", `table ${table} is changed in bulk in one piece`);
  }
}

function tableSet(state: WalkState, table: number): void {
  const { plan, cursor, snippets } = state;
  if (!plan.metadata.passes.reset) return;
  const after = cursor.offset;
  const end = state.isGuest(after) ? -1 : snippets.flag(after);
  const changed = plan.metadata.tables[table]?.changed;
  if (end < 0 || snippets.local !== changed) {
    return state.fail("reset", `table ${table} is set and does not say so`);
  }
  state.skipTo(end);
}

/** `data.drop`, `elem.drop` as they are: only where the segment is empty anyway once reset is at stake. */
export function dropSegment(state: WalkState): void {
  const { cursor, plan } = state;
  const { module, metadata } = plan;
  const segment = cursor.index();
  const isData = cursor.opcode === 0xfc009;
  if (segment >= (isData ? metadata.guest.data : metadata.guest.elements)) {
    return state.fail("isolation", `the guest names the injected segment ${segment}`);
  }
  if (!metadata.passes.reset) return;
  const { content } = module.data[segment] ?? {};
  const { mode, items } = module.elements[segment] ?? {};
  const empty = isData ? content?.start === content?.end : mode?.kind !== "passive" ||
    (items?.kind === "functions" ? items.indexes.length : (items?.offsets.length ?? 1) - 1) === 0;
  if (!empty) state.fail("reset", `segment ${segment} is dropped and cannot come back`);
}
