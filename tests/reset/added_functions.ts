/** Adds functions to a module before it is compiled: they are the guest's own then, like all others. */

import {
  ByteWriter,
  type Export,
  type RecursionGroup,
  type ValueType,
  type WasmModule,
  writeValueType,
} from "@skerry/wasm";
import { Code } from "../differential/generator/code.ts";

/** A function's signature, and the types of its locals after its parameters. */
export interface Signature {
  readonly params?: readonly ValueType[];
  readonly results?: readonly ValueType[];
  readonly locals?: readonly ValueType[];
}

/** Collects functions, each exported, and the module that has them after its own. */
export class AddedFunctions {
  readonly #module: WasmModule;
  readonly #types: RecursionGroup[] = [];
  readonly #indexes: number[] = [];
  readonly #bodies: Uint8Array[] = [];
  readonly #exports: Export[] = [];
  readonly #typesBefore: number;
  readonly #functionsBefore: number;

  constructor(module: WasmModule) {
    this.#module = module;
    this.#typesBefore = module.types.reduce((sum, group) => sum + group.types.length, 0);
    const imported = module.imports.filter(({ type }) => type.kind === "function").length;
    this.#functionsBefore = imported + module.functions.length;
  }

  /** The index that the next function will have. */
  get nextIndex(): number {
    return this.#functionsBefore + this.#bodies.length;
  }

  /** Adds a function; answers its index. */
  add(
    name: string,
    { params = [], results = [], locals = [] }: Signature,
    write: (code: Code) => void,
  ): number {
    const index = this.nextIndex;
    const composite = { kind: "function", params, results } as const;
    this.#types.push({ explicit: false, types: [{ final: true, supertypes: [], composite }] });
    this.#indexes.push(this.#typesBefore + this.#types.length - 1);
    const code = new Code();
    code.u32(locals.length);
    for (const type of locals) {
      code.u32(1);
      writeValueType(code, type);
    }
    write(code);
    this.#bodies.push(code.op("end").toBytes());
    this.#exports.push({ name, kind: "function", index });
    return index;
  }

  /** Exports a function of the module, which may be referred to from then on. */
  declare(index: number): void {
    this.#exports.push({ name: `declared:${this.#exports.length}`, kind: "function", index });
  }

  /** The module with all of them. */
  finish(): WasmModule {
    const module = this.#module;
    const { bytes, starts, ends } = module.code;
    const code = new ByteWriter(bytes.length + 4096).raw(bytes);
    const ranges = this.#bodies.map((body) => {
      code.raw(body);
      return [code.length - body.length, code.length] as const;
    });
    return {
      ...module,
      types: [...module.types, ...this.#types],
      functions: Uint32Array.from([...module.functions, ...this.#indexes]),
      exports: [...module.exports, ...this.#exports],
      // Instructions that name data segments need their number before the code (5.5.16).
      dataCount: module.data.length,
      code: {
        bytes: code.toBytes(),
        starts: Uint32Array.from([...starts, ...ranges.map(([start]) => start)]),
        ends: Uint32Array.from([...ends, ...ranges.map(([, end]) => end)]),
      },
    };
  }
}
