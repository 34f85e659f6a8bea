/** Which functions of a module grew most when it was compiled, for `skerry compile --report`. */

import { printable } from "@skerry/base";
import { functionNames, type WasmModule } from "@skerry/wasm";

/** A function before and after. Sizes are bytes of its body. */
export interface GrownFunction {
  readonly index: number;
  readonly name?: string;
  readonly moduleBytes: number;
  readonly artifactBytes: number;
}

/**
 * The functions to whose bodies the most bytes were added, most first; none that did not grow. An artifact
 * renumbers nothing, so that a function has the same place in both.
 */
export function grownFunctions(
  module: WasmModule,
  artifact: WasmModule,
  countMax: number,
): GrownFunction[] {
  const imported = module.imports.filter(({ type }) => type.kind === "function").length;
  const added = (body: number) => bodyBytes(artifact, body) - bodyBytes(module, body);
  const names = functionNames(module);
  return Array.from(module.functions, (_type, body) => body)
    .filter((body) => added(body) > 0)
    .sort((left, right) => added(right) - added(left))
    .slice(0, countMax)
    .map((body) => {
      const name = names.get(imported + body);
      return {
        index: imported + body,
        ...(name !== undefined && { name: printable(name) }),
        moduleBytes: bodyBytes(module, body),
        artifactBytes: bodyBytes(artifact, body),
      };
    });
}

function bodyBytes({ code }: WasmModule, body: number): number {
  return (code.ends[body] ?? 0) - (code.starts[body] ?? 0);
}
