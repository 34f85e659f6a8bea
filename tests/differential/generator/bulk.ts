/** Bulk operations, and what grows and drops. */

import { address, near } from "./addresses.ts";
import type { Scope } from "./scope.ts";
import { tableOperation } from "./table_operations.ts";

/** Writes one of them. */
export function bulk(scope: Scope): void {
  const { random, world } = scope;
  const memory = random.below(world.memories.length);
  random.weighted<() => void>([
    [3, () => fill(scope, memory)],
    [3, () => copy(scope, memory)],
    [world.data.length > 0 ? 3 : 0, () => init(scope, memory)],
    [4, () => grow(scope, memory)],
    [world.data.length > 0 ? 2 : 0, () => {
      scope.code.at("data.drop", random.below(world.data.length));
    }],
    [1, () => scope.code.at("elem.drop", random.below(world.elements.length))],
    [8, () => tableOperation(scope, random.below(world.tables.length))],
  ])();
}

function fill(scope: Scope, memory: number): void {
  place(scope, memory);
  scope.expression("i32", 2);
  size(scope, memory, scope.world.memories[memory]?.address ?? "i32");
  scope.code.at("memory.fill", memory);
}

function copy(scope: Scope, to: number): void {
  const { random, world, code } = scope;
  const from = random.chance(0.6) ? to : random.below(world.memories.length);
  const both = [to, from].every((memory) => world.memories[memory]?.address === "i64");
  place(scope, to);
  place(scope, from);
  size(scope, to, both ? "i64" : "i32");
  code.at("memory.copy", to, from);
}

function init(scope: Scope, memory: number): void {
  const { random, world, code } = scope;
  const segment = random.below(world.data.length);
  const bytes = world.data[segment]?.bytes ?? 0;
  place(scope, memory);
  const from = random.chance(0.7) ? 0 : random.below(bytes);
  const rest = bytes - from;
  code.i32(from).i32(
    random.chance(0.03) ? rest + 1 : random.pick([0, rest, random.below(rest + 1)]),
  );
  code.at("memory.init", segment, memory);
}

function grow(scope: Scope, memory: number): void {
  const { random, world, code } = scope;
  const type = world.memories[memory]?.address ?? "i32";
  code.address(type, random.pick([0, 1, 1, 2, -1, 100_000])).at("memory.grow", memory);
  if (random.chance(0.5)) code.at("local.set", scope.anyLocal(type));
  else code.op("drop");
}

/** Near, or right at a multiple of 64 KiB. */
function place(scope: Scope, memory: number): void {
  const { random, world, code } = scope;
  const { address: type, min } = world.memories[memory] ?? { address: "i32", min: 1 };
  random.weighted<() => void>([
    [3, () => near(scope, memory, 1)],
    [2, () => address(scope, memory, 1)],
    [2, () => code.address(type, random.below(Math.max(min - 1, 1)) * 65_536)],
    [2, () => code.address(type, random.below(50))],
  ])();
}

/** In bounds for most places within the memory, where it is large enough for more than one piece. */
function size(scope: Scope, memory: number, type: "i32" | "i64"): void {
  const { random, code, world } = scope;
  const room = (world.memories[memory]?.min ?? 1) * 65_536;
  const pieces = [65_535, 65_536, 65_537, 131_072, 131_100, 196_608, 200_000].filter((bytes) =>
    bytes < room || random.chance(0.05)
  );
  random.weighted<() => void>([
    [16, () => code.address(type, random.below(300))],
    [8, () => code.address(type, random.below(9000))],
    [pieces.length > 0 ? 16 : 0, () => code.address(type, random.pick(pieces))],
    [1, () => code.address(type, -1)],
    [1, () => scope.expression(type, 2)],
  ])();
}
