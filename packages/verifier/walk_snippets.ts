/** Bytes that are not the guest's: each stretch of them is a snippet (docs/artifact.md, "Snippets"). */

import { role } from "./local_roles.ts";
import { pageBytes } from "./constants.ts";
import { constantBase, unknownBase } from "./operand_stack.ts";
import { pushLocal, setLocal, teeLocal } from "./walk_locals.ts";
import type { WalkState } from "./walk_state.ts";

/** Pages of 4 KiB in one of WebAssembly's. */
const pagesPerMemoryPage = 16n;

/** One snippet that stands by itself, at an offset that is in no run. */
export function snippet(state: WalkState, offset: number): void {
  const { passes } = state.plan.metadata;
  switch (state.cursor.bytes[offset]) {
    case 0x23:
      if (passes.preempt && charge(state, offset)) return;
      break;
    case 0x20:
      if (passes.dirty && (mark(state, offset) || markSpan(state, offset))) return;
      break;
    case 0x21:
      if (passes.dirty && park(state, offset)) return;
      break;
    case 0x22:
      if (passes.preempt && chargeLength(state, offset)) return;
      break;
    case 0x41:
      // In a walk that follows values, it is taken with the store before it.
      if (!state.tracking && readPageMark(state, offset) !== undefined) return;
  }
  state.fail("isolation", "bytes that are neither the guest's nor a snippet", offset);
}

/** What a mark is of: a value whose page is marked. */
export interface Marked {
  readonly memory: number;
  readonly base: number;
  readonly displacement: number;
  /** Whether addresses have 64 bits. */
  readonly wide: boolean;
  /** Whether the value is that of a whole page, known by its number. */
  readonly page: boolean;
}

/** A `mark`: passes over it, and answers what it marks. Facts are up to the caller. */
export function readMark(state: WalkState, offset: number): Marked | undefined {
  const end = state.snippets.mark(offset);
  return end < 0 ? undefined : passMark(state, offset, end);
}

/** A `mark-page`, likewise. */
export function readPageMark(state: WalkState, offset: number): Marked | undefined {
  const { snippets, plan, counts } = state;
  const end = snippets.markPage(offset);
  if (end < 0) return undefined;
  const { memory, displacement: page } = snippets;
  const type = plan.spaces.memories[memory];
  // A page that the memory never has would be a mark outside of its map.
  if (page < 0 || BigInt(page) >= (type?.limits.max ?? 0n) * pagesPerMemoryPage) return undefined;
  state.skipTo(end);
  counts.marks += 1;
  const wide = type?.addressType === "i64";
  const address = page * pageBytes;
  const displacement = wide ? address : address | 0;
  return { memory, base: constantBase, displacement, wide, page: true };
}

function passMark(state: WalkState, offset: number, end: number): Marked {
  const { snippets, locals, plan, counts } = state;
  const { local, memory } = snippets;
  if (!state.isLocal(local) || !state.roles.claimAddress(local)) {
    state.fail("isolation", `a mark reads local ${local}, which holds no address`, offset);
  }
  state.skipTo(end);
  counts.marks += 1;
  const wide = plan.spaces.memories[memory]?.addressType === "i64";
  if (!state.tracking || state.failed) {
    return { memory, base: unknownBase, displacement: 0, wide, page: false };
  }
  locals.read(local, offset);
  const sum = (locals.displacement[local] ?? 0) + snippets.displacement;
  const base = locals.base[local] ?? unknownBase;
  return { memory, base, displacement: wide ? sum : sum | 0, wide, page: false };
}

/** A mark that follows no store: where it came from is known, but not that it is in bounds. */
function mark(state: WalkState, offset: number): boolean {
  const marked = readMark(state, offset);
  if (marked !== undefined && state.tracking && !state.failed) {
    state.facts.add(marked.memory, marked.base, marked.displacement, false, offset);
  }
  return marked !== undefined;
}

/** A `mark-span`: where a loop follows in which its local stays within it, stores there need no mark. */
function markSpan(state: WalkState, offset: number): boolean {
  const { snippets, roles, counts } = state;
  const end = snippets.markSpan(offset);
  if (end < 0) return false;
  const { local, second: bound, third: stride, memory, displacement } = snippets;
  for (const named of [local, bound, stride]) {
    if (!state.isLocal(named) || !roles.claim(named, role.guest)) {
      state.fail("isolation", `a span is told by local ${named}, which is not the guest's`, offset);
      return true;
    }
  }
  state.skipTo(end);
  counts.marks += 1;
  if (!state.tracking || state.failed) return true;
  const loopEnd = state.spanLoops.look(end, state.bodyEnd, { local, bound, stride });
  state.span = { memory, local, displacement, start: end, end: loopEnd };
  return true;
}

/** A `charge`: passes over it, where it is one. */
export function charge(state: WalkState, offset: number): boolean {
  const end = state.snippets.charge(offset);
  if (end < 0) return false;
  state.cost.charge(state.snippets.weight);
  state.skipTo(end);
  state.counts.charges += 1;
  return true;
}

function chargeLength(state: WalkState, offset: number): boolean {
  const end = state.snippets.chargeLength(offset);
  if (end < 0) return false;
  const { local } = state.snippets;
  claimScratch(state, local, offset);
  state.skipTo(end);
  state.lengthCharged = end;
  if (state.tracking && !state.failed) teeLocal(state, local);
  return true;
}

function park(state: WalkState, offset: number): boolean {
  const end = state.snippets.park(offset);
  if (end < 0) return false;
  const { local, second, third } = state.snippets;
  claimScratch(state, local, offset);
  claimScratch(state, second, offset);
  if (third >= 0) claimScratch(state, third, offset);
  state.skipTo(end);
  if (!state.tracking || state.failed) return true;
  if (third >= 0) setLocal(state, third);
  setLocal(state, second);
  teeLocal(state, local);
  pushLocal(state, second);
  if (third >= 0) pushLocal(state, third);
  return true;
}

function claimScratch(state: WalkState, local: number, offset: number): void {
  if (state.isLocal(local) && state.roles.claim(local, role.scratch)) return;
  state.fail("isolation", `local ${local} is a scratch and something else`, offset);
}
