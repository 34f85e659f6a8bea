/** Calls of every kind: direct, through tables and references, and as a function's last act. */

import type { Kind } from "./kinds.ts";
import type { Scope } from "./scope.ts";

/** Writes a call that leaves these results; answers whether there is any such function. */
export function callFor(scope: Scope, results: readonly Kind[], depth: number): boolean {
  return callWith(scope, results, depth, ["call", "call_indirect", "call_ref"]);
}

/** Writes a call in the place of a return. */
export function tailCall(scope: Scope, depth: number): boolean {
  return callWith(scope, scope.signature.results, depth, [
    "return_call",
    "return_call_indirect",
    "return_call_ref",
  ]);
}

function callWith(
  scope: Scope,
  results: readonly Kind[],
  depth: number,
  names: readonly [direct: string, indirect: string, byReference: string],
): boolean {
  const { random, code, world } = scope;
  const targets = scope.functionsWith(results);
  if (targets.length === 0) return false;
  const target = random.pick(targets);
  const { type, params } = scope.typeOfFunction(target);
  for (const param of params) scope.expression(param, depth + 1);
  const tables = world.tables.flatMap(({ element }, index) => element === "funcref" ? [index] : []);
  random.weighted<() => void>([
    [5, () => code.at(names[0], target)],
    [tables.length > 0 ? 2 : 0, () => {
      const table = random.pick(tables);
      const { address, min } = world.tables[table] ?? { address: "i32", min: 1 };
      code.address(address, random.below(Math.min(min, 12)));
      code.at(names[1], type, table);
    }],
    [2, () => code.at("ref.func", target).at(names[2], type)],
  ])();
  return true;
}
