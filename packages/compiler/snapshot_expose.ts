/** A module with everything exported that a snapshot reads. */

import { err, ok, type Result } from "@skerry/base";
import {
  ByteWriter,
  type Export,
  type FunctionType,
  type NumberType,
  type RecursionGroup,
  type ReferenceType,
  type Table,
  type WasmModule,
} from "@skerry/wasm";
import { type Exposed, exposedName, nothingExport } from "./snapshot.ts";
import { elementCount, type State, stateOf } from "./snapshot_state.ts";

/** The module with everything exported that a snapshot reads; or why there can be no snapshot of it. */
export function exposeState(module: WasmModule): Result<WasmModule, readonly string[]> {
  const state = stateOf(module);
  if (state.obstacles.length > 0) return err(state.obstacles);
  return ok(new Exposer(module, state).expose());
}

/** Adds exports, and functions for what cannot be read by them. Everything stands after what the module has. */
class Exposer {
  readonly #module: WasmModule;
  readonly #state: State;
  readonly #exports: Export[];
  readonly #types: RecursionGroup[] = [];
  /** The types that were added, by what they give. */
  readonly #typeIndexes = new Map<string, number>();
  readonly #functionTypes: number[] = [];
  readonly #bodies: Uint8Array[] = [];
  readonly #tables: Table[] = [];

  constructor(module: WasmModule, state: State) {
    this.#module = module;
    this.#state = state;
    this.#exports = [...module.exports];
  }

  expose(): WasmModule {
    const { spaces, tables, functions, droppedData, droppedElements } = this.#state;
    this.#addFunction(nothingExport, [], new ByteWriter());
    spaces.memories.forEach((_, index) => this.#export("memory", index, "memory"));
    for (const index of this.#state.globals) this.#exposeGlobal(index);
    for (const index of tables) this.#export("table", index, "table");
    for (const index of functions) this.#export("function", index, "function");
    for (const index of droppedData) this.#exposeData(index);
    for (const index of droppedElements) this.#exposeElements(index);
    return {
      ...this.#module,
      types: [...this.#module.types, ...this.#types],
      functions: Uint32Array.from([...this.#module.functions, ...this.#functionTypes]),
      tables: [...this.#module.tables, ...this.#tables],
      exports: this.#exports,
      code: this.#code(),
    };
  }

  #export(what: Exposed, index: number, kind: Export["kind"]): void {
    this.#exports.push({ name: exposedName(what, index), kind, index });
  }

  /** A number of JavaScript's does not keep the bits of a NaN, and a vector has no value there. */
  #exposeGlobal(index: number): void {
    const name = exposedName("global", index);
    const get = (to = new ByteWriter()) => to.u8(0x23).u32(index); // global.get
    switch (this.#state.spaces.globals[index]?.value) {
      case "f32":
        return this.#addFunction(name, ["i32"], get().u8(0xbc)); // i32.reinterpret_f32
      case "f64":
        return this.#addFunction(name, ["i64"], get().u8(0xbd)); // i64.reinterpret_f64
      case "v128": {
        const lane = (to: ByteWriter, which: number) => get(to).u8(0xfd).u32(0x1d).u8(which);
        const both = lane(lane(new ByteWriter(), 0), 1); // i64x2.extract_lane
        return this.#addFunction(name, ["i64", "i64"], both);
      }
      default:
        this.#export("global", index, "global");
    }
  }

  /**
   * Takes nothing from the end of a segment. That is out of bounds where it was dropped and so has become
   * empty, and changes nothing where it was not.
   */
  #exposeData(index: number): void {
    const { content } = this.#module.data[index] ?? { content: { start: 0, end: 0 } };
    const wide = this.#state.spaces.memories[0]?.addressType === "i64";
    const body = new ByteWriter().u8(wide ? 0x42 : 0x41).u8(0);
    const from = body.u8(0x41).s33((content.end - content.start) | 0).u8(0x41).u8(0);
    this.#addFunction(exposedName("data", index), [], from.u8(0xfc).u32(8).u32(index).u32(0)); // memory.init
  }

  #exposeElements(index: number): void {
    const table = this.#tableFor(index);
    const from = new ByteWriter().u8(0x41).u8(0).u8(0x41).s33(elementCount(this.#module, index));
    const body = from.u8(0x41).u8(0).u8(0xfc).u32(12).u32(index).u32(table); // table.init
    this.#addFunction(exposedName("elements", index), [], body);
  }

  /** An empty table that a segment's elements could go to. */
  #tableFor(index: number): number {
    const items = this.#module.elements[index]?.items;
    const heap = items?.kind === "expressions" ? items.type.heap : "func";
    const first = this.#state.spaces.tables.length;
    const known = this.#tables.findIndex(({ type }) => type.element.heap === heap);
    if (known !== -1) return first + known;
    const element: ReferenceType = { nullable: true, heap };
    const type = { element, addressType: "i32", limits: { min: 0n, max: 0n } } as const;
    return first + this.#tables.push({ type, init: undefined }) - 1;
  }

  #addFunction(name: string, results: readonly NumberType[], body: ByteWriter): void {
    const { functions } = this.#state.spaces;
    const index = functions.length + this.#bodies.length;
    this.#functionTypes.push(this.#typeIndex(results));
    const code = body.u8(0x0b).toBytes();
    this.#bodies.push(new ByteWriter(code.length + 1).u8(0).raw(code).toBytes());
    this.#exports.push({ name, kind: "function", index });
  }

  #typeIndex(results: readonly NumberType[]): number {
    const known = this.#typeIndexes.get(results.join());
    if (known !== undefined) return known;
    const composite: FunctionType = { kind: "function", params: [], results };
    const index = this.#state.spaces.types.length + this.#types.length;
    this.#types.push({ explicit: false, types: [{ final: true, supertypes: [], composite }] });
    this.#typeIndexes.set(results.join(), index);
    return index;
  }

  #code(): WasmModule["code"] {
    const { bytes, starts, ends } = this.#module.code;
    const writer = new ByteWriter(bytes.length + this.#bodies.length * 16).raw(bytes);
    const added = this.#bodies.map((body) => {
      const start = writer.length;
      return { start, end: writer.raw(body).length };
    });
    return {
      bytes: writer.toBytes(),
      starts: Uint32Array.from([...starts, ...added.map(({ start }) => start)]),
      ends: Uint32Array.from([...ends, ...added.map(({ end }) => end)]),
    };
  }
}
