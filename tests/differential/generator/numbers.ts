/** Numbers: arithmetic, comparisons, conversions, loads. */

import { address, memoryOffset } from "./addresses.ts";
import { leaf } from "./leaves.ts";
import { objectExpression } from "./objects.ts";
import type { Scope } from "./scope.ts";

const operators = "add sub mul and or xor shl shr_s shr_u rotl".split(" ");
const comparisons = "eq ne lt_s lt_u gt_s gt_u le_s ge_u".split(" ");

/** Writes an expression that leaves an integer. */
export function integer(scope: Scope, kind: "i32" | "i64", depth: number): void {
  const { random, code, world } = scope;
  const other = kind === "i32" ? "i64" : "i32";
  random.weighted<() => void>([
    [10, () => {
      scope.expression(kind, depth);
      scope.expression(kind, depth);
      code.op(`${kind}.${random.pick(operators)}`);
    }],
    [1, () => {
      scope.expression(kind, depth);
      scope.expression(kind, depth);
      // Division by zero is a trap; that of no more than one module in some.
      if (random.chance(0.9)) code.address(kind, 1).op(`${kind}.or`);
      code.op(`${kind}.${random.pick(["div_s", "div_u", "rem_s", "rem_u"])}`);
    }],
    [4, () => load(scope, kind, depth)],
    [2, () => {
      scope.expression(other, depth);
      code.op(kind === "i32" ? "i32.wrap_i64" : "i64.extend_i32_u");
    }],
    [2, () => {
      const local = scope.anyLocal(kind);
      scope.expression(kind, depth);
      code.at("local.tee", local);
    }],
    [2, () => {
      const found = world.memories.flatMap((each, index) => each.address === kind ? [index] : []);
      if (found.length > 0) code.at("memory.size", random.pick(found));
      else leaf(scope, kind);
    }],
    [2, () => {
      if (kind === "i64") return leaf(scope, kind);
      const compared = random.pick(["i32", "i64"] as const);
      scope.expression(compared, depth);
      scope.expression(compared, depth);
      code.op(`${compared}.${random.pick(comparisons)}`);
    }],
    [2, () => objectExpression(scope, kind, depth)],
    [1, () => {
      scope.expression("v128", depth);
      code.op(kind === "i32" ? "i32x4.extract_lane" : "i64x2.extract_lane").u8(random.below(2));
    }],
    [1, () => {
      const from = random.pick(["f32", "f64"]) as "f32" | "f64";
      scope.expression(from, depth);
      code.op(`${kind}.trunc_sat_${from}_${random.pick(["s", "u"])}`);
    }],
  ])();
}

/** Writes one that leaves a real number; one that is not a number becomes 0, for its bits are the engine's choice. */
export function real(scope: Scope, kind: "f32" | "f64", depth: number): void {
  const { random, code } = scope;
  const local = scope.newLocal(kind);
  random.weighted<() => void>([
    [3, () => {
      scope.expression(kind, depth);
      scope.expression(kind, depth);
      code.op(`${kind}.${random.pick(["add", "sub", "mul", "div", "min", "max"])}`);
    }],
    [2, () => load(scope, kind, depth)],
    [2, () => {
      scope.expression("i64", depth);
      code.op(`${kind}.convert_i64_s`);
    }],
  ])();
  code.at("local.tee", local);
  if (kind === "f32") code.f32(0);
  else code.f64(0);
  code.at("local.get", local).at("local.get", local).op(`${kind}.eq`).op("select");
}

const loads: Readonly<
  Record<"i32" | "i64" | "f32" | "f64", readonly (readonly [string, number])[]>
> = {
  i32: [["load", 2], ["load8_s", 0], ["load8_u", 0], ["load16_s", 1], ["load16_u", 1]],
  i64: [["load", 3], ["load8_u", 0], ["load16_s", 1], ["load32_u", 2]],
  f32: [["load", 2]],
  f64: [["load", 3]],
};

function load(scope: Scope, kind: "i32" | "i64" | "f32" | "f64", depth: number): void {
  const { random, code, world } = scope;
  const memory = random.below(world.memories.length);
  address(scope, memory, depth);
  const [name, alignment] = random.pick(loads[kind]);
  code.op(`${kind}.${name}`).memarg(
    random.between(0, alignment),
    memory,
    memoryOffset(scope, memory),
  );
}
