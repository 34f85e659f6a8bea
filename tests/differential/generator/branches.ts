/** Branches of every kind. */

import type { Scope } from "./scope.ts";

/** Writes a branch, most under a condition: what follows one without is never reached. */
export function branch(scope: Scope): void {
  const { random, code } = scope;
  const target = random.pick(scope.labels.flatMap(({ open }, index) => open ? [index] : []));
  const operands = scope.labels[target]?.operands ?? [];
  const index = scope.labelIndex(target);
  random.weighted<() => void>([
    [5, () => {
      for (const kind of operands) scope.expression(kind, 2);
      scope.expression("i32", 1);
      code.at("br_if", index);
      for (let left = operands.length; left > 0; left -= 1) code.op("drop");
    }],
    [3, () => {
      const fitting = scope.targets(operands);
      for (const kind of operands) scope.expression(kind, 2);
      scope.expression("i32", 1);
      const places = Array.from({ length: random.between(1, 4) }, () => random.pick(fitting));
      code.at("br_table", places.length - 1, ...places.map((label) => scope.labelIndex(label)));
    }],
    [1, () => {
      for (const kind of operands) scope.expression(kind, 2);
      code.at("br", index);
    }],
    [1, () => {
      for (const kind of scope.signature.results) scope.expression(kind, 2);
      code.op("return");
    }],
  ])();
}
