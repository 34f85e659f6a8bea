/** Structs and arrays on the engine's heap, and small integers in references. */

import { fieldOf, fixedType } from "./kinds.ts";
import { constant, leaf } from "./leaves.ts";
import type { Scope } from "./scope.ts";

/** No array is longer than this and some. */
const lengthMask = 0x3ff;

/** Writes an expression that makes an object or reads from one; null ones trap. */
export function objectExpression(
  scope: Scope,
  kind: "i32" | "i64" | "anyref" | "struct" | "array",
  depth: number,
): void {
  const { random, code } = scope;
  switch (kind) {
    case "struct":
      return makeStruct(scope, depth);
    case "array":
      return makeArray(scope, depth);
    case "anyref":
      if (random.chance(0.3)) return scope.expression(random.pick(["struct", "array"]), depth);
      scope.expression("i32", depth);
      code.op("ref.i31");
      return;
    default:
      if (random.chance(0.3)) return leaf(scope, kind);
      if (kind === "i32" && random.chance(0.6)) return question(scope, depth);
      scope.expression("struct", depth);
      code.at("struct.get", fixedType.struct, fieldOf(kind));
  }
}

function question(scope: Scope, depth: number): void {
  const { random, code } = scope;
  random.weighted<() => void>([
    [2, () => {
      scope.expression(random.pick(["funcref", "externref", "anyref", "struct"]), depth);
      code.op("ref.is_null");
    }],
    [1, () => {
      scope.expression("array", depth);
      code.op("array.len");
    }],
    [1, () => {
      scope.expression("array", depth);
      scope.expression("i32", depth);
      code.i32(3).op("i32.and").at("array.get", fixedType.array);
    }],
    [1, () => {
      scope.expression("anyref", depth);
      code.u8(0xfb).u32(20).u8(0x6c); // ref.test (ref i31)
    }],
  ])();
}

function makeStruct(scope: Scope, depth: number): void {
  if (scope.random.chance(0.3)) {
    scope.code.at("struct.new_default", fixedType.struct);
    return;
  }
  scope.expression("i32", depth);
  scope.expression("i64", depth);
  scope.expression("anyref", depth);
  scope.code.at("struct.new", fixedType.struct);
}

function makeArray(scope: Scope, depth: number): void {
  const { random, code, world } = scope;
  random.weighted<() => void>([
    [2, () => {
      constant(scope, "i32");
      constant(scope, "i32");
      code.at("array.new_fixed", fixedType.array, 2);
    }],
    [2, () => {
      scope.expression("i32", depth);
      length(scope, depth);
      code.at("array.new", fixedType.array);
    }],
    [2, () => {
      length(scope, depth);
      code.at("array.new_default", fixedType.array);
    }],
    [world.data.length > 0 ? 1 : 0, () => {
      code.i32(random.below(4)).i32(random.chance(0.9) ? 0 : random.below(12));
      code.at("array.new_data", fixedType.array, random.below(world.data.length));
    }],
  ])();
}

/** Writes a length, within bounds. */
export function length(scope: Scope, depth: number): void {
  scope.expression("i32", depth);
  scope.code.i32(lengthMask).op("i32.and");
}
