/**
 * A tiny assembler for the functions that are injected: names of instructions and plain numbers, in the order
 * of the binary format. `block`, `loop` and `if` have no type; a memory access is written
 * `i32.store8 <memory> <offset> <alignment's exponent>`.
 */

import { bug } from "@skerry/base";
import { ByteWriter, type Immediate, type Opcode, opcodes } from "@skerry/wasm";

const byName: ReadonlyMap<string, Opcode> = new Map(
  [...opcodes].reverse().map((opcode) => [opcode.name, opcode]),
);

/** A function's code: the groups of its locals (one byte is a type's code), then the instructions and `end`. */
export function assembleBody(locals: readonly number[], text: string): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.u32(locals.length);
  for (const type of locals) writer.u8(1).u8(type);
  assembleInto(writer, text);
  return writer.u8(0x0b).toBytes();
}

function assembleInto(writer: ByteWriter, text: string): void {
  const tokens = text.split(/\s+/).filter((token) => token !== "");
  for (let at = 0; at < tokens.length;) {
    const name = tokens[at++] ?? "";
    const opcode = byName.get(name) ?? bug(`no instruction is called ${name}`);
    if (opcode.code > 0xff) writer.u8(opcode.code >> 12).u32(opcode.code & 0xfff);
    else writer.u8(opcode.code);
    for (const immediate of opcode.immediates) at = writeImmediate(writer, immediate, tokens, at);
  }
}

function writeImmediate(
  writer: ByteWriter,
  immediate: Immediate,
  tokens: readonly string[],
  at: number,
): number {
  switch (immediate) {
    case "block":
      writer.u8(0x40);
      return at;
    case "i32":
      writer.s33(Number(tokens[at]) | 0);
      return at + 1;
    case "i64":
      writer.s64(BigInt(tokens[at] ?? 0));
      return at + 1;
    case "memarg": {
      const memory = Number(tokens[at]);
      const alignment = Number(tokens[at + 2]);
      if (memory === 0) writer.u32(alignment);
      else writer.u32(alignment | 0x40).u32(memory);
      writer.u32(Number(tokens[at + 1]));
      return at + 3;
    }
    default:
      writer.u32(Number(tokens[at]));
      return at + 1;
  }
}
