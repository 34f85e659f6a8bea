/** Reads the state of an instance. */

import { err, ok, type Result } from "@skerry/base";
import { type IndexSpaces, indexSpaces, type WasmModule } from "@skerry/wasm";
import { readExposedName, type Snapshot, type SnapshotValue } from "./snapshot.ts";
import { isFunctionReference } from "./snapshot_state.ts";

/** Reasons of a kind that are told; a table can give a million. */
const reasonsMax = 20;

/**
 * Reads the state of an instance of an exposed module, between two calls of it.
 *
 * @param module as it was before it was exposed
 * @param exports those of the instance
 */
export function takeSnapshot(
  module: WasmModule,
  exports: WebAssembly.Exports,
): Result<Snapshot, readonly string[]> {
  return new Taker(module, exports).take();
}

class Taker {
  readonly #spaces: IndexSpaces;
  readonly #exports: WebAssembly.Exports;
  /** Functions by what JavaScript knows them as: the same function is the same object, whichever way it comes. */
  readonly #functions = new Map<unknown, number>();
  readonly #memories: Uint8Array[] = [];
  readonly #globals = new Map<number, SnapshotValue>();
  readonly #tables = new Map<number, Int32Array>();
  readonly #droppedData = new Set<number>();
  readonly #droppedElements = new Set<number>();
  readonly #reasons: string[] = [];

  constructor(module: WasmModule, exports: WebAssembly.Exports) {
    this.#spaces = indexSpaces(module);
    this.#exports = exports;
  }

  take(): Result<Snapshot, readonly string[]> {
    const exposed = Object.entries(this.#exports).flatMap(([name, value]) => {
      const read = readExposedName(name);
      return read === undefined ? [] : [{ ...read, value }];
    });
    for (const { what, index, value } of exposed) {
      if (what === "function" && !this.#functions.has(value)) this.#functions.set(value, index);
    }
    for (const { what, index, value } of exposed) this.#read(what, index, value);
    const missing = this.#spaces.memories.findIndex((_, index) => !(index in this.#memories));
    if (missing !== -1) {
      this.#refuse(`memory ${missing} is not exported: the instance is not of an exposed module`);
    }
    return this.#reasons.length > 0 ? err(this.#reasons) : ok({
      memories: this.#memories,
      globals: this.#globals,
      tables: this.#tables,
      droppedData: this.#droppedData,
      droppedElements: this.#droppedElements,
    });
  }

  #read(what: string, index: number, value: WebAssembly.ExportValue): void {
    if (value instanceof WebAssembly.Memory) {
      this.#memories[index] = new Uint8Array(value.buffer).slice();
    } else if (value instanceof WebAssembly.Table) this.#readTable(index, value);
    else if (value instanceof WebAssembly.Global) this.#readGlobal(index, value.value);
    else if (typeof value === "function") this.#ask(what, index, value as () => unknown);
  }

  #ask(what: string, index: number, exposed: () => unknown): void {
    if (what === "global") this.#globals.set(index, bitsOf(exposed()));
    if (what === "data" && traps(exposed)) this.#droppedData.add(index);
    if (what === "elements" && traps(exposed)) this.#droppedElements.add(index);
  }

  #readGlobal(index: number, value: unknown): void {
    const type = this.#spaces.globals[index]?.value;
    if (typeof type === "string") return void this.#globals.set(index, bitsOf(value));
    const reference = this.#reference(value, isFunctionReference(this.#spaces, type));
    if (reference !== undefined) this.#globals.set(index, reference);
    else this.#refuse(`global ${index} ${unwritable}`);
  }

  #readTable(index: number, table: WebAssembly.Table): void {
    const functions = isFunctionReference(this.#spaces, this.#spaces.tables[index]?.element);
    // A table with 64-bit addresses is asked with bigints, and answers with them.
    const wide = typeof (table.length as unknown) === "bigint";
    const elements = new Int32Array(Number(table.length)).fill(-1);
    for (let at = 0; at < elements.length; at += 1) {
      const value: unknown = table.get((wide ? BigInt(at) : at) as number);
      const reference = this.#reference(value, functions);
      if (reference === undefined) this.#refuse(`element ${at} of table ${index} ${unwritable}`);
      else elements[at] = reference ?? -1;
    }
    this.#tables.set(index, elements);
  }

  /** A function's index, or null; undefined for what no constant expression gives. */
  #reference(value: unknown, isFunction: boolean): number | null | undefined {
    if (value === null) return null;
    return isFunction ? this.#functions.get(value) : undefined;
  }

  #refuse(reason: string): void {
    if (this.#reasons.length < reasonsMax) this.#reasons.push(reason);
    else if (this.#reasons.length === reasonsMax) this.#reasons.push("and more");
  }
}

const unwritable = "refers to an object that cannot be written down";

/** The bits of an integer, or of a vector by its two halves. */
function bitsOf(value: unknown): bigint {
  if (Array.isArray(value)) {
    const [low, high] = (value as readonly bigint[]).map((half) => BigInt.asUintN(64, half));
    return (low ?? 0n) | (high ?? 0n) << 64n;
  }
  return BigInt(value as number | bigint);
}

function traps(exposed: () => unknown): boolean {
  try {
    exposed();
    return false;
  } catch (thrown) {
    if (thrown instanceof WebAssembly.RuntimeError) return true;
    throw thrown;
  }
}
