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
import { SourceOffsets } from "@skerry/compiler";
import { isArtifact, isReserved } from "./artifact.ts";
import type { EngineOffset } from "./backtrace.ts";
import type { Frame } from "./outcome.ts";

/** A program that can be run. Made by `compile`. */
export class Program {
  /** Whether it was compiled by Skerry, and calls its lease's hooks. */
  readonly isArtifact: boolean;
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
  #places:
    | {
      readonly engine: WasmModule;
      readonly names: FunctionNames;
      readonly sources: SourceOffsets | undefined;
    }
    | undefined;

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
    this.isArtifact = isArtifact(input);
    const own = input.exports.map(({ name }) => name).filter((name) => prologueExports.has(name));
    this.prologue = [
      // In an artifact, `init` comes before `start`, as it does in the alphabet.
      ...(this.isArtifact ? own.sort() : []),
      ...(startExport === undefined ? [] : [startExport]),
      // A reactor is initialised once before its exports are called (WASI application ABI).
      ...(isReactor(this.functionExports) ? ["_initialize"] : []),
    ];
  }

  /** Names that the module imports from `module`, each once. */
  importsOf(module: string): readonly string[] {
    return this.#imports.get(module) ?? [];
  }

  /**
   * A place in the engine's module in terms of the module that was given to us, or that its artifact was made of.
   * Undefined for a function that the compiler has added.
   */
  locate(offset: EngineOffset): Frame | undefined {
    this.#places ??= {
      engine: this.#decodeAgain(),
      names: functionNames(this.#input),
      sources: this.isArtifact ? new SourceOffsets(this.#input) : undefined,
    };
    const { engine, names, sources } = this.#places;
    const body = bodyAt(engine.code, offset);
    const functionIndex = body + indexSpaces(this.#input).importedFunctions;
    // Bodies are encoded byte for byte as they came, so a place in a body is the same in both.
    const shift = (this.#input.code.starts[body] ?? 0) - (engine.code.starts[body] ?? 0);
    const functionName = names.get(functionIndex)?.slice(0, limits.functionNameLengthMax);
    const inInput = offset + shift;
    if (sources === undefined) return { functionIndex, functionName, offset: inInput };
    const source = sources.sourceOf(body, inInput);
    return source === undefined ? undefined : { functionIndex, functionName, offset: source };
  }

  #decodeAgain(): WasmModule {
    const decoded = decodeModule(this.#engineBytes);
    return decoded.ok ? decoded.value : bug("an encoded module does not decode");
  }
}

/** Exports of an artifact that are called before anything else. */
const prologueExports: ReadonlySet<string> = new Set(["skerry:init", "skerry:start"]);

function isReactor(exports: ReadonlyMap<string, FunctionType>): boolean {
  const initialize = exports.get("_initialize");
  return initialize !== undefined && initialize.params.length === 0 && !exports.has("_start");
}

function exportedFunctions(module: WasmModule): Map<string, FunctionType> {
  const spaces = indexSpaces(module);
  const found = new Map<string, FunctionType>();
  for (const { name, kind, index } of module.exports) {
    const type = kind === "function" ? functionType(spaces, index) : undefined;
    if (type !== undefined && !isReserved(name)) found.set(name, type);
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
