/** The functions of a module: those by chance, and those that show what the host cannot see. */

import { writeValueType } from "@skerry/wasm";
import { pointToMemory } from "./addresses.ts";
import { Code } from "./code.ts";
import { expression } from "./expressions.ts";
import { fixedType, type Kind, typeOf } from "./kinds.ts";
import { spendFuel } from "./loops.ts";
import { Scope, type Writers } from "./scope.ts";
import { statements } from "./statements.ts";
import { fixedSignature } from "./signatures.ts";
import type { World } from "./world.ts";

/** A function with its body's bytes. */
export interface Body {
  readonly name: string;
  /** Among the world's signatures. */
  readonly signature: number;
  readonly bytes: Uint8Array;
}

/** Steps that a call from the host may take. */
const fuelPerCall = 300;
const writers: Writers = { expression, statements };

/** The functions that a module defines, and which of all is its start function, if one is. */
export function functionBodies(world: World): { bodies: Body[]; start: number | undefined } {
  const own = world.functions.slice(world.importedFunctions).map((signature, index) => ({
    name: `f${index}`,
    signature,
    bytes: body(world, signature),
  }));
  const bodies = [
    ...own,
    { name: "refuel", signature: fixedSignature.none, bytes: refuel(world) },
    ...peeks(world),
    ...sizes(world),
  ];
  if (!world.random.chance(0.4)) return { bodies, start: undefined };
  const start = {
    name: "start",
    signature: fixedSignature.none,
    bytes: body(world, fixedSignature.none),
  };
  return { bodies: [...bodies, start], start: world.importedFunctions + bodies.length };
}

function body(world: World, signature: number): Uint8Array {
  const types = world.signatures[signature] ?? { params: [], results: [] };
  const scope = new Scope(world, types, writers);
  if (signature !== fixedSignature.none) spendFuel(scope);
  else writeRefuel(scope.code, world);
  pointToMemory(scope);
  while (scope.statementsLeft > 0) scope.statements(10);
  for (const kind of types.results) scope.expression(kind);
  return withLocals(scope.locals.slice(types.params.length), scope.code);
}

function withLocals(locals: readonly Kind[], code: Code): Uint8Array {
  const whole = new Code(code.length + locals.length * 2 + 8).u32(locals.length);
  for (const kind of locals) writeValueType(whole.u32(1), typeOf(kind));
  return whole.raw(code.op("end").toBytes()).toBytes();
}

function refuel(world: World): Uint8Array {
  const code = new Code();
  writeRefuel(code, world);
  return withLocals([], code);
}

function writeRefuel(code: Code, { fuel }: World): void {
  code.i32(fuelPerCall).at("global.set", fuel);
}

/** What the guest takes for the sizes of its memories: after a reset they may really be larger. */
function sizes(world: World): Body[] {
  // Not in all modules: a memory whose size is never asked is compiled in another way.
  return world.memories.flatMap(({ address }, memory) => {
    if (world.random.chance(0.4)) return [];
    const code = new Code().at("memory.size", memory);
    if (address === "i32") code.op("i64.extend_i32_u");
    const bytes = withLocals([], code.i64(0n));
    return [{ name: `size${memory}`, signature: fixedSignature.peek, bytes }];
  });
}

/** Vectors and fields of objects in globals, as numbers. */
function peeks(world: World): Body[] {
  return world.globals.flatMap(({ kind }, global) => {
    if (kind !== "v128" && kind !== "struct") return [];
    const code = new Code();
    if (kind === "v128") {
      for (const lane of [0, 1]) code.at("global.get", global).op("i64x2.extract_lane").u8(lane);
    } else {
      code.at("global.get", global).op("ref.is_null");
      code.op("if").u8(0x40).i64(-1n).i64(-1n).op("return").op("end");
      code.at("global.get", global).at("struct.get", fixedType.struct, 0).op("i64.extend_i32_u");
      code.at("global.get", global).at("struct.get", fixedType.struct, 1);
    }
    const bytes = withLocals([], code);
    return [{ name: `peek${global}`, signature: fixedSignature.peek, bytes }];
  });
}
