/** Stores of every width, and steps of the pointers that they go through. */

import { address, memoryOffset } from "./addresses.ts";
import type { Kind } from "./kinds.ts";
import type { Scope } from "./scope.ts";

const kinds = ["i32", "i32", "i64", "f32", "f64", "v128"] as const;
/** Instructions by the type that is stored, each with its natural alignment as a power of two. */
const stores: Readonly<Record<typeof kinds[number], readonly (readonly [string, number])[]>> = {
  i32: [["i32.store", 2], ["i32.store8", 0], ["i32.store16", 1]],
  i64: [["i64.store", 3], ["i64.store8", 0], ["i64.store16", 1], ["i64.store32", 2]],
  f32: [["f32.store", 2]],
  f64: [["f64.store", 3]],
  v128: [["v128.store", 4]],
};

/** Writes one store. */
export function store(scope: Scope): void {
  const { random, world } = scope;
  const memory = random.below(world.memories.length);
  if (random.chance(0.1)) return atomicStore(scope, memory);
  address(scope, memory, 0);
  storeValue(scope, memory, memoryOffset(scope, memory));
}

const smallAndLargeSteps = [1, 1, 4, 4, 8, 8, 16, 16, 64, 64, 1000, 1024, 4096, -4];

/** Writes a step of a pointer. */
export function movePointer(
  scope: Scope,
  type: "i32" | "i64",
  pointer: number,
  steps: readonly number[] = smallAndLargeSteps,
): void {
  const { random, code } = scope;
  const from = random.chance(0.9) ? pointer : scope.pointer(type);
  const step = random.pick(steps);
  code.at("local.get", from).address(type, step).op(`${type}.add`).at("local.set", pointer);
}

/** Writes the value and the store; the address is on the stack. */
export function storeValue(scope: Scope, memory: number, offset: bigint): void {
  const { random, code } = scope;
  const kind = random.pick(kinds);
  scope.expression(kind, 2);
  if (kind === "v128" && random.chance(0.4)) {
    const [bits, lanes] = random.pick([[8, 16], [16, 8], [32, 4], [64, 2]] as const);
    code.op(`v128.store${bits}_lane`).memarg(0, memory, offset).u8(random.below(lanes));
    return;
  }
  const [name, alignment] = random.pick(
    stores[kind as Exclude<Kind, "exnref"> & keyof typeof stores],
  );
  code.op(name).memarg(random.between(0, alignment), memory, offset);
}

/** Atomics are for memories that are not shared too; they trap where they are not aligned. */
function atomicStore(scope: Scope, memory: number): void {
  const { random, code, world } = scope;
  const type = world.memories[memory]?.address ?? "i32";
  const kind = random.pick(["i32", "i64"] as const);
  address(scope, memory, 0);
  if (random.chance(0.8)) code.address(type, -8).op(`${type}.and`);
  scope.expression(kind, 2);
  const offset = BigInt(random.below(20) * 8);
  const alignment = kind === "i32" ? 2 : 3;
  switch (random.below(3)) {
    case 0:
      code.op(`${kind}.atomic.store`).memarg(alignment, memory, offset);
      return;
    case 1:
      code.op(`${kind}.atomic.rmw8.add_u`).memarg(0, memory, offset);
      break;
    default:
      scope.expression(kind, 2);
      code.op(`${kind}.atomic.rmw.cmpxchg`).memarg(alignment, memory, offset);
  }
  code.at("local.set", scope.anyLocal(kind));
}
