/** The bytes of snippets, cut where they have locals or numbers that vary (docs/artifact.md, "Snippets"). */

import { ByteWriter } from "@skerry/wasm";
import type { Plan } from "./plan.ts";

/** Pieces of bytes between the parts that vary. */
export interface SnippetBytes {
  /** Before and after the weight of a charge. */
  readonly chargeHead: Uint8Array;
  readonly chargeTail: Uint8Array;
  readonly chargeLength: Uint8Array;
  /** `const 12  shr_u  [wrap]  i32.const 1  i32.store8 side`, up to the offset. */
  readonly mark32: Uint8Array;
  readonly mark64: Uint8Array;
  /** `i32.const 1  i32.store8 side`, up to the offset. */
  readonly markStore: Uint8Array;
}

/** The pieces for an artifact; those of what it does not have match nothing. */
export function snippetBytes(plan: Plan): SnippetBytes {
  const { fuel, side } = plan.metadata;
  const tick = plan.injected("tick");
  const chargeLength = plan.injected("charge_length");
  const piece = (needs: number | undefined, write: (writer: ByteWriter, index: number) => void) => {
    const writer = new ByteWriter();
    // No instruction has this opcode.
    if (needs === undefined) return Uint8Array.of(0xff);
    write(writer, needs);
    return writer.toBytes();
  };
  const mark = (code: readonly number[]): Uint8Array =>
    piece(side, (writer, index) => {
      writer.raw(Uint8Array.from([...code, 0x41, 0x01, 0x3a]));
      if (index === 0) writer.u8(0);
      else writer.u8(0x40).u32(index);
    });
  const charging = fuel === undefined ? undefined : tick;
  return {
    chargeHead: piece(charging, (writer) => writer.u8(0x23).u32(fuel ?? 0).u8(0x41)),
    chargeTail: piece(charging, (writer, index) => {
      writer.u8(0x6b).u8(0x24).u32(fuel ?? 0).u8(0x23).u32(fuel ?? 0).u8(0x41).u8(0).u8(0x48);
      writer.u8(0x04).u8(0x40).u8(0x10).u32(index).u8(0x0b);
    }),
    chargeLength: piece(chargeLength, (writer, index) => writer.u8(0x10).u32(index)),
    mark32: mark([0x41, 12, 0x76]),
    markStore: mark([]),
    mark64: mark([0x42, 12, 0x88, 0xa7]),
  };
}
