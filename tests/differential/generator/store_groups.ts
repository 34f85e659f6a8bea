/** Groups of stores upon one address, as compilers write them for structures. */

import { near } from "./addresses.ts";
import type { Scope } from "./scope.ts";
import { movePointer, storeValue } from "./stores.ts";

/** Writes stores upon one pointer, which may move in between, in blocks and branches too. */
export function storeGroup(scope: Scope): void {
  const { random, code, world } = scope;
  const memory = random.below(world.memories.length);
  const type = world.memories[memory]?.address ?? "i32";
  const pointer = scope.pointer(type);
  if (random.chance(0.4)) {
    near(scope, memory, 1);
    code.at("local.set", pointer);
  }
  for (let count = random.between(2, 6); count > 0; count -= 1) {
    random.weighted<() => void>([
      [8, () => {
        code.at("local.get", pointer);
        if (random.chance(0.4)) {
          code.address(type, nearbyDisplacement(scope)).op(
            `${type}.${random.pick(["add", "sub"])}`,
          );
        }
        storeValue(scope, memory, nearbyOffset(scope));
      }],
      [1, () => movePointer(scope, type, pointer)],
      [1, () => scope.statements(1)],
      [1, () => {
        scope.expression("i32");
        code.op("if").u8(0x40);
        scope.within({ operands: [], open: true, caught: false }, () => {
          code.at("local.get", pointer);
          storeValue(scope, memory, nearbyOffset(scope));
          if (random.chance(0.3)) movePointer(scope, type, pointer);
          if (random.chance(0.5)) {
            code.op("else").at("local.get", pointer);
            storeValue(scope, memory, nearbyOffset(scope));
          }
        });
        code.op("end");
      }],
    ])();
  }
}

function nearbyOffset({ random }: Scope): bigint {
  return BigInt(random.weighted([
    [6, random.below(64)],
    [3, random.between(980, 1030)],
    [2, random.below(2000)],
    [1, random.between(4080, 4100)],
  ]));
}

function nearbyDisplacement({ random }: Scope): number {
  return random.weighted([
    [5, random.below(64)],
    [2, -random.below(64)],
    [2, random.between(980, 1030)],
    [1, random.between(4000, 4200)],
  ]);
}
