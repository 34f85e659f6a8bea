/** Vectors: integer lanes alone, since those of real numbers may be no numbers. */

import { address, memoryOffset } from "./addresses.ts";
import type { Scope } from "./scope.ts";

/** Writes an expression that leaves a vector. */
export function vector(scope: Scope, depth: number): void {
  const { random, code, world } = scope;
  const memory = random.below(world.memories.length);
  random.weighted<() => void>([
    [3, () => {
      scope.expression("i32", depth);
      code.op(random.pick(["i8x16.splat", "i16x8.splat", "i32x4.splat"]));
    }],
    [3, () => {
      scope.expression("v128", depth);
      scope.expression("v128", depth);
      code.op(random.pick(["v128.xor", "i32x4.add", "i64x2.sub", "i16x8.mul", "i8x16.swizzle"]));
    }],
    [2, () => {
      address(scope, memory, depth);
      const [name, alignment] = random.pick(
        [["v128.load", 4], ["v128.load8_splat", 0], ["v128.load32_zero", 2]] as const,
      );
      code.op(name).memarg(random.between(0, alignment), memory, memoryOffset(scope, memory));
    }],
    [1, () => {
      address(scope, memory, depth);
      scope.expression("v128", depth);
      code.op("v128.load16_lane").memarg(0, memory, memoryOffset(scope, memory)).u8(
        random.below(8),
      );
    }],
  ])();
}
