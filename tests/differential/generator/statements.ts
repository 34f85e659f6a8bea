/** Statements: what leaves nothing on the stack. */

import { branch } from "./branches.ts";
import { bulk } from "./bulk.ts";
import { callFor, tailCall } from "./calls.ts";
import { exception } from "./exceptions.ts";
import { fieldOf, fixedType, type Kind } from "./kinds.ts";
import { loop } from "./loops.ts";
import type { Label, Scope } from "./scope.ts";
import { storeGroup } from "./store_groups.ts";
import { movePointer, store } from "./stores.ts";
import { typeIndexOf } from "./world.ts";

const depthMax = 6;
const plainLabel: Label = { operands: [], open: true, caught: false };

/** Writes at least one statement and at most so many. */
export function statements(scope: Scope, most: number): void {
  for (let count = scope.random.between(1, most); count > 0; count -= 1) statement(scope);
}

function statement(scope: Scope): void {
  const { random } = scope;
  if (scope.statementsLeft <= 0) {
    scope.code.op("nop");
    return;
  }
  scope.statementsLeft -= 1;
  const nests = scope.depth < depthMax ? 1 : 0;
  random.weighted<() => void>([
    [10, () => store(scope)],
    [6 * nests, () => storeGroup(scope)],
    [5 * nests, () => loop(scope)],
    [4, () => bulk(scope)],
    [4 * nests, () => exception(scope)],
    [4 * nests, () => block(scope)],
    [4 * nests, () => condition(scope)],
    [5, () => assign(scope)],
    [3, () => call(scope)],
    [3, () => branch(scope)],
    [2, () => heap(scope)],
  ])();
}

function block(scope: Scope): void {
  const { random, code, world } = scope;
  if (random.chance(0.3)) {
    // A block that takes an operand.
    scope.expression("i32");
    code.op("block").s33(typeIndexOf(world, { params: ["i32"], results: ["i32"] }));
    scope.within({ operands: ["i32"], open: true, caught: false }, () => {
      code.at("local.set", scope.anyLocal("i32"));
      scope.statements(4);
      scope.expression("i32");
    });
    code.op("end").at("local.set", scope.anyLocal("i32"));
    return;
  }
  code.op("block").u8(0x40);
  scope.within(plainLabel, () => scope.statements(5));
  code.op("end");
}

function condition(scope: Scope): void {
  const { random, code } = scope;
  scope.expression("i32");
  code.op("if").u8(0x40);
  scope.within(plainLabel, () => {
    scope.statements(4);
    if (random.chance(0.5)) {
      code.op("else");
      scope.statements(4);
    }
  });
  code.op("end");
}

function assign(scope: Scope): void {
  const { random, code, world } = scope;
  const globals = world.globals.flatMap(({ mutable }, index) =>
    mutable && index !== world.fuel ? [index] : []
  );
  random.weighted<() => void>([
    [globals.length > 0 ? 5 : 0, () => {
      const global = random.pick(globals);
      scope.expression(world.globals[global]?.kind ?? "i32");
      code.at("global.set", global);
    }],
    [3, () => {
      const kind = random.pick(
        ["i32", "i64", "f64", "v128", "struct", "array", "funcref"] as const,
      );
      const local = scope.anyLocal(kind);
      scope.expression(kind);
      code.at("local.set", local);
    }],
    [4, () => {
      const type = random.pick(world.memories).address;
      movePointer(scope, type, scope.pointer(type));
    }],
  ])();
}

function call(scope: Scope): void {
  const { random, code } = scope;
  if (random.chance(0.15) && tailCall(scope, 1)) return;
  const results: readonly Kind[] = random.chance(0.5)
    ? []
    : [random.pick(["i32", "i64", "externref"])];
  if (callFor(scope, results, 1) && results.length > 0) code.op("drop");
}

/** Writes to an object. */
function heap(scope: Scope): void {
  const { random, code } = scope;
  if (random.chance(0.5)) {
    const kind = random.pick(["i32", "i64", "anyref"] as const);
    scope.expression("struct");
    scope.expression(kind, 1);
    code.at("struct.set", fixedType.struct, fieldOf(kind));
    return;
  }
  scope.expression("array");
  code.i32(random.below(4));
  scope.expression("i32", 1);
  code.at("array.set", fixedType.array);
}
