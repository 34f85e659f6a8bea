/** Expressions of each type, by chance: what is written leaves one value. */

import { callFor } from "./calls.ts";
import type { Kind } from "./kinds.ts";
import { leaf } from "./leaves.ts";
import { objectExpression } from "./objects.ts";
import type { Scope } from "./scope.ts";
import { integer, real } from "./numbers.ts";
import { structured } from "./structured.ts";
import { vector } from "./vectors.ts";

/** Deeper expressions are constants or locals. */
const depthMax = 4;

/** Writes an expression. */
export function expression(scope: Scope, kind: Kind, depth: number): void {
  const { random } = scope;
  if (depth >= depthMax || random.chance(0.35)) return leaf(scope, kind);
  if (random.chance(0.06) && callFor(scope, [kind], depth + 1)) return;
  if (random.chance(0.08)) return structured(scope, kind, depth + 1);
  switch (kind) {
    case "i32":
    case "i64":
      return integer(scope, kind, depth + 1);
    case "f32":
    case "f64":
      return real(scope, kind, depth + 1);
    case "v128":
      return vector(scope, depth + 1);
    case "exnref":
      return leaf(scope, kind);
    default:
      return reference(scope, kind, depth + 1);
  }
}

function reference(
  scope: Scope,
  kind: "funcref" | "externref" | "anyref" | "struct" | "array",
  depth: number,
): void {
  const { random, code, world } = scope;
  const tables = world.tables.flatMap((table, index) => table.element === kind ? [index] : []);
  if (tables.length > 0 && random.chance(0.5)) {
    const table = random.pick(tables);
    const { address: type, min } = world.tables[table] ?? { address: "i32", min: 1 };
    if (random.chance(0.95)) code.address(type, random.below(min));
    else expression(scope, type, depth);
    code.at("table.get", table);
    return;
  }
  if (kind === "struct" || kind === "array" || kind === "anyref") {
    return objectExpression(scope, kind, depth);
  }
  leaf(scope, kind);
}
