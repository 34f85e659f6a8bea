/**
 * A command made of a reactor: engines that come as libraries, with a `_start` of ours that has them run a script.
 *
 * What is ours is written as text, as a module of its own that imports from `reactor` what it calls, and is moved
 * into the engine's module: nothing of the engine changes but that it gains a function and a segment of data.
 */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { encodeUtf8 } from "@skerry/base";
import {
  ByteWriter,
  type Code,
  decodeModule,
  encodeModule,
  InstructionCursor,
  rangeOf,
  type SubType,
  type WasmModule,
} from "@skerry/wasm";

const call = 0x10;
const memoryInit = 0xfc008;

/**
 * Adds `_start` to a reactor.
 *
 * @param driver a module whose one function is `_start`, with locals of numbers and blocks without results. It imports
 * functions from `reactor` (exports of the engine) or from modules that the engine imports from, and `reactor.memory`;
 * `memory.init $data` copies from the texts.
 * @param texts  what stands in the data segment, one after the other, a NUL after each
 */
export async function reactorCommand(
  reactor: Uint8Array,
  driver: string,
  texts: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const module = decoded(reactor);
  const start = decoded(new Uint8Array(await parse(driver)));
  const targets = start.imports.filter(({ type }) => type.kind === "function")
    .map(({ module: from, name }) => functionIndex(module, from, name));
  const body = moved(start.code, targets, module.data.length);
  const { bytes, starts, ends } = module.code;
  const types = module.types.reduce((count, group) => count + group.types.length, 0);
  const imported = module.imports.filter(({ type }) => type.kind === "function").length;
  const content = rangeOf(encodeUtf8(texts.map((text) => `${text}\0`).join("")));
  return new Uint8Array(encodeModule({
    ...module,
    types: [...module.types, { explicit: false, types: [startType] }],
    functions: joined(Uint32Array, module.functions, Uint32Array.of(types)),
    exports: [
      ...module.exports.filter(({ name }) => name !== "_initialize"),
      { name: "_start", kind: "function", index: imported + module.functions.length },
    ],
    code: {
      bytes: joined(Uint8Array, bytes, body),
      starts: joined(Uint32Array, starts, Uint32Array.of(bytes.length)),
      ends: joined(Uint32Array, ends, Uint32Array.of(bytes.length + body.length)),
    },
    data: [...module.data, { mode: { kind: "passive" }, content }],
    dataCount: module.data.length + 1,
  }));
}

const startType: SubType = {
  final: true,
  supertypes: [],
  composite: { kind: "function", params: [], results: [] },
};

function decoded(bytes: Uint8Array): WasmModule {
  const result = decodeModule(bytes);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The index of a function that the driver imports. */
function functionIndex(module: WasmModule, from: string, name: string): number {
  const found = from === "reactor"
    ? module.exports.find((each) => each.kind === "function" && each.name === name)?.index
    : module.imports.filter(({ type }) => type.kind === "function")
      .findIndex((each) => each.module === from && each.name === name);
  if (found === undefined || found < 0) throw new Error(`the engine has no ${from} ${name}`);
  return found;
}

/** The driver's body, calling the functions and reading the segment by their indexes in the engine's module. */
function moved(code: Code, targets: readonly number[], segment: number): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  const cursor = new InstructionCursor(code.bytes);
  cursor.enterBody(code, 0);
  writer.raw(code.bytes, code.starts[0], cursor.offset);
  while (cursor.next()) {
    if (cursor.opcode === call) writer.u8(call).u32(targets[cursor.index()] ?? -1);
    else if (cursor.opcode === memoryInit) writer.u8(0xfc).u32(8).u32(segment).u32(0);
    else writer.raw(code.bytes, cursor.start, cursor.offset);
  }
  return writer.toBytes();
}

function joined<Numbers extends Uint8Array | Uint32Array>(
  make: new (length: number) => Numbers,
  first: Numbers,
  second: Numbers,
): Numbers {
  const whole = new make(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
