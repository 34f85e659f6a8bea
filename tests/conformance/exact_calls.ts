/** Calls exports with exactly the values of a script, and tells exactly what came back (through `bridge.ts`). */

import { bug } from "@skerry/base";
import type { ValueType } from "@skerry/wasm";
import { bitsIn, putBits, sizeBytes } from "./bits.ts";
import { encodeBridge } from "./bridge.ts";
import {
  type BridgeTarget,
  isException,
  isNumeric,
  resultsStart,
  slotBytes,
} from "./bridge_body.ts";
import { References } from "./references.ts";
import type { ObservedValue } from "./observation.ts";
import type { Literals } from "./literals.ts";
import type { Argument } from "./wast_values.ts";

/** An argument that its function's type has no place for: the script's mistake, or V8's. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}

/** Bridges, kept by what they are for. One for all scripts, since many functions have the same type. */
export class ExactCalls {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #bytes = new Uint8Array(this.#memory.buffer);
  readonly #modules = new Map<string, WebAssembly.Module>();
  readonly #calls = new WeakMap<WebAssembly.ExportValue, (...values: unknown[]) => unknown>();
  readonly #references = new References();

  /**
   * Calls a function or gets a global.
   *
   * @throws what the function throws; WebAssembly.LinkError where the export is not of the type
   */
  call(
    exported: WebAssembly.ExportValue,
    target: BridgeTarget,
    values: readonly Argument[],
    literals: Literals,
  ): ObservedValue[] {
    if (values.length !== target.params.length) throw new Unfit("a wrong number of arguments");
    const given: unknown[] = [];
    target.params.forEach((type, index) => {
      const value = values[index] ?? bug("an argument is lost");
      if (isNumeric(type)) this.#putNumber(type, index, value, literals);
      else if (value.kind === "number") throw new Unfit("a number in place of a reference");
      else if (isException(type) && value.kind !== "null") throw new Unfit("an exception");
      else if (!isException(type)) given.push(this.#references.give(value));
    });
    const returned = this.#callOf(exported, target)(...given);
    return this.#observe(target.results, returned);
  }

  #putNumber(type: ValueType, index: number, value: Argument, literals: Literals): void {
    if (value.kind !== "number" || value.type !== type) throw new Unfit("another type of argument");
    const bits = literals.get(value.literal);
    if (bits === undefined) throw new Unfit(`no assembler takes ${value.literal}`);
    const start = index * slotBytes;
    putBits(this.#bytes.subarray(start, start + sizeBytes[value.type]), bits);
  }

  #callOf(
    exported: WebAssembly.ExportValue,
    target: BridgeTarget,
  ): (...values: unknown[]) => unknown {
    const known = this.#calls.get(exported);
    if (known !== undefined) return known;
    const { exports } = new WebAssembly.Instance(this.#moduleOf(target), {
      target: { it: exported },
      bridge: { memory: this.#memory },
    });
    const { call } = exports;
    if (typeof call !== "function") bug("a bridge exports no function");
    const made = (...values: unknown[]): unknown => Reflect.apply(call, undefined, values);
    this.#calls.set(exported, made);
    return made;
  }

  #moduleOf(target: BridgeTarget): WebAssembly.Module {
    const key = JSON.stringify(target);
    const known = this.#modules.get(key);
    if (known !== undefined) return known;
    const made = new WebAssembly.Module(encodeBridge(target));
    this.#modules.set(key, made);
    return made;
  }

  #observe(results: readonly ValueType[], returned: unknown): ObservedValue[] {
    const references = results.filter((type) => !isNumeric(type) && !isException(type));
    const list = references.length > 1 && Array.isArray(returned) ? [...returned] : [returned];
    return results.map((type, index): ObservedValue => {
      const start = resultsStart + index * slotBytes;
      if (isNumeric(type)) {
        const bits = bitsIn(this.#bytes.subarray(start, start + sizeBytes[type]));
        return { kind: "number", type, bits };
      }
      if (!isException(type)) return this.#references.observe(list.shift());
      return this.#bytes[start] === 1 ? { kind: "null" } : { kind: "reference", of: "exn" };
    });
  }
}
