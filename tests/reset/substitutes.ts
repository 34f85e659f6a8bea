/** Values of any type, other than those that a module begins with. */

import type { IndexSpaces, ReferenceType, ValueType } from "@skerry/wasm";
import type { Code } from "../differential/generator/code.ts";
import type { AddedFunctions } from "./added_functions.ts";

/** Writes instructions that make such values. */
export class Substitutes {
  readonly #spaces: IndexSpaces;
  readonly #added: AddedFunctions;
  readonly #declared = new Set<number>();
  /** A function that is nowhere in the module as it was. */
  readonly #own: number;

  constructor(spaces: IndexSpaces, added: AddedFunctions) {
    this.#spaces = spaces;
    this.#added = added;
    this.#own = added.add("poison:nothing", {}, () => {});
  }

  /**
   * Writes instructions for a value of a type; false, and nothing is written, where no value can be made.
   *
   * @param bits the parameter that holds an i64 to make numbers of
   * @param host the parameter that holds an `externref`; for a table without `bits`, parameter 0
   */
  write(code: Code, type: ValueType, bits: number | undefined, host: number): boolean {
    switch (type) {
      case "i32":
        code.at("local.get", bits ?? 0).op("i32.wrap_i64");
        return true;
      case "i64":
        code.at("local.get", bits ?? 0);
        return true;
      case "f32":
        // Bits, not a number, so that a NaN keeps its payload.
        code.at("local.get", bits ?? 0).op("i32.wrap_i64").op("f32.reinterpret_i32");
        return true;
      case "f64":
        code.at("local.get", bits ?? 0).op("f64.reinterpret_i64");
        return true;
      case "v128":
        code.at("local.get", bits ?? 0).op("i64x2.splat");
        return true;
      default:
        return this.#reference(code, type, host);
    }
  }

  #reference(code: Code, { heap, nullable }: ReferenceType, host: number): boolean {
    if (heap === "func") {
      code.at("ref.func", this.#own);
      return true;
    }
    if (heap === "extern" && nullable) {
      code.at("local.get", host);
      return true;
    }
    if (heap === "any" || heap === "eq" || heap === "i31") {
      code.i32(0x5a5a).op("ref.i31");
      return true;
    }
    const function_ = typeof heap === "number" ? this.#functionOf(heap) : undefined;
    if (function_ !== undefined) {
      code.at("ref.func", function_);
      return true;
    }
    if (!nullable) return false;
    code.null(heap);
    return true;
  }

  /** The last function of a type, since the first is likely to be there already. */
  #functionOf(type: number): number | undefined {
    const index = this.#spaces.functions.lastIndexOf(type);
    if (index < 0) return undefined;
    if (!this.#declared.has(index)) this.#added.declare(index);
    this.#declared.add(index);
    return index;
  }
}
