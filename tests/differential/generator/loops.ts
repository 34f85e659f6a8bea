/** Loops: counted ones that stream over a memory, and free ones that pay for each turn. */

import { near } from "./addresses.ts";
import type { Scope } from "./scope.ts";
import { movePointer, storeValue } from "./stores.ts";

const shortSteps = [1, 4, 8, 16];
const longSteps = [8, 64, 1024, 4096];

/** Writes a loop. */
export function loop(scope: Scope): void {
  scope.random.weighted<() => void>([
    [4, () => counted(scope)],
    [2, () => countedFromTheStart(scope)],
    [3, () => free(scope)],
  ])();
}

/** Ends the guest where its steps are used up. */
export function spendFuel({ code, world }: Scope): void {
  code.at("global.get", world.fuel).i32(1).op("i32.sub").at("global.set", world.fuel);
  code.at("global.get", world.fuel).i32(0).op("i32.lt_s").op("if").u8(0x40);
  code.op("unreachable").op("end");
}

/**
 * Its counter is no one else's, and its label cannot be branched to: it needs fuel only where it contains other
 * statements, which may be loops and calls.
 */
function counted(scope: Scope): void {
  const { random, code, world } = scope;
  const memory = random.below(world.memories.length);
  const type = world.memories[memory]?.address ?? "i32";
  const pointer = scope.pointer(type);
  const counter = scope.newLocal("i32");
  const nested = scope.labels.filter(({ open }) => !open).length;
  const turns = nested > 0 ? random.between(1, 12) : random.pick([1, 3, 20, 100, 600]);
  near(scope, memory, 1);
  code.at("local.set", pointer);
  code.i32(turns).at("local.set", counter);
  code.op("loop").u8(0x40);
  scope.within({ operands: [], open: false, caught: false }, () => {
    if (random.chance(0.8)) {
      code.at("local.get", pointer);
      storeValue(scope, memory, BigInt(random.pick([0, 0, 8, 1020, 1024, 5000])));
    }
    if (random.chance(turns > 20 ? 0.2 : 0.7)) {
      spendFuel(scope);
      scope.statements(3);
    }
    movePointer(scope, type, pointer, turns > 20 ? shortSteps : longSteps);
    if (random.chance(0.3)) {
      code.at("local.get", pointer);
      storeValue(scope, memory, BigInt(random.below(32)));
    }
    code.at("local.get", counter).i32(1).op("i32.sub").at("local.tee", counter);
    code.at("br_if", 0);
  });
  code.op("end");
}

/** The form of `while`: it asks first, and turns at its end. */
function countedFromTheStart(scope: Scope): void {
  const { random, code, world } = scope;
  const memory = random.below(world.memories.length);
  const type = world.memories[memory]?.address ?? "i32";
  const pointer = scope.pointer(type);
  const counter = scope.newLocal("i32");
  const closed = { operands: [], open: false, caught: false };
  if (random.chance(0.7)) near(scope, memory, 1);
  else code.at("local.get", scope.pointer(type));
  code.at("local.set", pointer).i32(0).at("local.set", counter);
  code.op("block").u8(0x40);
  scope.within({ operands: [], open: true, caught: false }, () => {
    code.op("loop").u8(0x40);
    scope.within(closed, () => {
      code.at("local.get", counter).i32(random.pick([0, 1, 7, 40])).op("i32.ge_u").at("br_if", 1);
      if (random.chance(0.4)) {
        spendFuel(scope);
        scope.statements(2);
      }
      code.at("local.get", pointer);
      storeValue(scope, memory, BigInt(random.pick([0, 4, 1020, 1024])));
      movePointer(scope, type, pointer, [1, 8, 64, 4096]);
      code.at("local.get", counter).i32(1).op("i32.add").at("local.set", counter);
      code.at("br", 0);
    });
    code.op("end");
  });
  code.op("end");
}

function free(scope: Scope): void {
  const { random, code } = scope;
  if (random.chance(0.5)) code.op("block").u8(0x40);
  else code.op("loop").u8(0x40);
  scope.within({ operands: [], open: true, caught: false }, () => {
    spendFuel(scope);
    code.op("loop").u8(0x40);
    scope.within({ operands: [], open: true, caught: false }, () => {
      spendFuel(scope);
      scope.statements(5);
      scope.expression("i32");
      code.i32(3).op("i32.and").at("br_if", random.below(2) === 0 ? 0 : 1);
    });
    code.op("end");
  });
  code.op("end");
}
