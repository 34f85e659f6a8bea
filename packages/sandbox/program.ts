/** A compiled module: what leases are made of. Immutable, and shared by all of them. */

import { bug, limits } from "@skerry/base";
import {
  bytesOf,
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
import { isArtifact, isReserved, ownMemories, shapeOf } from "./artifact.ts";
import { detourModule } from "./detour.ts";
import type { EngineOffset } from "./backtrace.ts";
import { isLeaf } from "./leaf.ts";
import { functionOf, type HostFunction, type HostInterface } from "./host.ts";
import type { Frame } from "./outcome.ts";

/** What a program is made of. */
export interface ProgramParts {
  /** What was given: a module, or an artifact. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly input: WasmModule;
  /** What the engine was given of it. */
  readonly engineBytes: Uint8Array<ArrayBuffer>;
  readonly engineModule: WebAssembly.Module;
  /** Where the start function went, where a plain module has one. */
  readonly startExport: string | undefined;
  readonly growthMax: GrowthMax;
  readonly interfaces: readonly HostInterface<never>[];
}

/** How far the engine lets memories and tables grow, by their index: pages of 64 KiB, elements. */
export interface GrowthMax {
  readonly memory: readonly (number | undefined)[];
  readonly table: readonly (number | undefined)[];
}

/** A program as plain data, to be sent to a thread of the same process: what it says was verified already. */
export type SharedProgram = Omit<ProgramParts, "input" | "interfaces">;

/** A function that a program imports, and the interface that offers it, by its index in `Program.interfaces`. */
export interface LinkedImport {
  readonly module: string;
  readonly name: string;
  readonly declared: HostFunction<never>;
  readonly index: number;
}

/** A program that can be run. Made by `compile`. */
export class Program {
  /** Whether it was compiled by Skerry, and calls its lease's hooks. */
  readonly isArtifact: boolean;
  /** What it was made of: the artifact, where it is one. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the engine runs. */
  readonly engineModule: WebAssembly.Module;
  /** The functions that the module itself exports, with their types. */
  readonly functionExports: ReadonlyMap<string, FunctionType>;
  /** Exports that a lease calls before anything else: the start function, and a reactor's `_initialize`. */
  readonly prologue: readonly string[];
  /** The interfaces that it imports from. */
  readonly interfaces: readonly HostInterface<never>[];
  /** Its imports that answer at once. */
  readonly imports: readonly LinkedImport[];
  /** Those that may wait, and what stands between them and the guest (detour.ts). */
  readonly waiting: readonly LinkedImport[];
  readonly detours: WebAssembly.Module | undefined;
  /** Why its instances are used once; empty where they are recycled. */
  readonly notRecycled: readonly string[];
  /** Memory that an instance holds from its start, in pages of 64 KiB, its dirty maps included; and without them. */
  readonly memoryPages: number;
  readonly guestPages: number;
  readonly growthMax: GrowthMax;
  /** Mappings of the process that an instance takes: what can be used of each memory, and what guards it. */
  readonly mappings: number;
  /** Where the map of the exported `memory` begins in the side memory; undefined where it has no barrier. */
  readonly dirtyMap: number | undefined;
  /** Elements that all tables begin with. */
  readonly tableElements: number;
  /** Whether a reset writes all of a memory, however large it has grown. */
  readonly restoresWhole: boolean;
  /** Of exports that were asked for. */
  readonly #leaves = new Map<string, boolean>();
  readonly #input: WasmModule;
  readonly #engineBytes: Uint8Array<ArrayBuffer>;
  readonly #startExport: string | undefined;
  /** Made at the first backtrace: most programs never need them. */
  #places:
    | {
      readonly engine: WasmModule;
      readonly names: FunctionNames;
      readonly sources: SourceOffsets | undefined;
    }
    | undefined;

  constructor(parts: ProgramParts) {
    const { bytes, input, engineBytes, engineModule, startExport, interfaces } = parts;
    this.bytes = bytes;
    this.growthMax = parts.growthMax;
    this.engineModule = engineModule;
    this.#input = input;
    this.#engineBytes = engineBytes;
    this.#startExport = startExport;
    this.functionExports = exportedFunctions(input);
    this.isArtifact = isArtifact(input);
    this.interfaces = interfaces.filter(({ module }) =>
      input.imports.some((wanted) => wanted.module === module)
    );
    const linked = linkedImports(input, this.interfaces);
    this.imports = linked.filter(({ declared }) => !declared.suspends);
    this.waiting = linked.filter(({ declared }) => declared.suspends);
    this.detours = this.waiting.length === 0
      ? undefined
      : detourModule(this.waiting.map(({ declared }) => declared));
    this.prologue = [
      ...(input.exports.some(({ name }) => name === "skerry:start") ? ["skerry:start"] : []),
      ...(startExport === undefined ? [] : [startExport]),
      // A reactor is initialised once before its exports are called (WASI application ABI).
      ...(isReactor(this.functionExports) ? ["_initialize"] : []),
    ];
    const shape = shapeOf(input);
    this.notRecycled = shape.notRecycled;
    this.dirtyMap = shape.dirtyMap;
    this.restoresWhole = shape.restoresWhole;
    this.mappings = 2 * input.memories.length;
    const pages = input.memories.map(({ limits }) => Number(limits.min));
    this.memoryPages = sum(pages);
    this.tableElements = sum(input.tables.map(({ type }) => Number(type.limits.min)));
    this.guestPages = sum(pages.slice(0, pages.length - ownMemories(input)));
  }

  /**
   * The program as another thread of this process is given it: `openProgram` makes it there again, from the
   * code that the engine has compiled here.
   */
  share(): SharedProgram {
    const { bytes, engineModule } = this;
    const startExport = this.#startExport;
    const { growthMax } = this;
    return { bytes, engineBytes: this.#engineBytes, engineModule, startExport, growthMax };
  }

  /** Whether a function that it exports calls nothing (leaf.ts). */
  isLeaf(exportName: string): boolean {
    const known = this.#leaves.get(exportName);
    if (known !== undefined) return known;
    const found = this.#input.exports.find(({ name, kind }) =>
      name === exportName && kind === "function"
    );
    const leaf = found !== undefined && isLeaf(this.#input, found.index);
    this.#leaves.set(exportName, leaf);
    return leaf;
  }

  /** The contents of its custom sections of one name, in their order. */
  customSections(wanted: string): Uint8Array[] {
    return this.#input.customs.filter(({ name }) => name === wanted)
      .map(({ content }) => bytesOf(content));
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
    const decoded = decodeModule(this.#engineBytes, "known");
    return decoded.ok ? decoded.value : bug("an encoded module does not decode");
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
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

/** Each imported function once, with what offers it. Whatever is not offered has been refused before. */
function linkedImports(
  { imports }: WasmModule,
  interfaces: readonly HostInterface<never>[],
): LinkedImport[] {
  const found = new Map<string, LinkedImport>();
  for (const { module, name } of imports) {
    const index = interfaces.findIndex((offered) => offered.module === module);
    const offered = interfaces[index];
    const declared = offered === undefined ? undefined : functionOf(offered, name);
    if (declared === undefined) continue;
    found.set(JSON.stringify([module, name]), { module, name, declared, index });
  }
  return [...found.values()];
}
