/** Globals and tables with what they hold at the start. */

import { type Global, rangeOf, type Table } from "@skerry/wasm";
import { Code } from "./code.ts";
import { fixedType, type Kind, referenceOf, typeOf } from "./kinds.ts";
import type { World } from "./world.ts";

/** The global definitions. The first one is the fuel. */
export function globalsOf(world: World): Global[] {
  const { random } = world;
  return world.globals.map(({ kind, mutable }, index) => {
    const code = new Code();
    if (index !== world.fuel) initialValue(world, code, kind, mutable);
    else code.i32(0);
    if (kind === "i32" && random.chance(0.3)) code.i32(random.below(100)).op("i32.add");
    return { type: { value: typeOf(kind), mutable }, init: rangeOf(code.op("end").toBytes()) };
  });
}

/** The table definitions. */
export function tablesOf(world: World): Table[] {
  const { random } = world;
  return world.tables.map(({ address, element, min, max }) => {
    let init: Uint8Array | undefined;
    if (random.chance(0.3)) {
      const code = new Code();
      initialElement(world, code, element);
      init = code.op("end").toBytes();
    }
    return {
      type: {
        element: referenceOf(element),
        addressType: address,
        limits: { min: BigInt(min), max: BigInt(max) },
      },
      init: init === undefined ? undefined : rangeOf(init),
    };
  });
}

/** Writes a constant expression for an element. */
export function initialElement(
  world: World,
  code: Code,
  kind: "funcref" | "externref" | "anyref",
): void {
  initialValue(world, code, kind, true);
}

function initialValue(world: World, code: Code, kind: Kind, mutable: boolean): void {
  const { random } = world;
  switch (kind) {
    case "i32":
      code.i32(random.bits() >> random.below(31));
      return;
    case "i64":
      code.i64(BigInt(random.bits()) << BigInt(random.below(32)));
      return;
    case "f32":
      code.f32(random.below(1000) / 8);
      return;
    case "f64":
      code.f64(random.below(1000) / 8);
      return;
    case "v128":
      code.op("v128.const").raw(random.bytes(16));
      return;
    case "funcref":
      if (random.chance(0.7)) code.at("ref.func", random.below(world.functions.length));
      else code.null("func");
      return;
    case "anyref":
      if (random.chance(0.6)) code.i32(random.below(1000)).op("ref.i31");
      else code.null("any");
      return;
    case "struct":
      // An object that no reset reaches makes a module impossible to reset: rarely.
      if (!random.chance(mutable ? 0.6 : 0.05)) code.null(fixedType.struct);
      else code.i32(random.below(9)).i64(5n).null("any").at("struct.new", fixedType.struct);
      return;
    case "array":
      if (!random.chance(mutable ? 0.6 : 0.05)) code.null(fixedType.array);
      else code.i32(3).i32(4).i32(5).at("array.new_fixed", fixedType.array, 3);
      return;
    case "externref":
      code.null("extern");
      return;
    case "exnref":
      code.null("exn");
      return;
  }
}
