/** A compiled module: what leases are made of. Immutable, and shared by all of them. */

import { bug, limits } from "@skerry/base";
import {
  type Code,
  decodeModule,
  type FunctionNames,
  functionNames,
  type FunctionType,
  functionType,
  indexSpaces,
  type WasmModule,
} from "@skerry/wasm";
import type { EngineOffset } from "./backtrace.ts";
import type { Frame } from "./outcome.ts";

/** A program that can be run. Made by `compile`. */
export class Program {
  /** What the engine runs. */
  readonly engineModule: WebAssembly.Module;
  /** The functions that the module itself exports, with their types. */
  readonly functionExports: ReadonlyMap<string, FunctionType>;
  /** Exports that a lease calls before anything else: the start function, and a reactor's `_initialize`. */
  readonly prologue: readonly string[];
  readonly #input: WasmModule;
  readonly #engineBytes: Uint8Array<ArrayBuffer>;
  readonly #imports: ReadonlyMap<string, readonly string[]>;
  /** Made at the first backtrace: most programs never need them. */
  #places: { readonly engine: WasmModule; readonly names: FunctionNames } | undefined;

  constructor(
    input: WasmModule,
    engineBytes: Uint8Array<ArrayBuffer>,
    engineModule: WebAssembly.Module,
    startExport: string | undefined,
  ) {
    this.engineModule = engineModule;
    this.#input = input;
    this.#engineBytes = engineBytes;
    this.functionExports = exportedFunctions(input);
    this.#imports = importNames(input);
    this.prologue = [
      ...(startExport === undefined ? [] : [startExport]),
      // A reactor is initialised once before its exports are called (WASI application ABI).
      ...(isReactor(this.functionExports) ? ["_initialize"] : []),
    ];
  }

  /** Names that the module imports from `module`, each once. */
  importsOf(module: string): readonly string[] {
    return this.#imports.get(module) ?? [];
  }

  /** A place in the engine's module in terms of the module that was given to us. */
  locate(offset: EngineOffset): Frame {
    this.#places ??= { engine: this.#decodeAgain(), names: functionNames(this.#input) };
    const { engine, names } = this.#places;
    const body = bodyAt(engine.code, offset);
    const functionIndex = body + indexSpaces(this.#input).importedFunctions;
    // Bodies are encoded byte for byte as they came, so a place in a body is the same in both.
    const shift = (this.#input.code.starts[body] ?? 0) - (engine.code.starts[body] ?? 0);
    const functionName = names.get(functionIndex)?.slice(0, limits.functionNameLengthMax);
    return { functionIndex, functionName, offset: offset + shift };
  }

  #decodeAgain(): WasmModule {
    const decoded = decodeModule(this.#engineBytes);
    return decoded.ok ? decoded.value : bug("an encoded module does not decode");
  }
}

function isReactor(exports: ReadonlyMap<string, FunctionType>): boolean {
  const initialize = exports.get("_initialize");
  return initialize !== undefined && initialize.params.length === 0 && !exports.has("_start");
}

function exportedFunctions(module: WasmModule): Map<string, FunctionType> {
  const spaces = indexSpaces(module);
  const found = new Map<string, FunctionType>();
  for (const { name, kind, index } of module.exports) {
    const type = kind === "function" ? functionType(spaces, index) : undefined;
    if (type !== undefined) found.set(name, type);
  }
  return found;
}

/** The last body that starts at or before an offset. */
function bodyAt({ starts }: Code, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

function importNames(module: WasmModule): Map<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const { module: from, name } of module.imports) {
    names.set(from, (names.get(from) ?? new Set()).add(name));
  }
  return new Map([...names].map(([from, set]) => [from, [...set]]));
}
