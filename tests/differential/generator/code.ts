/** Writes instructions by name. */

import { ByteWriter, opcodesNamed, writeHeapType } from "@skerry/wasm";
import type { HeapType } from "@skerry/wasm";

/** Instructions as they are written, one after the other. */
export class Code extends ByteWriter {
  /** An opcode; its immediates follow. */
  op(name: string): this {
    const code = codeOf(name);
    return code < 256 ? this.u8(code) : this.u8(code >>> 12).u32(code & 0xfff);
  }

  /** An instruction whose immediates are indexes. */
  at(name: string, ...indexes: number[]): this {
    this.op(name);
    for (const index of indexes) this.u32(index);
    return this;
  }

  i32(value: number): this {
    return this.op("i32.const").s33(value | 0);
  }

  i64(value: bigint): this {
    return this.op("i64.const").s64(value);
  }

  f32(value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.op("f32.const").raw(bytes);
  }

  f64(value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.op("f64.const").raw(bytes);
  }

  /** A constant address or size. */
  address(type: "i32" | "i64", value: number): this {
    return type === "i32" ? this.i32(value) : this.i64(BigInt(value));
  }

  /** `ref.null`. */
  null(heap: HeapType): this {
    this.op("ref.null");
    writeHeapType(this, heap);
    return this;
  }

  /** What comes after the opcode of a load or store (5.4.6: bit 6 says that a memory index follows). */
  memarg(alignment: number, memory: number, offset: bigint): this {
    if (memory === 0) this.u32(alignment);
    else this.u32(alignment | 64).u32(memory);
    return this.u64(offset);
  }
}

const codes = new Map<string, number>();

function codeOf(name: string): number {
  const known = codes.get(name);
  if (known !== undefined) return known;
  const [code] = opcodesNamed(name);
  if (code === undefined) throw new Error(`there is no instruction ${name}`);
  codes.set(name, code);
  return code;
}
