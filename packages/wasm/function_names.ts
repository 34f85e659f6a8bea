/**
 * Names of functions for people: the name section's (7.4.1 Name Section), else an export's, else an
 * import's. Names are advice: a name section that is malformed is as good as none, and never an error.
 */

import { bytesOf } from "./byte_range.ts";
import { ByteReader, decodeName, Malformed } from "./byte_reader.ts";
import { moduleLimits } from "./limits.ts";
import type { WasmModule } from "./module.ts";

/** Function names by function index. */
export class FunctionNames {
  readonly #bytes: Uint8Array;
  /** Where each function's name starts, with its length; 0 for none, since no name can be at 0. */
  readonly #offsets: Uint32Array;
  readonly #fallbacks: ReadonlyMap<number, string>;

  constructor(bytes: Uint8Array, offsets: Uint32Array, fallbacks: ReadonlyMap<number, string>) {
    this.#bytes = bytes;
    this.#offsets = offsets;
    this.#fallbacks = fallbacks;
  }

  /** The function's name, or undefined where nothing names it. */
  get(functionIndex: number): string | undefined {
    return this.#named(functionIndex) ?? this.#fallbacks.get(functionIndex);
  }

  #named(functionIndex: number): string | undefined {
    const offset = this.#offsets[functionIndex] ?? 0;
    if (offset === 0) return undefined;
    const reader = new ByteReader(this.#bytes, offset);
    const length = reader.readU32();
    if (length > moduleLimits.functionNameBytesMax) return undefined;
    return decodeName(this.#bytes, reader.offset, reader.offset + length);
  }
}

/**
 * The names of a module's functions. Its names are decoded when they are asked for.
 *
 * @example
 * ```ts ignore
 * functionNames(module).get(3); // "main"
 * ```
 */
export function functionNames(module: WasmModule): FunctionNames {
  const fallbacks = new Map<number, string>();
  let imported = 0;
  for (const item of module.imports) {
    if (item.type.kind !== "function") continue;
    fallbacks.set(imported, `${item.module}.${item.name}`);
    imported += 1;
  }
  const exported = new Set<number>();
  for (const item of module.exports) {
    if (item.kind !== "function" || exported.has(item.index)) continue;
    exported.add(item.index);
    fallbacks.set(item.index, item.name);
  }
  const section = module.customs.find((custom) => custom.name === "name");
  const bytes = section === undefined ? new Uint8Array(0) : bytesOf(section.content);
  return new FunctionNames(
    bytes,
    readNameOffsets(bytes, imported + module.functions.length),
    fallbacks,
  );
}

const functionNamesSubsection = 1;

function readNameOffsets(bytes: Uint8Array, functionCount: number): Uint32Array {
  try {
    const reader = new ByteReader(bytes);
    while (reader.offset < bytes.length) {
      const id = reader.readU8();
      const size = reader.readU32();
      const start = reader.offset;
      reader.skip(size);
      if (id !== functionNamesSubsection) continue;
      return readNameMap(new ByteReader(bytes, start, start + size), functionCount);
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  return new Uint32Array(0);
}

/** Indexes must increase (7.4.1); a function that does not exist cannot be asked for. */
function readNameMap(reader: ByteReader, functionCount: number): Uint32Array {
  const offsets = new Uint32Array(functionCount);
  const count = reader.readCount(moduleLimits.functionsMax + moduleLimits.importsMax, "names");
  let previous = -1;
  for (let entry = 0; entry < count; entry += 1) {
    const index = reader.readU32();
    if (index <= previous) reader.fail("function names out of order");
    previous = index;
    if (index < functionCount) offsets[index] = reader.offset;
    reader.skip(reader.readU32());
  }
  return offsets;
}
