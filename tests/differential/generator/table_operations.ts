/** What changes tables, piece by piece and in bulk. */

import type { Kind } from "./kinds.ts";
import { length } from "./objects.ts";
import type { Scope } from "./scope.ts";

/** Writes one such operation. */
export function tableOperation(scope: Scope, table: number): void {
  const { random, world, code } = scope;
  const { address: type, element, min } = world.tables[table] ??
    { address: "i32", element: "funcref", min: 1 };
  const index = () => {
    if (random.chance(0.6)) code.address(type, random.below(Math.min(min, 3)));
    else if (random.chance(0.9)) code.address(type, random.below(min));
    else scope.expression(type, 2);
  };
  const count = (most: number) => {
    const pieces = [0, 1, 2, 1024, 1025, 2100].filter((count) => count + 2 < most);
    if (random.chance(0.9) && pieces.length > 0) code.address(type, random.pick(pieces));
    else code.address(type, random.pick([0, min, random.below(most + 2), -1]));
  };
  const value = () => scope.expression(element, 2);
  const sources = segments(scope, element);
  random.weighted<() => void>([
    [4, () => {
      index();
      value();
      code.at("table.set", table);
    }],
    [2, () => {
      index();
      value();
      count(min);
      code.at("table.fill", table);
    }],
    [2, () => tableCopy(scope, table, index, count)],
    [sources.length > 0 ? 3 : 0, () => {
      index();
      const segment = random.pick(sources);
      const items = world.elements[segment]?.count ?? 0;
      const most = random.chance(0.9) ? Math.min(items, min - 2) : items + 1;
      code.i32(0).i32(random.below(Math.max(most, 0) + 1)).at("table.init", segment, table);
    }],
    [1, () => {
      value();
      code.address(type, random.pick([0, 1, 5, 2000, -1])).at("table.grow", table);
      code.at("local.set", scope.anyLocal(type));
    }],
    [1, () => code.at("table.size", table).at("local.set", scope.anyLocal(type))],
    [1, () => arrayFill(scope)],
  ])();
}

function tableCopy(scope: Scope, to: number, index: () => void, count: (most: number) => void) {
  const { random, world, code } = scope;
  const target = world.tables[to];
  const sources = world.tables.flatMap(({ element, address: type }, table) =>
    // One address type, so that one size fits both.
    element === target?.element && type === target.address ? [table] : []
  );
  const from = random.pick(sources);
  index();
  code.address(target?.address ?? "i32", random.below(Math.min(world.tables[from]?.min ?? 1, 3)));
  count(target?.min ?? 0);
  code.at("table.copy", to, from);
}

function segments({ world }: Scope, element: Kind): number[] {
  return world.elements.flatMap(({ kind }, index) => kind === element ? [index] : []);
}

function arrayFill(scope: Scope): void {
  scope.expression("array", 2);
  scope.code.i32(0);
  scope.expression("i32", 2);
  length(scope, 2);
  scope.code.at("array.fill", 1);
}
