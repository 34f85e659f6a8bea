/**
 * Assembles the code of injected functions from text, so that the templates here can be compared with
 * docs/artifact.md by eye.
 *
 * A text is mnemonics and numbers with blanks between. A local is `$name`; a block has no type; an access
 * to memory is followed by memory, alignment (as a power of two) and offset.
 */

import { bug } from "@skerry/base";
import {
  ByteWriter,
  type Immediate,
  Malformed,
  type Opcode,
  opcodes,
  type ValueType,
  writeValueType,
} from "@skerry/wasm";

/** What a template is: locals beyond the parameters, and code without the closing `end`. */
export interface Template {
  readonly params: readonly (readonly [name: string, type: ValueType])[];
  readonly results: readonly ValueType[];
  readonly locals: readonly (readonly [name: string, type: ValueType])[];
  readonly code: string;
}

/**
 * The body of a function: a group for each local, the code, its `end`.
 *
 * @throws Malformed where the artifact lacks what the code names
 */
export function assembleBody(template: Template): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(template.locals.length);
  for (const [, type] of template.locals) {
    writer.u32(1);
    writeValueType(writer, type);
  }
  const names = [...template.params, ...template.locals].map(([name]) => `$${name}`);
  writeCode(writer, template.code, new Map(names.map((name, index) => [name, index])));
  return writer.u8(0x0b).toBytes();
}

/** Instructions alone. @throws as {@link assembleBody} */
export function assembleCode(code: string): Uint8Array {
  const writer = new ByteWriter();
  writeCode(writer, code, new Map());
  return writer.toBytes();
}

function writeCode(writer: ByteWriter, code: string, locals: ReadonlyMap<string, number>): void {
  const tokens = code.split(/\s+/).filter((token) => token !== "");
  let at = 0;
  const next = (): string => tokens[at++] ?? bug("a template ends in the midst of an instruction");
  while (at < tokens.length) {
    const mnemonic = next();
    const opcode = opcodeByName.get(mnemonic) ?? bug(`no instruction is called ${mnemonic}`);
    writeOpcode(writer, opcode.code);
    for (const kind of opcode.immediates) writeImmediate(writer, kind, next, locals);
  }
}

function writeOpcode(writer: ByteWriter, code: number): void {
  if (code <= 0xff) writer.u8(code);
  else writer.u8(code >>> 12).u32(code & 0xfff);
}

function writeImmediate(
  writer: ByteWriter,
  kind: Immediate,
  next: () => string,
  locals: ReadonlyMap<string, number>,
): void {
  switch (kind) {
    case "block":
      writer.u8(0x40);
      return;
    case "i32":
      writer.s33(numberOf(next()) | 0);
      return;
    case "i64":
      writer.s64(BigInt(numeral(next())));
      return;
    case "local": {
      const name = next();
      writer.u32(locals.get(name) ?? bug(`no local is called ${name}`));
      return;
    }
    case "memarg": {
      const memory = numberOf(next());
      const align = numberOf(next());
      writer.u8(memory === 0 ? align : align | 0x40);
      if (memory !== 0) writer.u32(memory);
      writer.u32(numberOf(next()));
      return;
    }
    case "data":
    case "element":
    case "function":
    case "global":
    case "label":
    case "memory":
    case "table":
    case "type":
      writer.u32(numberOf(next()));
      return;
    default:
      bug(`no template has an immediate of kind ${kind}`);
  }
}

function numberOf(token: string): number {
  return Number(numeral(token));
}

/** Where an artifact lacks what a template names, the template has "undefined" in its place. */
function numeral(token: string): string {
  if (!/^-?\d+$/.test(token)) throw new Malformed("it needs what the artifact does not have", 0);
  return token;
}

/** Where one name stands for several opcodes, the first. */
const opcodeByName: ReadonlyMap<string, Opcode> = new Map(
  opcodes.map((opcode) => [opcode.name, opcode] as const).reverse(),
);
