/**
 * The module `spectest` that scripts may import from (the specification's interpreter, "Spectest host module").
 *
 * It is a module and not JavaScript, so that its functions have types that links are checked against. What
 * its functions are called with is kept: a host call that is lost or doubled is a difference like any other.
 */

import { assembleText } from "./assemble.ts";

const types = ["", "i32", "i64", "f32", "f64", "i32 f32", "f64 f64"] as const;

const text = `(module
  ${types.map((type) => `(import "log" "${nameOf(type)}" (func ${paramOf(type)}))`).join("\n")}
  ${types.map((type, index) => printFunction(type, index)).join("\n")}
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (table (export "table64") i64 10 20 funcref)
  (memory (export "memory") 1 2)
  (memory (export "shared_memory") 1 2 shared))`;

/** Makes instances of the module. */
export type SpectestMaker = (print: (line: string) => void) => WebAssembly.Exports;

/** Assembles the module. */
export async function loadSpectest(): Promise<SpectestMaker> {
  const module = new WebAssembly.Module(await assembleText(text));
  return (print) => {
    const log = Object.fromEntries(types.map((type) => {
      const name = nameOf(type);
      return [name, (...values: unknown[]) => print(`${name}(${values.map(String).join(", ")})`)];
    }));
    return new WebAssembly.Instance(module, { log }).exports;
  };
}

/** `print`, `print_i32`, `print_i32_f32`. */
function nameOf(type: string): string {
  return ["print", ...type.split(" ").filter((word) => word !== "")].join("_");
}

function paramOf(type: string): string {
  return type === "" ? "" : `(param ${type})`;
}

function printFunction(type: string, index: number): string {
  const params = type.split(" ").filter((word) => word !== "").map((_, at) => `(local.get ${at})`);
  return `(func (export "${nameOf(type)}") ${paramOf(type)} (call ${index} ${params.join(" ")}))`;
}
