/** The ends of expressions: constants, locals, globals. */

import { fixedType, type Kind } from "./kinds.ts";
import type { Scope } from "./scope.ts";

/** Writes a constant, a local or a global. */
export function leaf(scope: Scope, kind: Kind): void {
  const { random, code, world } = scope;
  // Null ones trap wherever they are used.
  if ((kind === "struct" || kind === "array") && random.chance(0.7)) {
    if (kind === "struct") code.at("struct.new_default", fixedType.struct);
    else code.i32(random.between(4, 9)).at("array.new_default", fixedType.array);
    return;
  }
  if (random.chance(0.5)) {
    code.at("local.get", scope.anyLocal(kind));
    return;
  }
  const globals = world.globals.flatMap((global, index) => global.kind === kind ? [index] : []);
  if (globals.length > 0 && random.chance(0.4)) {
    code.at("global.get", random.pick(globals));
    return;
  }
  constant(scope, kind);
}

/** Writes a constant. */
export function constant({ random, code, world }: Scope, kind: Kind): void {
  const whole = random.weighted([
    [6, random.below(64)],
    [2, -random.below(64)],
    [2, random.below(1 << 18)],
    [1, random.bits() | 0],
    [1, random.pick([0x7fffffff, -0x80000000, 65_536, 4096, 1024])],
  ]);
  switch (kind) {
    case "i32":
      code.i32(whole);
      return;
    case "i64":
      code.i64(random.chance(0.1) ? BigInt(random.bits()) << 31n : BigInt(whole));
      return;
    case "f32":
      code.f32(whole);
      return;
    case "f64":
      code.f64(whole / 4);
      return;
    case "v128":
      code.op("v128.const").raw(random.bytes(16));
      return;
    case "funcref":
      if (random.chance(0.7)) code.at("ref.func", random.below(world.functions.length));
      else code.null("func");
      return;
    case "anyref":
      if (random.chance(0.5)) code.i32(whole).op("ref.i31");
      else code.null("any");
      return;
    case "struct":
      code.null(fixedType.struct);
      return;
    case "array":
      code.null(fixedType.array);
      return;
    case "externref":
      code.null("extern");
      return;
    case "exnref":
      code.null("exn");
      return;
  }
}
