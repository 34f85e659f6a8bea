/**
 * The ways in which others interrupt a guest, as variants beside ours.
 *
 * `fuel`: a global is decremented at every function's entry and every loop's start, by what follows. `epoch`: a
 * word in memory, which another thread would advance, is compared with a deadline at the same places (wasmtime's
 * two mechanisms, its documentation "Deterministic fuel" and "Epoch-based interruption"). Both get branch hints,
 * which is kinder than what is usually done.
 */

import {
  ByteWriter,
  encodeModule,
  InstructionCursor,
  rangeOf,
  type WasmModule,
} from "@skerry/wasm";

/** A peer's name. */
export type Peer = "fuel" | "epoch";

const ifCold = [0x04, 0x40] as const;

/** The module as a peer would have it. It imports nothing more, and is never in fact interrupted. */
export function peerOf(module: WasmModule, peer: Peer): Uint8Array<ArrayBuffer> {
  const imported = countImports(module);
  const functionIndex = imported.function + module.functions.length;
  const global = imported.global + module.globals.length;
  const memory = imported.memory + module.memories.length;
  const check = (weight: number) =>
    peer === "fuel"
      ? fuelCheck(global, functionIndex, weight)
      : epochCheck(memory, functionIndex, global);
  const tables = imported.table + module.tables.length;
  const type = module.types.reduce((sum, { types }) => sum + types.length, 0);
  const { code, hints } = rewrite(module, imported.function, check, interruption(type, tables));
  const functions = new Uint32Array(module.functions.length + 1);
  functions.set(module.functions);
  functions[module.functions.length] = type;
  const customs = module.customs.filter(({ name }) => name !== hintSection);
  return encodeModule({
    ...module,
    types: [...module.types, {
      explicit: false,
      types: [{
        final: true,
        supertypes: [],
        composite: { kind: "function", params: [], results: [] },
      }],
    }],
    functions,
    memories: peer === "fuel"
      ? module.memories
      : [...module.memories, { ...onePage, addressType: "i32", shared: false }],
    globals: [...module.globals, {
      type: { value: "i64", mutable: true },
      // i64.const 2^62: enough for any benchmark.
      init: rangeOf(new ByteWriter().u8(0x42).s64(1n << 62n).u8(0x0b).toBytes()),
    }],
    code,
    // The host's function would be called through a table, as ours is.
    tables: [...module.tables, {
      type: {
        element: { nullable: true, heap: "func" },
        addressType: "i32",
        limits: { min: 1n, max: 1n },
      },
      init: undefined,
    }],
    customs: [...customs, { name: hintSection, content: rangeOf(hints), after: 12 }],
  });
}

const hintSection = "metadata.code.branch_hint";
const onePage = { limits: { min: 1n, max: 1n } };

/** `fuel -= weight; if (fuel < 0) interrupt()` */
function fuelCheck(global: number, functionIndex: number, weight: number): Check {
  const before = new ByteWriter();
  before.u8(0x23).u32(global).u8(0x42).s64(BigInt(weight)).u8(0x7d).u8(0x24).u32(global);
  before.u8(0x23).u32(global).u8(0x42).u8(0).u8(0x53);
  const after = new ByteWriter().u8(0x10).u32(functionIndex).u8(0x0b);
  return { before: before.toBytes(), after: after.toBytes() };
}

/** `if (epoch >= deadline) interrupt()` */
function epochCheck(memory: number, functionIndex: number, global: number): Check {
  const before = new ByteWriter();
  before.u8(0x41).u8(0).u8(0x29).u8(0x40 | 3).u32(memory).u32(2048);
  before.u8(0x23).u32(global).u8(0x5a);
  const after = new ByteWriter().u8(0x10).u32(functionIndex).u8(0x0b);
  return { before: before.toBytes(), after: after.toBytes() };
}

interface Check {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

function countImports({ imports }: WasmModule) {
  const count = (kind: string) => imports.filter(({ type }) => type.kind === kind).length;
  return {
    function: count("function"),
    global: count("global"),
    memory: count("memory"),
    table: count("table"),
  };
}

function rewrite(
  module: WasmModule,
  importedFunctions: number,
  check: (weight: number) => Check,
  interruption: Uint8Array,
): { code: WasmModule["code"]; hints: Uint8Array } {
  const writer = new ByteWriter(module.code.bytes.length * 2);
  const hints = new ByteWriter().u32(module.functions.length);
  const count = module.functions.length + 1;
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  const cursor = new InstructionCursor(module.code.bytes);
  for (let body = 0; body < module.functions.length; body += 1) {
    starts[body] = writer.length;
    const at = rewriteBody(module, body, cursor, writer, check);
    ends[body] = writer.length;
    hints.u32(importedFunctions + body).u32(at.length);
    for (const offset of at) hints.u32(offset - (starts[body] ?? 0)).u8(1).u8(0);
  }
  starts[count - 1] = writer.length;
  writer.raw(interruption);
  ends[count - 1] = writer.length;
  return { code: { bytes: writer.toBytes(), starts, ends }, hints: hints.toBytes() };
}

/** A function without locals that calls what stands in the table. */
function interruption(type: number, table: number): Uint8Array {
  const body = new ByteWriter().u8(0).u8(0x41).u8(0);
  return body.u8(0x11).u32(type).u32(table).u8(0x0b).toBytes();
}

function rewriteBody(
  module: WasmModule,
  body: number,
  cursor: InstructionCursor,
  writer: ByteWriter,
  check: (weight: number) => Check,
): number[] {
  const at: number[] = [];
  const { bytes, starts, ends } = module.code;
  const insert = (weight: number) => {
    const { before, after } = check(weight);
    writer.raw(before);
    at.push(writer.length);
    for (const byte of ifCold) writer.u8(byte);
    writer.raw(after);
  };
  cursor.enterBody(module.code, body);
  writer.raw(bytes, starts[body] ?? 0, cursor.offset);
  insert(8);
  let copied = cursor.offset;
  while (cursor.next()) {
    if (cursor.opcode !== 0x03) continue;
    writer.raw(bytes, copied, cursor.offset);
    copied = cursor.offset;
    insert(8);
  }
  writer.raw(bytes, copied, ends[body] ?? 0);
  return at;
}
