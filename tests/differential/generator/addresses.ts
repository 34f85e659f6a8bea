/** Addresses and offsets: near the slack, near page ends, beyond; from locals, sums, shifts and constants. */

import type { Scope } from "./scope.ts";

/** Writes an address in a memory: most lie within it or near its end. */
export function address(scope: Scope, memory: number, depth: number): void {
  const { random, code, world } = scope;
  const type = world.memories[memory]?.address ?? "i32";
  random.weighted<() => void>([
    [6, () => code.at("local.get", scope.pointer(type))],
    [4, () => {
      code.at("local.get", scope.pointer(type)).address(type, displacement(scope));
      code.op(`${type}.${random.pick(["add", "add", "sub"])}`);
    }],
    [3, () => code.address(type, constantAddress(scope, memory))],
    [2, () => {
      code.at("local.get", scope.pointer(type));
      code.at("local.get", scope.pointer(type)).address(type, random.chance(0.9) ? 0 : 2).op(
        `${type}.shl`,
      );
      code.op(`${type}.add`);
      if (random.chance(0.4)) code.address(type, displacement(scope)).op(`${type}.add`);
    }],
    [2, () => {
      const pointer = scope.pointer(type);
      near(scope, memory, depth);
      code.at("local.tee", pointer);
    }],
    [2, () => near(scope, memory, depth)],
    [random.chance(0.1) ? 1 : 0, () => scope.expression(type, depth + 1)],
  ])();
}

/** Writes an expression whose value lies within the memory, if it has pages. */
export function near(scope: Scope, memory: number, depth: number): void {
  const { random, code, world } = scope;
  const { address: type, min } = world.memories[memory] ?? { address: "i32", min: 1 };
  if (random.chance(0.3)) {
    code.address(type, constantAddress(scope, memory));
    return;
  }
  const mask = random.pick([0xff, 0x1fff, 0x7ff8, 0xb000, min > 1 ? 0xffff : 0xbfff]);
  scope.expression(type, depth + 1);
  code.address(type, mask).op(`${type}.and`);
  // Just before a page's end, where a store of more than one byte straddles it; or with room below, so that
  // most displacements downwards stay in bounds.
  if (mask === 0xb000) code.address(type, random.between(4080, 4095)).op(`${type}.or`);
  else if (random.chance(0.8)) code.address(type, 0x2000).op(`${type}.or`);
}

/** Writes statements that put every pointer of the function somewhere near. */
export function pointToMemory(scope: Scope): void {
  const { code, world, random } = scope;
  for (const type of ["i32", "i64"] as const) {
    const memory = world.memories.findIndex((each) => each.address === type);
    if (memory < 0) continue;
    const count = random.between(1, 3);
    for (let pointer = 0; pointer < count; pointer += 1) {
      const local = scope.newLocal(type);
      near(scope, memory, 2);
      code.at("local.set", local);
      scope.pointers[type].push(local);
    }
  }
}

/** The offset of a load or store. */
export function memoryOffset({ random, world }: Scope, memory: number): bigint {
  const wide = world.memories[memory]?.address === "i64";
  return BigInt(random.weighted([
    [80, 0],
    [80, random.below(64)],
    [40, random.between(1000, 1032)],
    [20, random.between(4080, 4100)],
    [10, random.below(9000)],
    [2, random.between(65_520, 65_540)],
    [1, random.pick(wide ? [2 ** 32, 2 ** 47] : [2 ** 31, 2 ** 32 - 1])],
  ]));
}

function displacement({ random }: Scope): number {
  const size = random.weighted([
    [80, random.below(40)],
    [40, random.between(1000, 1040)],
    [20, random.between(4070, 4100)],
    [3, random.below(70_000)],
    [1, 2 ** 31 - random.below(70_000)],
    [1, 2 ** 30],
  ]);
  return random.chance(0.2) ? -size : size;
}

function constantAddress({ random, world }: Scope, memory: number): number {
  const bytes = (world.memories[memory]?.min ?? 1) * 65_536;
  return random.weighted([
    [40, random.below(Math.max(bytes - 16_384, 1))],
    [20, Math.max(0, 4096 * random.between(1, Math.max(1, bytes / 4096 - 2)) - random.below(17))],
    [2, Math.max(0, bytes - random.below(20))],
    [20, random.below(64)],
    [1, bytes + random.below(4000)],
  ]);
}
