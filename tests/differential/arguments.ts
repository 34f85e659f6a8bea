/** Arguments for functions, by their types. */

import type { FunctionType, ValueType } from "@skerry/wasm";
import type { HostValues } from "./descriptions.ts";
import type { Random } from "./random.ts";

/** Whether the host can call such a function: neither vectors nor exceptions cross over. */
export function isCallable({ params, results }: FunctionType): boolean {
  return [...params, ...results].every(crosses);
}

/** Arguments by chance. */
export function argumentsFor(
  { params }: FunctionType,
  random: Random,
  values: HostValues,
): unknown[] {
  return params.map((type) => argument(type, random, values));
}

function crosses(type: ValueType): boolean {
  if (type === "v128") return false;
  return typeof type === "string" || (type.heap !== "exn" && type.heap !== "noexn");
}

function argument(type: ValueType, random: Random, values: HostValues): unknown {
  switch (type) {
    case "i32":
      return integer(random);
    case "i64":
      return random.chance(0.8)
        ? BigInt(integer(random))
        : BigInt.asIntN(64, BigInt(random.bits()) << 32n | BigInt(random.bits()));
    case "f32":
    case "f64":
      return random.pick([0, -0, 1.5, -3, 65536, 1e10, -1e300, integer(random)]);
    case "v128":
      return 0;
    default:
      switch (type.heap) {
        case "extern":
          return values.value(random.between(type.nullable ? 0 : 1, 4));
        case "any":
        case "eq":
        case "i31":
          return type.nullable && random.chance(0.3) ? null : random.below(1000);
        default:
          return null;
      }
  }
}

function integer(random: Random): number {
  return random.weighted<() => number>([
    [4, () => random.below(16)],
    [3, () => random.below(65_536)],
    [2, () => random.below(1 << 19)],
    [1, () => random.below(16) * 4096 + random.between(-9, 9)],
    [1, () => random.bits() | 0],
    [1, () => -random.below(20)],
  ])();
}
