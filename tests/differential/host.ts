/**
 * What a module imports, whatever it is: functions that note each call and answer by their arguments, and
 * things of the type that is asked for. Two hosts that are made alike behave alike.
 */

import {
  type FunctionType,
  functionType,
  type IndexSpaces,
  indexSpaces,
  type ValueType,
  type WasmModule,
} from "@skerry/wasm";
import { argumentsFor, isCallable } from "./arguments.ts";
import { describeError, HostValues, isStackOverflow } from "./descriptions.ts";
import { Exception, Tag } from "./engine_exceptions.ts";
import { givesFuel } from "./fuel_names.ts";
import { compositeAt, importedThing } from "./imported_things.ts";
import { Random } from "./random.ts";

/** How deep guest and host may call each other. */
const depthMax = 3;

/** The host of one instance. */
export class Host {
  readonly values = new HostValues();
  readonly imports: WebAssembly.Imports;
  /** Calls of imported functions since it was last emptied. */
  log: string[] = [];
  readonly #module: WasmModule;
  readonly #spaces: IndexSpaces;
  readonly #tag = new Tag({ parameters: ["i32"] });
  #exports: WebAssembly.Exports = {};
  #depth = 0;

  constructor(module: WasmModule) {
    this.#module = module;
    this.#spaces = indexSpaces(module);
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const { module: from, name, type } of module.imports) {
      (imports[from] ??= {})[name] = type.kind === "function"
        ? this.#function(name, compositeAt(this.#spaces, type.type))
        : importedThing(this.#spaces, name, type, this.values, this.#tag);
    }
    this.imports = imports;
  }

  /** Whose functions the host may call in turn. */
  attach(exports: WebAssembly.Exports): void {
    this.#exports = exports;
  }

  #function(name: string, { results }: FunctionType): (...parameters: unknown[]) => unknown {
    return (...parameters) => this.#call(name, parameters, results);
  }

  #call(name: string, parameters: unknown[], results: readonly ValueType[]): unknown {
    const { values } = this;
    const text = parameters.map((each) => values.describe(each)).join(", ");
    this.log.push(`${name}(${text})`);
    const [first, second] = parameters;
    switch (name) {
      case "throw":
        if (first === 0) throw new Error("thrown by the host");
        throw new Exception(this.#tag, [first]);
      case "call-export":
        return this.#callBack(this.#exportedFunction(Number(first)), (Number(second) & 1) === 1);
      case "call-ref":
        return this.#callBack(first, (Number(second) & 1) === 1);
      case "call-export-catch":
        return Number(this.#callBack(this.#exportedFunction(Number(first)), true) ?? 0);
      case "call-ref-catch":
        return Number(this.#callBack(first, true) ?? 0);
      default:
        return answer(results, text.length, values);
    }
  }

  #exportedFunction(index: number): unknown {
    const names = this.#module.exports.filter(({ name, kind }) =>
      kind === "function" && !givesFuel(name)
    );
    return this.#exports[names[Math.abs(index) % Math.max(names.length, 1)]?.name ?? ""];
  }

  /** Answers 1 where the function threw and that is to be caught. */
  #callBack(target: unknown, catches: boolean): number | undefined {
    if (typeof target !== "function" || this.#depth === depthMax) return undefined;
    const signature = this.signatureOf(target);
    if (signature === undefined || !isCallable(signature)) return undefined;
    const parameters = argumentsFor(signature, new Random(this.log.length), this.values);
    this.#depth += 1;
    try {
      this.log.push(`= ${this.values.describe(target(...parameters))}`);
      return undefined;
    } catch (error) {
      this.log.push(`= ${describeError(error)}`);
      // Traps are for no one to catch: Binaryen's modules have their steps back after each.
      if (!catches || error instanceof WebAssembly.RuntimeError || isStackOverflow(error)) {
        throw error;
      }
      return 1;
    } finally {
      this.#depth -= 1;
    }
  }

  /** The type of one of the module's functions, which V8 names by their indexes. */
  signatureOf(target: { readonly name: string }): FunctionType | undefined {
    return functionType(this.#spaces, Number(target.name));
  }
}

function answer(results: readonly ValueType[], number: number, values: HostValues): unknown {
  const each = results.map((type) => {
    if (type === "i64") return BigInt(number);
    if (typeof type === "string") return number;
    return type.heap === "extern" || type.heap === "any" ? values.value(number) : null;
  });
  return each.length > 1 ? each : each[0];
}
