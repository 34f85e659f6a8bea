/**
 * An order of the functions in which, but for circles, callees come before their callers, and which functions
 * are in circles.
 *
 * R. Tarjan, "Depth-first search and linear graph algorithms" (1972): the order in which a depth-first search
 * leaves its nodes, and its strongly connected components. It needs no recursion, so that a chain of a
 * million functions is as good as any.
 */

import type { Survey } from "./survey.ts";

/** What is known of the calls between functions. */
export interface CallOrder {
  /** Body numbers, each once. */
  readonly order: Uint32Array;
  /** Of each body, 1 where calls lead from it back to it. */
  readonly circular: Uint8Array;
}

/**
 * Orders the bodies.
 *
 * @param importedFunctions how many functions are imported, whose indexes come first
 */
export function calleesFirst(
  { callees, calleeStarts }: Pick<Survey, "callees" | "calleeStarts">,
  importedFunctions: number,
): CallOrder {
  const count = calleeStarts.length - 1;
  const order = new Uint32Array(count);
  const circular = new Uint8Array(count);
  const next = calleeStarts.slice(0, count);
  // When a body was entered, from 1; the earliest one that is open and that it leads to.
  const entered = new Uint32Array(count);
  const earliest = new Uint32Array(count);
  const path = new Uint32Array(count);
  // Bodies whose component is not known yet.
  const open = new Uint8Array(count);
  const pending = new Uint32Array(count);
  let pendingCount = 0;
  let clock = 0;
  let done = 0;
  const enter = (body: number) => {
    clock += 1;
    entered[body] = earliest[body] = clock;
    open[body] = 1;
    pending[pendingCount++] = body;
  };
  const leave = (body: number) => {
    order[done++] = body;
    if (earliest[body] !== entered[body]) return;
    const alone = pending[pendingCount - 1] === body;
    for (let member = -1; member !== body;) {
      member = pending[--pendingCount] ?? body;
      open[member] = 0;
      if (!alone) circular[member] = 1;
    }
  };
  const reach = (body: number, when: number) => {
    if (when < (earliest[body] ?? 0)) earliest[body] = when;
  };
  for (let root = 0; root < count; root += 1) {
    if (entered[root] !== 0) continue;
    let depth = 0;
    path[0] = root;
    enter(root);
    while (depth >= 0) {
      const body = path[depth] ?? 0;
      const at = next[body] ?? 0;
      if (at === calleeStarts[body + 1]) {
        leave(body);
        depth -= 1;
        if (depth >= 0) reach(path[depth] ?? 0, earliest[body] ?? 0);
        continue;
      }
      next[body] = at + 1;
      const callee = (callees[at] ?? 0) - importedFunctions;
      if (callee < 0 || callee >= count) continue;
      if (callee === body) circular[body] = 1;
      if (entered[callee] === 0) {
        enter(callee);
        path[++depth] = callee;
      } else if (open[callee] === 1) reach(body, entered[callee] ?? 0);
    }
  }
  return { order, circular };
}
