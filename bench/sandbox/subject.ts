/** What is leased in this benchmark, and what it is leased with: the same for a sandbox and for a bare instance. */

import {
  bind,
  GuestMemory,
  type GuestValue,
  type HostBinding,
  type HostInterface,
  immediate,
  type NumberType,
} from "@skerry/sandbox";
import { decodeModule, type FunctionType, functionType, indexSpaces } from "@skerry/wasm";

/** A program that answers a small request, and answers it wrongly where it is not as at its start. */
export interface Subject {
  readonly name: string;
  /** As the engine would take it, without our compiler. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly entry: string;
  readonly args: readonly number[];
  /** What one use of it answers. */
  readonly right: number;
  /** Which call of the host tells the answer; the export's result does where there is none. */
  readonly hear?: Hear;
  /** Uses in a round: leased, and of an instance each. */
  readonly uses: { readonly leased: number; readonly fresh: number };
}

/** The answer that a host call tells; undefined for any other call. */
export type Hear = (
  name: string,
  args: readonly (number | bigint)[],
  memory: () => GuestMemory,
) => number | undefined;

/** What one use has told the host. */
export interface Heard {
  answer: number | undefined;
}

/** The answer of one use. */
export function answerOf({ hear }: Subject, values: readonly GuestValue[], heard: Heard): unknown {
  return hear === undefined ? values[0] : heard.answer;
}

/** Interfaces with all that a subject imports: each function listens, and answers 0. */
export function interfacesOf({ bytes, hear }: Subject): HostInterface<Heard>[] {
  return [...importsOf(bytes)].map(([module, functions]) => ({
    module,
    functions: Object.fromEntries(
      [...functions].map(([name, { params, results }]) => [
        name,
        immediate<Heard, NumberType[], NumberType[]>(
          params as NumberType[],
          results as NumberType[],
          (guest, ...args) => {
            const told = hear?.(name, args, () => guest.memory);
            if (told !== undefined) guest.state.answer = told;
            return nothing(results);
          },
        ),
      ]),
    ),
  }));
}

/** What a lease is given, with a state of its own. */
export function bindAll(interfaces: readonly HostInterface<Heard>[], heard: Heard): HostBinding[] {
  return interfaces.map((offered) => bind(offered, heard));
}

/** Makes an instance and gives its exports. */
type MakeInstance = (
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
) => WebAssembly.Exports;

const bareInstance: MakeInstance = (module, imports) =>
  new WebAssembly.Instance(module, imports).exports;

/** One use of an instance that is made for it: made, called, dropped. Gives the answer. */
export function freshUse(subject: Subject, make: MakeInstance = bareInstance): () => unknown {
  const module = new WebAssembly.Module(subject.bytes);
  let heard: Heard = { answer: undefined };
  let exports: WebAssembly.Exports;
  const memory = () => new GuestMemory(exports["memory"] as WebAssembly.Memory);
  const imports: WebAssembly.Imports = {};
  for (const [from, functions] of importsOf(subject.bytes)) {
    imports[from] = Object.fromEntries(
      [...functions].map(([name, { results }]) => [name, (...args: (number | bigint)[]) => {
        const told = subject.hear?.(name, args, memory);
        if (told !== undefined) heard.answer = told;
        return nothing(results);
      }]),
    );
  }
  return () => {
    heard = { answer: undefined };
    exports = make(module, imports);
    const entry = exports[subject.entry] as (...args: readonly number[]) => number;
    return answerOf(subject, [entry(...subject.args)], heard);
  };
}

function nothing(results: FunctionType["results"]): number | bigint | void {
  if (results.length > 0) return results[0] === "i64" ? 0n : 0;
}

/** The functions that a module imports, by module and name. */
export function importsOf(bytes: Uint8Array): Map<string, Map<string, FunctionType>> {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) throw new Error("the module does not decode");
  const spaces = indexSpaces(decoded.value);
  const found = new Map<string, Map<string, FunctionType>>();
  let index = 0;
  for (const { module, name, type } of decoded.value.imports) {
    if (type.kind !== "function") continue;
    const signature = functionType(spaces, index++);
    if (signature === undefined) continue;
    const functions = found.get(module) ?? new Map<string, FunctionType>();
    found.set(module, functions.set(name, signature));
  }
  return found;
}
