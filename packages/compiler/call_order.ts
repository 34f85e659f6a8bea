/**
 * An order of the functions in which, but for circles, callees come before their callers.
 *
 * R. Tarjan, "Depth-first search and linear graph algorithms" (1972), without the grouping into components:
 * the order in which a depth-first search leaves its nodes. It needs no recursion, so that a chain of a
 * million functions is as good as any.
 */

import type { Survey } from "./survey.ts";

/**
 * Orders the bodies.
 *
 * @param importedFunctions how many functions are imported, whose indexes come first
 * @returns body numbers, each once
 */
export function calleesFirst(
  { callees, calleeStarts }: Pick<Survey, "callees" | "calleeStarts">,
  importedFunctions: number,
): Uint32Array {
  const count = calleeStarts.length - 1;
  const order = new Uint32Array(count);
  const next = calleeStarts.slice(0, count);
  const seen = new Uint8Array(count);
  const path = new Uint32Array(count);
  let done = 0;
  for (let root = 0; root < count; root += 1) {
    if (seen[root] === 1) continue;
    let depth = 0;
    path[0] = root;
    seen[root] = 1;
    while (depth >= 0) {
      const body = path[depth] ?? 0;
      const at = next[body] ?? 0;
      if (at === calleeStarts[body + 1]) {
        order[done++] = body;
        depth -= 1;
        continue;
      }
      next[body] = at + 1;
      const callee = (callees[at] ?? 0) - importedFunctions;
      if (callee < 0 || callee >= count || seen[callee] === 1) continue;
      seen[callee] = 1;
      path[++depth] = callee;
    }
  }
  return order;
}
