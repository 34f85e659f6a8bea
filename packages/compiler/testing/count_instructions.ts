/**
 * Makes an artifact count the instructions that it executes, ours too, in a global that a test can read.
 *
 * Before each control instruction a stretch is added to the count: the instructions since the one before,
 * and itself. Nothing is left out or guessed, but for three things: an `end` that a branch jumps past does
 * not count (it does nothing), nor do the instructions that count, and a stretch that traps in its middle
 * counts as a whole. All custom sections are dropped, since what they say of offsets is no longer so.
 */

import { bug } from "@skerry/base";
import {
  ByteWriter,
  type Code,
  encodeModule,
  type Global,
  InstructionCursor,
  opcodeOf,
  rangeOf,
  type WasmModule,
} from "@skerry/wasm";
import { decodedModule } from "./compiled.ts";

/** What the global is exported as. */
export const countedExport = "counted";

/**
 * The artifact with a counter.
 *
 * @param own how many of the instructions that count are counted too, for each stretch: none, or all four
 *   where a guest is to count its units itself before it is compiled
 */
export function countInstructions(artifact: Uint8Array, own: 0 | 4 = 0): Uint8Array<ArrayBuffer> {
  const module = decodedModule(artifact);
  const global = countGlobals(module);
  return encodeModule({
    ...module,
    globals: [...module.globals, counter],
    exports: [...module.exports, { name: countedExport, kind: "global", index: global }],
    code: countedCode(module, global, own),
    customs: [],
  });
}

/** Instructions executed so far by an instance of such an artifact. */
export function executedInstructions(exports: WebAssembly.Exports): number {
  const global = exports[countedExport];
  return global instanceof WebAssembly.Global ? Number(global.value) : bug("nothing is counted");
}

const counter: Global = {
  type: { value: "i64", mutable: true },
  init: rangeOf(Uint8Array.of(0x42, 0x00, 0x0b)),
};

/** Instructions after which another one than the next in the text may follow, or before which. */
const controlName =
  /^(unreachable|block|loop|if|else|end|try|try_table|catch|catch_all|delegate|throw|throw_ref|rethrow|return|br|br_.*|(return_)?call.*)$/;

/** Instructions that cost nothing (docs/artifact.md, "Ticks: what is proved"). */
const costlessName = /^(else|end|catch|catch_all|delegate)$/;

function countGlobals(module: WasmModule): number {
  const imported = module.imports.filter(({ type }) => type.kind === "global").length;
  return imported + module.globals.length;
}

function countedCode({ code }: WasmModule, global: number, own: number): Code {
  const writer = new ByteWriter(code.bytes.length * 2);
  const cursor = new InstructionCursor(code.bytes);
  const starts = new Uint32Array(code.starts.length);
  const ends = new Uint32Array(code.starts.length);
  for (let body = 0; body < code.starts.length; body += 1) {
    starts[body] = writer.length;
    writeCounted(writer, cursor, code, body, global, own);
    ends[body] = writer.length;
  }
  return { bytes: writer.toBytes(), starts, ends };
}

function writeCounted(
  writer: ByteWriter,
  cursor: InstructionCursor,
  code: Code,
  body: number,
  global: number,
  own: number,
): void {
  cursor.enterBody(code, body);
  writer.raw(code.bytes, code.starts[body] ?? 0, cursor.offset);
  let stretch = 0;
  while (cursor.next()) {
    const name = opcodeOf(cursor.opcode)?.name ?? bug("an instruction has no name");
    // Of a guest that counts itself, what a unit is: some instructions cost nothing.
    if (own === 0 || !costlessName.test(name)) stretch += 1;
    if (controlName.test(name)) {
      const counted = BigInt(stretch + own);
      writer.u8(0x23).u32(global).u8(0x42).s64(counted).u8(0x7c).u8(0x24).u32(global);
      stretch = 0;
    }
    writer.raw(code.bytes, cursor.start, cursor.offset);
  }
}
