/**
 * What calls cost before their callees pay: callees first, so that each function is looked at twice at
 * most. Calls at points that are not paid must form no circle, or there would be no end to what is free.
 */

import { freeUnitsMax } from "./constants.ts";
import { walk } from "./walk.ts";
import type { WalkState } from "./walk_state.ts";

/** Fills in the state's `free` for every guest function. */
export function findFreeCosts(state: WalkState): void {
  const { free } = state;
  for (let body = 0; body < free.length; body += 1) {
    if (paysAtOnce(state, body)) free[body] = 0;
  }
  const begun = new Uint8Array(free.length);
  for (let body = 0; body < free.length; body += 1) {
    if ((free[body] ?? 0) < 0) findFrom(state, body, begun);
  }
  // The walks for costs count what the others count again.
  Object.assign(state.counts, { loops: 0, charges: 0, marks: 0, stores: 0, coveredStores: 0 });
}

function findFrom(state: WalkState, first: number, begun: Uint8Array): void {
  const { free } = state;
  const pending = [first];
  while (pending.length > 0) {
    const body = pending[pending.length - 1] ?? 0;
    if ((free[body] ?? 0) >= 0) {
      pending.pop();
      continue;
    }
    begun[body] = 1;
    walk(state, body, "costs");
    const missing = state.failed ? [] : state.missing;
    if (missing.length === 0) {
      // A function with a mistake is named by the walk over everything.
      free[body] = state.failed ? 0 : Math.min(state.cost.free, freeUnitsMax);
      continue;
    }
    for (const callee of missing) {
      if ((free[callee] ?? 0) >= 0) continue;
      if (begun[callee] === 1) {
        reportCircle(state, body, callee);
        free[callee] = freeUnitsMax;
      } else pending.push(callee);
    }
  }
}

function reportCircle(state: WalkState, body: number, callee: number): void {
  const { importedFunctions } = state.plan.spaces;
  state.enter(body, "everything");
  const message = `calls at points that are not paid go round by function ${
    callee + importedFunctions
  }`;
  state.fail("preempt", message, state.plan.module.code.starts[body]);
}

/** Whether a function begins with a charge: then nothing in it is free, whatever follows. */
function paysAtOnce(state: WalkState, body: number): boolean {
  const { cursor, plan, runs } = state;
  const { code } = plan.module;
  cursor.enterBody(code, body);
  runs.enter(body, code.starts[body] ?? 0);
  const { offset } = cursor;
  runs.next();
  return offset < runs.start && state.snippets.charge(offset) >= 0;
}
